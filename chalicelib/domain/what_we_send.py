"""What the shop sends at all: the static page, made from the playbook and the manners. A rule that is off, or has other days, changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from chalicelib.domain.consent import EMAIL, NEWSLETTER, consent_key
from chalicelib.domain.countries import COUNTRIES
from chalicelib.domain.planning import applies
from chalicelib.domain.playbook import OWNER, PARCEL, RECIPIENT, Playbook, Rule
from chalicelib.domain.products import Products
from chalicelib.domain.promises import Message, days, message
from chalicelib.domain.shop import Shop, newest_wording
from chalicelib.domain.soft_opt_in import is_declared
from chalicelib.domain.standing import CAP_DAYS, COURTESY, MARKETING, SERVICE

Group = Literal["doings", "courtesy", "asked"]
"""About what somebody does with us · where nothing is offered · only if they asked for it."""

GROUPS: dict[str, Group] = {SERVICE: "doings", COURTESY: "courtesy", MARKETING: "asked"}
COMPETITION = ("entry", "entered", "won", "drawn")


class Promise(Struct, frozen=True):
    """One rule that is on and writes to somebody. `rests`: on what it does. `wording`: the exact words that they said yes to, "" where it rests on
    none; `purpose`: what these are for, as purpose/channel. `ends`: what puts an end to it. `more`: what else there is to tell, a sentence or "".
    """

    group: Group
    message: Message
    rests: str
    ends: str
    wording: str = ""
    purpose: str = ""
    more: str = ""


class Manner(Struct, frozen=True):
    """One of the shop's own limits, in a word or two and a sentence."""

    name: str
    sentence: str


def what_we_send(shop: Shop, playbook: Playbook, products: Products) -> tuple[Promise, ...]:
    """In the playbook's order within each group. What cannot reach anybody (no words to agree to, no product that is ever due) is not among it."""
    found = [_promise(rule, shop, products) for rule in playbook.rules if _goes(rule, shop, products)]
    said = newest_wording(shop, NEWSLETTER, EMAIL, shop.locale)
    if said is not None:
        newsletter = Message("The newsletter", "when there is something worth telling")
        found.insert(
            0,
            Promise("asked", newsletter, _on_their_yes(NEWSLETTER, EMAIL, shop), STOP, said.text, consent_key(NEWSLETTER, EMAIL)),
        )
    order = [*GROUPS.values()]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: order.index(one.group)))


def _goes(rule: Rule, shop: Shop, products: Products) -> bool:
    if rule.mode == "off" or rule.to == OWNER or not applies(rule, shop):
        return False
    if rule.trigger in COMPETITION and shop.competition is None:
        return False
    return rule.trigger != "product life" or any(product.months for product in products.products)


def _promise(rule: Rule, shop: Shop, products: Products) -> Promise | None:
    if rule.message_class != MARKETING:
        return Promise(GROUPS[rule.message_class], message(rule, shop), _rests(rule, shop), _ends(rule))
    channels = [one.channel for one in shop.wordings if one.purpose == rule.purpose] if rule.channel == PARCEL else [rule.channel]
    words = [newest_wording(shop, rule.purpose, channel, shop.locale) for channel in channels]
    said = next((wording for wording in words if wording is not None), None)
    if said is None:
        return None
    key = consent_key(said.purpose, said.channel)
    more = _lives(products) if rule.trigger == "product life" else ""
    return Promise("asked", message(rule, shop), _rests(rule, shop), _ends(rule), said.text, key, more)


def _lives(products: Products) -> str:
    lives = [f"{product.name} after {product.months} months" for product in products.products if product.months]
    return f"{listed(lives)}; or when you would buy it again by your own habit."


def _rests(rule: Rule, shop: Shop) -> str:
    match rule.message_class:
        case kind if kind == MARKETING:
            return _on_their_yes(rule.purpose, rule.channel, shop)
        case kind if kind == COURTESY:
            return f"Nothing is offered in it. Without your yes it comes only where you and we both live in {where_courtesy_goes(shop)}."
        case _:
            return "What you asked of us, or your order: it is part of that."


def _on_their_yes(purpose: str, channel: str, shop: Shop) -> str:
    soft = (purpose, channel) == (NEWSLETTER, EMAIL) and is_declared(shop)
    also = f" At our checkout you may have left a box alone that says “{shop.storefront.opt_out}”." if soft else ""
    return f"Your yes to these very words, and to nothing else.{also}"


STOP = "One press of the stop button, in any such mail or on your preferences page."


def _ends(rule: Rule) -> str:
    if rule.to == RECIPIENT:
        by_mail = "There is only one. Its link removes the address at once."
        return "Nothing follows from it." if rule.channel == PARCEL else by_mail
    if rule.message_class == SERVICE:
        return "With the thing itself. It comes also to who has stopped everything else."
    if rule.channel == PARCEL:
        return "One press of the stop button on your preferences page."
    return STOP


def where_courtesy_goes(shop: Shop) -> str:
    """The countries, as people list them; "no country" where there are none, or the shop's own is not among them."""
    allowed = shop.manners.courtesy_countries if shop.country in shop.manners.courtesy_countries else ()
    named = [COUNTRIES.get(code, code) for code in allowed]
    return listed([f"the {one}" if one.startswith(_WITH_THE) else one for one in named], "or") or "no country"


_WITH_THE = ("Czech Republic", "Isle of", "Netherlands", "United")


def listed(things: list[str], joined: str = "and") -> str:
    """For people: "a, b and c"."""
    return f" {joined} ".join(part for part in (", ".join(things[:-1]), *things[-1:]) if part)


def manners(shop: Shop, playbook: Playbook) -> tuple[Manner, ...]:
    """The limits that hold for courtesy and for what somebody agreed to; one that is switched off is not among them."""
    return tuple(_manners(shop, playbook))


def _manners(shop: Shop, playbook: Playbook) -> Iterator[Manner]:
    ours = shop.manners
    yield Manner("Never many", f"At most {_messages(ours.cap)} in {CAP_DAYS} days, thank-yous counted. What is more waits.")
    if ours.quiet_from != ours.quiet_to:
        yield Manner(
            "Never at night", f"Nothing between {ours.quiet_from}:00 and {ours.quiet_to}:00, by the clocks where you live."
        )
    if ours.spacing_days:
        yield Manner(
            "One thing at a time", f"Nothing of what you agreed to within {days(ours.spacing_days)} of something else from us."
        )
    if ours.quiet_window_days:
        yield Manner("Quiet after an order", f"For {days(ours.quiet_window_days)} after it we thank you, and leave it at that.")
    helped = f", and for {days(ours.hush_days)} after that" if ours.hush_days else ""
    yield Manner(
        "First help, then news", f"While you wait for an answer of ours, or send something back, we sell you nothing{helped}."
    )
    if ours.patience_mails:
        within = f"within {days(ours.patience_days)}"
        yield Manner(
            "No answer is an answer",
            f"Who leaves {_messages(ours.patience_mails)} of ours without any response {within} gets no more by e-mail.",
        )
    asked = next((rule for rule in playbook.of("silence") if rule.after_days), None)
    if asked is not None:
        yield Manner(
            "A yes does not last for ever",
            f"After {days(asked.after_days)} without a sign of you we ask whether we are still welcome. "
            f"No answer within {days(ours.sunset_days)} is a no, and your yes ends.",
        )
    yield Manner(
        "Your own pace",
        "On your preferences page you choose once a month, once in three months, or only your orders; or three months of peace.",
    )


def _messages(count: int) -> str:
    return {0: "no message", 1: "one message", 2: "two messages", 3: "three messages"}.get(count, f"{count} messages")
