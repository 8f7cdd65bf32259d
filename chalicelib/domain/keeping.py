"""What is kept of people, why, how long, and who told it: the privacy page, made from the very days by which it is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain import retention
from chalicelib.domain.claim import LINK_LASTS
from chalicelib.domain.consent import Wording
from chalicelib.domain.inquiry import ANSWER_WITHIN
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.profile import DATES, REACH, TASTES, steps
from chalicelib.domain.shop import Shop, newest_wording
from chalicelib.domain.soft_opt_in import is_declared
from chalicelib.domain.standing import COURTESY
from chalicelib.domain.what_we_send import where_courtesy_goes

CONTRACT, CONSENT, INTEREST, DUTY = "contract", "consent", "legitimate interest", "legal duty"

COUNTED_FOR = timedelta(hours=2)
"""How long it is remembered that somebody sent a form (stores/counters.py)."""

ASKED_FOR_LINK = timedelta(hours=25)
"""... and that an address asked for the link to its own page."""

Group = Literal["given", "orders", "ours"]
"""What somebody gives us · what comes with an order · what we write down ourselves."""


class Kept(Struct, frozen=True):
    """One kind of data. `id`: for links. `name`: in a word or two. `basis`: what the law calls the reason, with what it is here. `briefly`, `until`: how long
    it is kept, for a table, and in full. `told`: by whom it came to us. All but `name` as parts of a sentence.
    """

    id: str
    group: Group
    name: str
    briefly: str
    what: str
    why: str
    basis: str
    until: str
    told: str


def lasts(time: timedelta) -> str:
    """For people: "2 hours", "7 days", "25 months", "6 years"."""
    hours, count = int(time.total_seconds()) // 3600, time.days
    if hours < 48:
        return "an hour" if hours == 1 else f"{hours} hours"
    if count % 366 == 0:
        return "a year" if count == 366 else f"{count // 366} years"
    return f"{count} days" if count < 365 else f"{count * 12 // 365} months"


def what_we_keep(shop: Shop, playbook: Playbook, products: Products) -> tuple[Kept, ...]:
    """Group after group; what this shop does not do (a competition, gifts' notes, a step of the profile) is not among it."""
    return (*_given(shop, products), *_of_orders(shop, playbook), *_ours(shop))


def wordings(shop: Shop) -> tuple[Wording, ...]:
    """The newest of each, in the shop's own locale where there is one, in the owner's order."""
    keys = dict.fromkeys((one.purpose, one.channel) for one in shop.wordings)
    found = (newest_wording(shop, *key, shop.locale) for key in keys)
    return tuple(wording for wording in found if wording is not None)


_YOU = "You"


def _given(shop: Shop, products: Products) -> Iterator[Kept]:
    yield Kept(
        "claim",
        "given",
        "An unconfirmed claim",
        lasts(LINK_LASTS),
        "The name and e-mail address of a claim that nobody has confirmed",
        "To ask whether the address is yours, before anything else comes to it",
        f"{CONTRACT}: somebody asked for the voucher, we hope you",
        f"{lasts(LINK_LASTS)}, then it is gone",
        "Whoever filled in the form",
    )
    yield Kept(
        "contact",
        "given",
        "Your name and address",
        f"{lasts(retention.AFTER_LAST_ORDER)} after your last order",
        "The name that you gave us, and your e-mail address once it is confirmed",
        "To send what you asked for, and to know you again",
        f"{CONTRACT}, and {CONSENT} while one stands",
        f"As long as a yes of yours stands; else {lasts(retention.AFTER_LAST_ORDER)} after your last order, or {lasts(retention.AFTER_REASON)} "
        "after your voucher or your last yes ended, whichever is later",
        _YOU,
    )
    yield Kept(
        "consents",
        "given",
        "Your yes and your no",
        lasts(retention.LEDGER),
        "What you said yes to, in which words, when and where; and what you took back",
        "To do that and no more, and to be able to prove it",
        f"{DUTY}: we must be able to show that you agreed",
        lasts(retention.LEDGER),
        "You, or our checkout where you ticked a box there" if shop.storefront.consent or is_declared(shop) else _YOU,
    )
    yield from _facts(shop, products)
    yield Kept(
        "questions",
        "given",
        "Your questions",
        f"{lasts(retention.AFTER_ANSWER)} after our answer, or as your orders",
        "What you asked us, or told us when you were not content, with the name and address that you gave",
        f"To answer, within {ANSWER_WITHIN} working days, and to keep quiet about all else meanwhile",
        f"{CONTRACT}: you asked",
        f"{lasts(retention.AFTER_ANSWER)} after our answer if we know nothing else of you, else as your orders, {lasts(retention.FINISHED)} at most",
        _YOU,
    )
    if shop.competition is not None:
        yield Kept(
            "entries",
            "given",
            "Your entry in the competition",
            f"{lasts(retention.ENTRY_AFTER_DRAW)} after the draw",
            "Your name, your e-mail address, and your county if you gave it",
            "To draw a winner and to tell them; whoever asks is told surname and county of who won, unless they object",
            f"{CONTRACT}: the rules of the competition",
            f"{lasts(retention.ENTRY_AFTER_DRAW)} after the draw, of who wins in another's place {lasts(retention.ENTRY_AFTER_DRAW)} after that; "
            f"{lasts(retention.ENTRY_UNDRAWN)} after closing where nobody draws; unconfirmed {lasts(LINK_LASTS)}",
            _YOU,
        )


_STEPS = {
    REACH: ("Your postal address and telephone", "The address for a letter, the number for a call"),
    DATES: ("Days to remember", "Your own, or of somebody of whom we keep a label and a date, no name"),
    TASTES: ("Your sizes and likes", "What fits you, and what you like or do not"),
}
"""Of the profile: what is told in each, briefly and in full."""


def _facts(shop: Shop, products: Products) -> Iterator[Kept]:
    for step in steps(shop, products, shop.locale):
        name, what = _STEPS[step]
        yield Kept(
            step,
            "given",
            name,
            "Until you take it back",
            what,
            "For that alone which your own page says beside it",
            f"{CONSENT}, to just that",
            f"Until you remove it or take back that yes; {lasts(retention.UNUSED_FACT)} where the yes never came",
            _YOU,
        )


_CALLED = {"shopify": "Shopify", "woocommerce": "WooCommerce", "stripe": "Stripe"}


def storefront_called(shop: Shop) -> str:
    """The system at which people buy, by its name where it has one that people know."""
    return _CALLED.get(shop.storefront.kind, "the system behind our shop")


def _of_orders(shop: Shop, playbook: Playbook) -> Iterator[Kept]:
    told = f"Our checkout ({_CALLED[shop.storefront.kind]})" if shop.storefront.kind in _CALLED else "Our checkout"
    yield Kept(
        "orders-kept",
        "orders",
        "Your orders",
        f"{lasts(retention.AFTER_LAST_ORDER)} after the last one",
        "What you ordered, when, for how much, where the parcel is, and your name and address for e-mail",
        "To tell you of them, to answer you, and to tell what you bought for yourself from what was a gift",
        f"{CONTRACT}: your order",
        f"{lasts(retention.AFTER_LAST_ORDER)} after the last one, longer only while a yes of yours stands",
        told,
    )
    yield Kept(
        "messages",
        "orders",
        "What the checkout tells us",
        lasts(retention.RAW_WEBHOOK),
        "The messages in which our checkout tells of an order, as they came",
        "To take each exactly once, and to find what went wrong",
        f"{CONTRACT}: your order",
        lasts(retention.RAW_WEBHOOK),
        told,
    )
    yield Kept(
        "vouchers",
        "orders",
        "Your voucher",
        f"{lasts(retention.LEDGER)} after it ended",
        "Its code, what it is worth, whether it was used",
        f"To honour it, {shop.offer.days} days long and once for each person",
        f"{CONTRACT}, then {DUTY}: it belongs to our accounts",
        f"{lasts(retention.LEDGER)} after it ended",
        "We made it",
    )
    if any(rule.message_class == COURTESY and rule.mode != "off" for rule in playbook.rules):
        yield Kept(
            "arrivals",
            "orders",
            "That an order arrived",
            "As the order",
            "The day, as the carrier or the shop tells it",
            "To thank you for it, and to ask whether all is well; nothing is offered",
            f"{INTEREST}, and only where you and we both live in {where_courtesy_goes(shop)}; elsewhere {CONSENT}",
            "As the order",
            told,
        )
    yield Kept(
        "recipients",
        "orders",
        "Somebody to whom you sent a gift",
        f"{lasts(retention.RECIPIENT_AFTER_NOTE)} after our one note",
        "Of somebody to whom you sent a gift: name, address for the parcel, and e-mail address if you gave it",
        "To deliver it, and for one note, ever; they are no customer of ours by this",
        f"{CONTRACT} with you; for the note {INTEREST}, which they may end at once",
        f"{lasts(retention.RECIPIENT_AFTER_NOTE)} after the note, {lasts(retention.RECIPIENT_AFTER_ARRIVAL)} after the gift arrived at most; "
        f"if it never does, {lasts(retention.RECIPIENT_UNDELIVERED)} after the order",
        "Whoever sent the gift",
    )


def _ours(shop: Shop) -> Iterator[Kept]:
    yield Kept(
        "mails",
        "ours",
        "The text of our mails",
        f"{retention.MAIL_DAYS} days",
        "The text of a mail that we sent you",
        "To see what you were told, if you ask",
        f"{INTEREST}: to be able to answer you",
        f"{retention.MAIL_DAYS} days at most; of a note to somebody who got a gift {retention.RECIPIENTS_MAIL_DAYS}",
        "We wrote it",
    )
    yield Kept(
        "sent",
        "ours",
        "What went to you, and why",
        lasts(retention.FINISHED),
        "Which message went to you when and why, which waits, and what was done by hand instead; without its text",
        "So that each comes once, and never too many",
        f"{INTEREST}: to write rarely",
        lasts(retention.FINISHED),
        "We wrote it",
    )
    yield Kept(
        "stops",
        "ours",
        "Your stop",
        "As long as we write to anybody",
        "That you asked us to stop, that your address was closed, how often you want to hear from us; beside a code that is made of your address "
        "and from which nobody can tell it",
        "So that stop stays stop, also when everything else of you is deleted, or when your address comes to us anew",
        f"{DUTY}: your objection must be kept",
        f"As long as {shop.name} writes to anybody",
        "You, or your mail service",
    )
    yield Kept(
        "requests",
        "ours",
        "What you asked to see",
        lasts(retention.REQUEST),
        "What we gathered for you when you asked what we keep, and that you asked",
        "To give it to you",
        f"{DUTY}: you have a right to it",
        lasts(retention.REQUEST),
        "You",
    )
    yield Kept(
        "forms",
        "ours",
        "That a form was sent",
        lasts(COUNTED_FOR),
        "That a form was sent, as a code made of the address and of the network that it came from",
        "So that nobody floods your mailbox by way of us",
        f"{INTEREST}: to keep you and us from misuse",
        f"{lasts(COUNTED_FOR)}; that a link to a page was asked for {lasts(ASKED_FOR_LINK)}",
        "Your browser",
    )
