"""Reasons as sentences: whole for the owner, short for the person. The only place that turns a reason into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalicelib.domain.calendar import clock_time, instant, long_date
from chalicelib.domain.delivery import BOUNCED, COMPLAINED, REJECTED
from chalicelib.domain.follow_up import SENT, FollowUp
from chalicelib.domain.reason import Reason

Facts = Mapping[str, str | int]


def for_owner(reason: Reason, zone: str) -> str:
    """One sentence, in English, dates in the shop's zone; for a kind that it doesn't know, the kind itself."""
    make = _OWNER.get(reason.kind)
    return make(_Told(reason.facts, zone)) if make else f"{reason.kind.capitalize()}."


def of_follow_up(one: FollowUp, zone: str) -> str:
    """Why it is where it is; for one that went out also why it was meant to."""
    told = for_owner(one.reason, zone)
    if one.state == SENT and one.why is not None:
        told = f"{for_owner(one.why, zone)} {told}"
    after = {
        BOUNCED: " Then it came back.",
        COMPLAINED: " Then they marked it as unwanted.",
        REJECTED: " Then the mail service would not pass it on.",
    }
    return told + after.get(one.bounced, "")


_SIGNS = {
    "said": "The order says that it is a gift.",
    "named": "A recipient was named.",
    "message": "Words for a recipient were given.",
    "card": "A gift card is sent to somebody.",
    "wrap": "Gift wrapping was bought.",
    "other-name": "The parcel goes to another name than the buyer's.",
    "other-place": "The parcel goes to another place than the bill.",
    "declined": "The order says that it is no gift.",
}


def of_signs(signs: Iterable[str], *, by_owner: bool = False) -> tuple[str, ...]:
    """Why an order is taken for a gift, or for none, a sentence each."""
    return (("You have said so.",) if by_owner else ()) + tuple(_SIGNS.get(sign, f"{sign.capitalize()}.") for sign in signs)


class _Told:
    """The facts, with dates as people write them."""

    def __init__(self, facts: Facts, zone: str) -> None:
        self._facts, self._zone = facts, zone

    def __getitem__(self, name: str) -> str:
        return str(self._facts.get(name, "?"))

    def date(self, name: str) -> str:
        return self._when(name, long_date)

    def time(self, name: str) -> str:
        return self._when(name, clock_time)

    def _when(self, name: str, show: Callable[..., str]) -> str:
        try:
            return show(instant(self[name]), self._zone)
        except ValueError:
            return "an unknown time"


def _arrived(told: _Told) -> str:
    what = "gift" if told["role"] == "recipient" else "order"
    return f"The {what} arrived on {told.date('at')}; this follows {told['days']} days later."


def _should_have_arrived(told: _Told) -> str:
    what = "gift" if told["role"] == "recipient" else "order"
    return f"By its dispatch, the {what} should have arrived on {told.date('at')}; this follows {told['days']} days later."


def _cap(told: _Told) -> str:
    times = {"0": "no times", "1": "once", "2": "twice"}.get(told["count"], f"{told['count']} times")
    return f"They have heard from us {times} in 30 days, which is the limit you set; it may go from {told.time('until')}."


_OWNER: dict[str, Callable[[_Told], str]] = {
    "claimed": lambda _: "They claimed a voucher and have to confirm that the address is theirs.",
    "claimed-again": lambda _: "They claimed the voucher again, so the same code goes to the address we have.",
    "confirmed": lambda _: "They confirmed their address, so the voucher is theirs.",
    "order-placed": lambda t: f"The order was placed on {t.date('at')}.",
    "dispatched": lambda t: f"The parcel left on {t.date('at')} with a tracking number.",
    "arrived": _arrived,
    "should-have-arrived": _should_have_arrived,
    "thanks-written": lambda t: f"The gift's recipient wrote their thanks on {t.date('at')}.",
    "refused-for-now": lambda t: f"The mail service did not take it at {t.time('at')}, so it is tried again: {t['detail']}",
    "never-called": lambda _: "It was authorised but never handed to the mail service, so it waits its turn again.",
    "no-sign-of-it": lambda t: (
        f"The mail service may have taken it at {t.time('at')}, but told nothing of it since, though it told of other mail; so it goes once more."
    ),
    "owner-again": lambda t: f"It was in doubt, and you had it sent again on {t.date('at')}.",
    "owner-left": lambda t: f"It was in doubt, and you left it at that on {t.date('at')}.",
    "owner-sent": lambda t: f"It was in doubt, and you settled on {t.date('at')} that it went out.",
    "released": lambda _: "What held it back is over.",
    "paused": lambda _: "You have paused all sending; it is released when you resume.",
    "code-unknown": lambda _: "The checkout does not know the code yet; it goes as soon as it does (courtesy vouchers says why).",
    "cap": _cap,
    "quiet-hours": lambda t: f"It is night; it may go from {t.time('until')}.",
    "daily-budget": lambda t: f"Today's {t['budget']} mails are used up; it may go from {t.time('until')}.",
    "unrenderable": lambda t: f"The mail cannot be written; mend the template and it goes: {t['detail']}",
    "erased": lambda _: "They asked to be forgotten, so their details are deleted.",
    "stopped": lambda t: f"They asked us to stop on {t.date('since')}; only they can change this.",
    "unreachable": lambda t: (
        f"They marked our mail as unwanted on {t.date('since')}, so nothing goes by e-mail."
        if t["why"] == COMPLAINED
        else f"Mail to them came back on {t.date('since')}, so nothing goes by e-mail."
    ),
    "never": lambda t: f"They asked on {t.date('since')} never to be contacted.",
    "no-address": lambda _: "We have no e-mail address for them.",
    "no-consent": lambda t: f"They have not agreed to it, and in {t['country']} such mail needs their consent.",
    "order-off": lambda t: {
        "test": "It was a test order.",
        "cancelled": "The order was cancelled.",
        "refunded": "The order was refunded.",
        "deleted": "The order was deleted in the storefront.",
        "unpaid": "The order has not been paid.",
    }.get(t["why"], "The order no longer stands."),
    "rule-gone": lambda _: "You have taken this message out of the playbook.",
    "precondition-gone": lambda _: "What it was planned for no longer holds.",
    "expired": lambda t: (
        f"It was due on {t.date('due')} and is too late after {t.date('expires')}: a late message does more harm than none."
    ),
    "already-noted": lambda _: "A gift's recipient gets one note, ever, and they have had it.",
    "rejected": lambda t: f"The mail service will not take it: {t['detail']}",
    "by-hand-shop": lambda _: "You write these notes by hand: it waits as a by-hand task.",
    "by-hand-country": lambda t: f"In {t['country']} such mail needs consent, so it waits as a by-hand task.",
    "by-hand-no-address": lambda _: "The giver gave no e-mail address for this gift, so it waits as a by-hand task.",
    "by-hand-unreachable": lambda _: "Mail cannot reach them, so it waits as a by-hand task.",
    "data-gone": lambda _: "The recipient's details have been deleted.",
    "sending": lambda t: f"It was handed to the mail service at {t.time('at')}.",
    "unsure": lambda t: (
        f"The mail service may or may not have taken it at {t.time('at')}; an event may still tell, else you settle it."
    ),
    "unsure-restored": lambda t: (
        f"The table was restored to an earlier day. By the journal this may have gone out at {t.time('at')}, so it is not sent again by itself."
    ),
    "sent": lambda t: f"It passed every check and went out on {t.time('at')}.",
}


def for_person(rule: str, giver: str = "", until: str = "", shop: str = "") -> str:
    """Why the person gets this mail, in its footer. `rule`: the rule's name; `giver`, `until`: for the recipient's note."""
    match rule:
        case "confirm-address":
            return f"You get this because somebody, we hope you, claimed a voucher from {shop} with this address."
        case "voucher" | "voucher-again":
            return "You get this because you claimed our voucher."
        case "receipt" | "on-its-way":
            return "You get this because you placed an order with us."
        case "thank-you":
            return "You get this because you placed an order with us. We thank you once for each."
        case "gift-note":
            source = f"{giver} sent you a gift from our shop" if giver else "somebody sent you a gift from our shop"
            from_whom = giver or "them"
            return (
                f"You have this one note because {source}. We have your address from {from_whom}, for this note alone, and delete "
                f"it on {until}. You are not on any list, and we will not write again."
            )
        case "thanks-relay":
            return "You get this because you gave somebody a gift from our shop, and they wrote back."
        case _:
            return f"You get this because of your dealings with {shop}."
