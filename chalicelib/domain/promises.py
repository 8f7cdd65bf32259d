"""Promises: what one person will and will not hear from us, in plain words, from their standing and the playbook's own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.calendar import long_date
from chalicelib.domain.claim import ONE_MAIL_PER
from chalicelib.domain.consent import EMAIL, NEWSLETTER, consent_key, consent_of
from chalicelib.domain.delivery import COMPLAINED
from chalicelib.domain.planning import applies
from chalicelib.domain.playbook import BUYER, CALL, POST, Playbook, Rule
from chalicelib.domain.shop import Shop, courtesy_may_go
from chalicelib.domain.soft_opt_in import in_force
from chalicelib.domain.standing import COURTESY, MARKETING, MONTHLY, QUARTERLY, Standing, resting_until, wants_only_orders

A_YEAR = 365
HOUR = 3600


class Message(Struct, frozen=True):
    """What a rule sends, in parts of a sentence that a person reads: "A care reminder" · "when something that you bought is due" · "once
    for each thing". `often`: "" where nothing repeats.
    """

    what: str
    when: str
    often: str = ""

    def __str__(self) -> str:
        return f"{self.what}, {self.when}{f'; {self.often}' if self.often else ''}."

    @property
    def told(self) -> str:
        """When and how often, as a sentence of its own."""
        return f"{self.when[:1].upper()}{self.when[1:]}{f'; {self.often}' if self.often else ''}."


def still_comes(standing: Standing, shop: Shop, playbook: Playbook, now: datetime, country: str = "") -> tuple[str, ...]:
    """A sentence each, the surest first, what does not come included. `country`: theirs, "" where it is not known, which is as the shop's."""
    if standing.never_at:
        return ("Nothing at all.",)
    if standing.unreachable_at:
        return tuple(_unreachable(standing, shop, playbook, now))
    orders = _of_orders(shop, playbook)
    if standing.stopped_at:
        return (f"Nothing but {orders[0].lower()}{orders[1:]} whenever you order, and answers to what you ask us.",)
    courtesy = list(_courtesy(standing, shop, playbook, country))
    return (f"{orders}, whenever you order.", *_chosen(standing, shop, now, courtesy, list(_agreed(standing, shop, playbook))))


def _unreachable(standing: Standing, shop: Shop, playbook: Playbook, now: datetime) -> Iterator[str]:
    if standing.unreachable_why == COMPLAINED:
        yield "Nothing by e-mail, because our mail to you was marked as unwanted."
    else:
        yield "Nothing by e-mail until you confirm your address anew, because our mail to it came back."
    by_hand = [] if standing.stopped_at else list(_agreed(standing, shop, playbook, but=EMAIL))
    if by_hand:
        yield from _chosen(standing, shop, now, [], by_hand)


def _of_orders(shop: Shop, playbook: Playbook) -> str:
    """What is told of an order, by us or by the storefront itself, as the playbook stands."""
    on = {rule.trigger for rule in playbook.rules if rule.mode != "off" and rule.to == BUYER and applies(rule, shop)}
    receipt, news = "order" in on or shop.storefront.sends_receipt, "dispatch" in on or shop.storefront.sends_dispatch
    return {
        (True, True): "Receipts and news of your orders",
        (True, False): "Receipts",
        (False, True): "News of your orders",
    }.get((receipt, news), "Our answers about your orders")


def _chosen(standing: Standing, shop: Shop, now: datetime, courtesy: list[str], agreed: list[str]) -> Iterator[str]:
    """What is not owed to them, as their own pace and pause leave it."""
    only_orders = wants_only_orders(standing)
    coming = [*courtesy, *([] if only_orders else agreed)]
    if (until := resting_until(standing, now)) is not None:
        again = " From then on again:" if coming else ""
        yield f"Nothing else until {long_date(until, shop.zone)}, because you asked us to pause.{again}"
    yield from coming
    if only_orders and agreed:
        yield "Nothing else, because you asked to hear of your orders only. What you agreed to rests until you choose otherwise."
    elif not agreed:
        yield "Nothing else: you have agreed to nothing more."
    elif standing.pace in _AT_MOST:
        yield f"Of what you agreed to at most one message {_AT_MOST[standing.pace]}, because you chose so."
    else:
        yield f"Never more than {shop.manners.cap} of these in 30 days."


