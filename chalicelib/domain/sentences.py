"""Reasons as sentences, whole, for the owner. What the person reads, in the footer of a mail, stands in domain/footers.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from chalicelib.domain.calendar import clock_time, instant, long_date, written_date
from chalicelib.domain.competition import called as called_round
from chalicelib.domain.competition import is_round
from chalicelib.domain.delivery import BOUNCED, COMPLAINED, REJECTED
from chalicelib.domain.follow_up import SENT, FollowUp
from chalicelib.domain.reason import Reason

Facts = Mapping[str, str | int]


def for_owner(reason: Reason, zone: str) -> str:
    """One sentence, in English, dates in the shop's zone; for a kind that it doesn't know, the kind itself."""
    make = _OWNER.get(reason.kind)
    return make(_Told(reason.facts, zone)) if make else f"{reason.kind.capitalize()}."


_CALLED = {
    "confirm-address": "the question whether an address is theirs",
    "confirm-consent": "the question whether they agree",
    "preferences-link": "the link to their preferences",
    "voucher": "the voucher",
    "voucher-again": "the voucher, once more",
    "receipt": "the receipt",
    "on-its-way": "the news that a parcel is on its way",
    "thank-you": "the thank-you",
    "expectation": "the question whether an order was as they hoped",
    "gift-note": "the note to a gift's recipient",
    "thanks-relay": "the recipient's thanks",
    "voucher-runs-out": "the reminder that a voucher runs out",
    "care": "the care reminder",
    "occasion": "the reminder of an occasion",
    "last-years-gift": "the reminder of last year's gift",
    "something-for-you": "the word about something for them",
    "invitation": "the invitation to return",
    "still-welcome": "the question whether we are still welcome",
    "postal-offer": "the letter",
    "letter": "the letter",
    "call": "the call",
    "insert": "the insert for the parcel",
    "special-item": "the special item for the parcel",
    "packing-line": "the line on the packing slip",
    "card": "the blank card",
    "little-extra": "the little extra",
    "morning": "your morning mail",
    "confirm-entry": "the question whether an entry is theirs",
    "entered": "the word that they have entered",
    "won": "the news that they have won",
    "competition-ended": "the word that a draw has ended",
}


def called(rule: str) -> str:
    """What a rule's message is called among people: "the care reminder". A rule of the owner's own goes by its name."""
    return _CALLED.get(rule, f"“{rule}”")


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

    def has(self, name: str) -> bool:
        return name in self._facts

    def date(self, name: str) -> str:
        return self._when(name, long_date)

    def time(self, name: str) -> str:
        return self._when(name, clock_time)

    def month(self, name: str) -> str:
        return called_round(self[name]) if is_round(self[name]) else self[name]

    def times(self, name: str) -> str:
        return {"0": "no times", "1": "once", "2": "twice"}.get(self[name], f"{self[name]} times")

    def mails(self, name: str) -> str:
        return "one mail" if self[name] == "1" else f"{self[name]} mails"

    def _when(self, name: str, show: Callable[..., str]) -> str:
        try:
            if len(self[name]) == len("2026-11-22"):  # a day by itself, such as an occasion's
                return written_date(date.fromisoformat(self[name]))
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
    return f"They have heard from us {told.times('count')} in 30 days, which is the limit you set; it may go from {told.time('until')}."


def _presumption(told: _Told) -> str:
    orders = "one order" if told["orders"] == "1" else f"{told['orders']} orders"
    return (
        f"Of {told['category']} they have bought in {orders} only, which proves no interest; it goes when they buy such a thing again, "
        "or tell us that they like it."
    )


_OWNER: dict[str, Callable[[_Told], str]] = {
    "claimed": lambda _: "They claimed a voucher and have to confirm that the address is theirs.",
    "claimed-again": lambda _: "They claimed the voucher again, so the same code goes to the address we have.",
    "confirmed": lambda _: "They confirmed their address, so the voucher is theirs.",
    "link-asked": lambda _: "They asked for a link to their preferences.",
    "consent-asked": lambda _: "They are said to have agreed to something, and have to confirm that it was they.",
    "entry-asked": lambda t: f"They entered the {t.month('round')} draw and have to confirm that the address is theirs.",
    "entry-confirmed": lambda t: f"They confirmed their entry in the {t.month('round')} draw.",
    "entry-asked-again": lambda t: (
        f"They entered the {t.month('round')} draw again, so they are told that they have entered already."
    ),
    "entry-won": lambda t: f"Their entry won the {t.month('round')} draw.",
    "round-drawn": lambda t: f"They asked to be told how the {t.month('round')} draw ended.",
    "order-placed": lambda t: f"The order was placed on {t.date('at')}." if t.has("at") else "The order was placed.",
    "dispatched": lambda t: f"The parcel left on {t.date('at')} with a tracking number.",
    "arrived": _arrived,
    "should-have-arrived": _should_have_arrived,
    "thanks-written": lambda t: f"The gift's recipient wrote their thanks on {t.date('at')}.",
    "voucher-ends": lambda t: f"Their voucher has not been used, and it runs out on {t.date('at')}.",
    "life-over": lambda t: f"They bought “{t['item']}” on {t.date('at')}, and it is good for about {t['months']} months.",
    "repeat-gap": lambda t: f"They buy “{t['item']}” about every {t['days']} days, and that time has come round again.",
    "occasion": lambda t: f"They asked to be reminded of “{t['label']}”, which is on {t.date('date')}.",
    "last-years-gift": lambda t: (
        f"A gift of theirs is a year old on {t.date('date')}, and they asked to be reminded of such days."
    ),
    "new-item": lambda t: (
        f"There is something new among the {t['category']}, “{t['item']}”, and something speaks for their liking such things."
    ),
    "closing-out": lambda t: (
        f"One of the {t['category']} will soon be gone for good, “{t['item']}”, and something speaks for their liking such things."
    ),
    "overdue": lambda t: f"They last ordered on {t.date('since')}, and by their own habit the next order would have come by now.",
    "silent": lambda t: f"Nothing has been heard from them since {t.date('since')}.",
    "no-response-yet": lambda t: (
        f"They have left {t.mails('count')} unanswered since {t.date('since')}, so they are not mailed more: another way is tried."
    ),
    "unreachable-by-mail": lambda _: "Mail does not reach them, so another way is tried.",
    "working-day": lambda _: "It is a working day, so here is what it brings.",
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
    "ask": lambda _: "You want to be asked before each of these, and it goes when you say yes.",
    "inquiry-open": lambda t: (
        f"A question of theirs has been open since {t.date('since')}, and somebody unhappy is helped, not sold to; "
        "it may go some days after that is settled."
    ),
    "helped-lately": lambda t: f"They had reason to complain, and were helped only lately; it may go from {t.time('until')}.",
    "return-open": lambda t: f"They are sending something back; it may go when that is settled, or from {t.time('until')}.",
    "undelivered": lambda t: f"An order of theirs is still under way; it may go when it has arrived, or from {t.time('until')}.",
    "quiet-window": lambda t: f"They have ordered lately, and an order is followed by quiet; it may go from {t.time('until')}.",
    "presumption": _presumption,
    "gives-way": lambda t: f"It gives way to {called(t['to'])}, which matters more; it may go from {t.time('until')}.",
    "unhappy": lambda t: (
        f"They could not be helped on {t.date('since')}, so nothing is offered to them until they come to us again."
    ),
    "day-passed": lambda t: (
        f"Until {t.date('date')}, the day that it was about, something held it back; after the day it would be too late."
    ),
    "heard-lately": lambda t: (
        f"They have heard from us only lately, and one thing at a time is enough; it may go from {t.time('until')}."
    ),
    "no-response": lambda t: (
        f"They have left {t.mails('count')} unanswered, so they are not mailed more; it may go when they respond in any way, "
        f"or from {t.time('until')}."
    ),
    "resting": lambda t: f"They asked to be left alone for a while; it may go from {t.time('until')}.",
    "pace": lambda t: f"They want no more than one such message in {t['days']} days; it may go from {t.time('until')}.",
    "orders-only": lambda _: (
        "They want to hear of their orders only; if they choose otherwise, what is still due then is planned anew."
    ),
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
    "by-hand-channel": lambda t: (
        f"It is {'a call' if t['channel'] == 'call' else 'for paper'}, not for e-mail, so it waits as a by-hand task."
    ),
    "rule-off": lambda _: "You have switched this message off.",
    "had-this-year": lambda t: f"They had this one on {t.date('at')}, and it comes once a year.",
    "had-once": lambda t: f"They had this one on {t.date('at')}, and it comes only once.",
    "redeemed": lambda _: "They have used their voucher.",
    "ordered-since": lambda _: "They have ordered since, so there is nothing to remind them of.",
    "returned": lambda _: "They have sent it back.",
    "no-longer-true": lambda _: "Looked at once more, the reason for it was gone.",
    "never-this-occasion": lambda _: "They asked never to be written to about this occasion.",
    "sold-out": lambda _: "There is none left that would suit them.",
    "not-asked-for": lambda _: "It waited for your yes, and its time ran out.",
    "rung-passed": lambda _: "It is no longer the turn of this way to reach them.",
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