_AT_MOST = {MONTHLY: "a month", QUARTERLY: "in three months"}


def _courtesy(standing: Standing, shop: Shop, playbook: Playbook, country: str) -> Iterator[str]:
    if not courtesy_may_go(shop, country or shop.country) and consent_key(NEWSLETTER, EMAIL) not in standing.consents:
        return
    for rule in playbook.rules:
        if rule.message_class == COURTESY and rule.to == BUYER and rule.channel == EMAIL and rule.mode != "off":
            yield str(message(rule, shop))


def _agreed(standing: Standing, shop: Shop, playbook: Playbook, but: str = "") -> Iterator[str]:
    """`but`: a channel that is closed to us."""
    for key in sorted(standing.consents):
        purpose, channel = consent_of(key)
        if channel == but:
            continue
        rules = [rule for rule in playbook.rules if rule.mode != "off" and rule.message_class == MARKETING]
        said = [str(message(rule, shop)) for rule in rules if (rule.purpose, rule.channel) == (purpose, channel)]
        if (purpose, channel) == (NEWSLETTER, EMAIL):
            said.insert(0, _SOFT if in_force(standing) else "The newsletter.")
        yield from said or (f"Nothing for now about “{purpose}”{_BY.get(channel, '')}, although you agreed to it.",)


_SOFT = "Now and then something like what you bought, because you did not say no to that at the checkout."
_BY = {POST: " by post", CALL: " by telephone"}


def message(rule: Rule, shop: Shop) -> Message:
    """What the rule sends, when and how often, by its own days. A rule of the owner's own is told of by what sets it off, and by its purpose."""
    make = (
        _MADE.get((rule.trigger, rule.name))
        or _MADE.get((rule.trigger, rule.written_with))
        or _BY_TRIGGER.get(rule.trigger, _any)
    )
    found = make(rule, shop)
    often = {"order": "once for each order", "person": "once, ever", "year": "once a year at most"}.get(rule.once, found.often)
    return Message(found.what, found.when + _AUDIENCE.get(rule.audience, ""), often)


_AUDIENCE: Mapping[str, str] = {
    "own": ", if you bought it for yourself",
    "gift": ", if it is a gift",
    "first order": ", if it is your first order",
    "repeat": ", if you have ordered before",
}


def days(count: int) -> str:
    """For people: "a day", "14 days", "a year"."""
    return {1: "a day", A_YEAR: "a year"}.get(count, f"{count} days")


def _after(rule: Rule, what: str) -> str:
    return f"{days(rule.after_days)} after {what}" if rule.after_days else f"at once when {what}"


def _before(rule: Rule, what: str) -> str:
    return f"{days(rule.before_days)} before {what}" if rule.before_days else f"on the day when {what}"


def _own_words(rule: Rule) -> str:
    """Of a rule that we do not know: what it is for, if it says so."""
    return f"A message about “{rule.purpose}”" if rule.purpose else "A message about your order"


def _any(rule: Rule, shop: Shop) -> Message:  # noqa: ARG001 - one shape for all
    return Message(
        f"A message about “{rule.purpose}”" if rule.purpose else "A message about your dealings with us", "when there is one"
    )


_MADE: Mapping[tuple[str, str], Callable[[Rule, Shop], Message]] = {
    ("arrival", "thank-you"): lambda rule, _: Message("A thank-you", _after(rule, "an order arrived"), "once for each order"),
    ("arrival", "expectation"): lambda rule, _: Message(
        "The question whether all is as you hoped", _after(rule, "an order arrived")
    ),
    ("arrival", "gift-note"): lambda rule, shop: Message(
        "A note to whom you sent a gift",
        f"{_after(rule, 'the gift arrived')}, {_note_goes(shop)}",
        "once, ever",
    ),
    ("order", "receipt"): lambda rule, _: Message("Your receipt", _after(rule, "you order"), "once for each order"),
    ("packed", "packing-line"): lambda *_: Message("A line of thanks", "on the packing slip in your parcel"),
    ("packed", "card"): lambda *_: Message(
        "A blank card", "in the parcel, so that whoever gets it can write to you", "once for each gift"
    ),
    ("packed", "little-extra"): lambda *_: Message("Something small", "in your parcel, now and then"),
    ("packed", "special-item"): lambda *_: Message("Word of something that fits what you like", "on the card in your parcel"),
    ("packed", "insert"): lambda *_: Message("A card of ours", "in your parcel", "once for each parcel"),
}
"""By trigger, and name or template, where the trigger alone does not say what it is."""


def _note_goes(shop: Shop) -> str:
    return (
        "by post" if shop.manners.recipient_note == "by hand" else "by e-mail if you gave us their address for it, else by post"
    )


def _by_hand(rule: Rule, shop: Shop) -> Message:
    what = {POST: "A letter", CALL: "A call"}.get(rule.channel, "A word")
    waits = days(shop.manners.patience_days)
    return Message(
        what, f"when you have not responded to our mail for {waits}, or it does not reach you", "once, until we hear from you"
    )


def _packed(rule: Rule, _: Shop) -> Message:
    return Message(
        "Something small" if rule.message_class == COURTESY else "Word of something that may be for you", "in your parcel"
    )


_BY_TRIGGER: Mapping[str, Callable[[Rule, Shop], Message]] = {
    "claim": lambda *_: Message(
        "The question whether an address is yours",
        "at once when a voucher is claimed with it",
        f"once in {ONE_MAIL_PER.total_seconds() / HOUR:.0f} hours at most",
    ),
    "confirmed": lambda *_: Message("Your voucher", "at once when you confirm your address", "once"),
    "claim again": lambda *_: Message("Your voucher, again", "at once when you claim it again"),
    "consent": lambda *_: Message("The question whether you agreed", "at once when we are told that you did"),
    "preferences": lambda *_: Message(
        "The link to your own page",
        "at once when you ask for it",
        f"once in {ONE_MAIL_PER.total_seconds() / HOUR:.0f} hours at most",
    ),
    "entry": lambda *_: Message(
        "The question whether an entry in the competition is yours", "at once when somebody enters with your address"
    ),
    "entered": lambda *_: Message(
        "The number of your entry in the competition", "at once when you confirm it", "once for each draw"
    ),
    "won": lambda *_: Message("The news that you have won", "when the winner is drawn", "once for each draw"),
    "drawn": lambda *_: Message(
        "How the draw ended, and that the next is open", "when the winner is drawn", "once for each draw"
    ),
    "order": lambda rule, _: Message(_own_words(rule), _after(rule, "you order"), "once for each order"),
    "dispatch": lambda rule, _: Message("News that your parcel is on its way", _after(rule, "it leaves"), "once for each order"),
    "arrival": lambda rule, _: Message(_own_words(rule), _after(rule, "an order arrived"), "once for each order"),
    "thanks": lambda *_: Message(
        "The thanks of whoever you sent a gift", "at once when they write to you by way of us", "once for each gift"
    ),
    "voucher ends": lambda rule, _: Message(
        "A reminder of your voucher", f"{_before(rule, 'it runs out')}, if you have not used it", "once for each voucher"
    ),
    "product life": lambda *_: Message(
        "A care reminder", "when something that you bought is due for care or has had its time", "once for each thing"
    ),
    "occasion": lambda rule, _: Message(
        "A reminder of each date that you gave us", _before(rule, "it comes"), "once a year for each"
    ),
    "last year's gift": lambda rule, _: Message(
        "A reminder of a gift that you gave", _before(rule, "it is a year old"), "once for each"
    ),
    "item": lambda *_: Message(
        "Word of something new, or of the last of something", "when it fits what you like, or your size", "once for each thing"
    ),
    "next order overdue": lambda rule, _: Message(
        "An invitation to come back", _after(rule, "we would have expected your next order"), "once, until you order again"
    ),
    "silence": lambda rule, _: Message(
        "The question whether we are still welcome", f"when we have heard nothing from you for {days(rule.after_days)}"
    ),
    "no response": _by_hand,
    "packed": _packed,
}
"""Each trigger that may write to somebody."""
