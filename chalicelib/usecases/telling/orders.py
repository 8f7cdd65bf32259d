"""What mails about an order or a gift are told."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.domain.consent import EMAIL, FOR_YOU, consent_key
from chalicelib.domain.footers import for_person
from chalicelib.domain.gift import NOT
from chalicelib.domain.identity import first_name
from chalicelib.domain.languages import PHRASES, exact_in
from chalicelib.domain.links import EXPECTATION, NO, ORDER, YES, answer_scope
from chalicelib.domain.money import Money
from chalicelib.domain.order import Line, Order, View
from chalicelib.domain.playbook import BUYER, GIVER
from chalicelib.domain.progress import LINK_LASTS
from chalicelib.domain.screening import Case, pace, rests, standing, unhappy
from chalicelib.domain.special import item_for
from chalicelib.domain.standing import MARKETING
from chalicelib.errors import Invalid, Misconfigured
from chalicelib.usecases.recall import recall
from chalicelib.usecases.telling.telling import Context, Telling
from chalicelib.usecases.write_thanks import PURPOSE as THANK


def order(told: Telling) -> Context:
    """The order as it stands."""
    case, view = told.case, _view(told.case)
    placed = case.order
    tracked = next((p for p in placed.parcels if not p.failed and (p.tracking or p.tracking_url)), None) if placed else None
    return {
        "number": view.confirmation or view.number,
        "is_gift": placed is not None and placed.is_gift,
        "placed": told.date(view.placed_at),
        "lines": lines_of(view, told.language),
        "more_lines": view.more_lines,
        "items": [line.title for line in view.lines],
        "total": exact_in(told.language, view.total),
        "charged": exact_in(told.language, view.charged) if view.charged is not None else "",
        "status_url": view.status_url,
        "order_url": _page_of(told, placed) or view.status_url,
        "special": _special(told),
        "terms": case.shop.terms,
        "withdrawal": case.shop.withdrawal,
        "carrier": tracked.carrier if tracked else "",
        "tracking_number": tracked.tracking if tracked else "",
        "tracking_url": tracked.tracking_url if tracked else "",
    }


def lines_of(view: View, language: str) -> list[Context]:
    """As a receipt has them, with what makes them into the total."""
    return [
        {"title": line.title, "quantity": line.quantity, "price": exact_in(language, Money(line.price, view.total.currency))}
        for line in (*view.lines, *_sums(view, language))
    ]


def _page_of(told: Telling, order: Order | None) -> str:
    """Where the order shows how it stands; "" for a mail that is not to its buyer, and for a key that no link can hold."""
    if order is None or told.rule.to not in (BUYER, GIVER):
        return ""
    try:
        return told.link("order", ORDER, order.key, told.case.now + LINK_LASTS)
    except Invalid:
        return ""


def _special(told: Telling) -> Context | None:
    """One thing that fits them, in the receipt: off unless the owner wants it, and only by their consent to just that (manner 4)."""
    case = told.case
    agreed = consent_key(FOR_YOU, EMAIL) in case.standing.consents
    if not (case.shop.manners.receipt_item and told.rule.trigger == "order" and agreed):
        return None
    if case.order is None or case.order.verdict != NOT:
        return None
    history = recall(told.world, case.follow_up.person)
    sold_to = replace(case, history=history, follow_up=replace(case.follow_up, message_class=MARKETING))
    if any(one.check(sold_to) is not None for one in (standing, rests, pace, unhappy)):
        return None
    item = item_for(history, FOR_YOU, case.products, case.shop, case.now)
    return {"name": item.name, "words": item.words, "link": item.url} if item is not None else None


def arrival(told: Telling) -> Context:
    """The same, with the two answers to whether it is as they hoped."""
    id_ = told.case.follow_up.id
    return {
        **order(told),
        "yes_url": told.link("expectation", EXPECTATION, answer_scope(id_, YES)),
        "no_url": told.link("expectation", EXPECTATION, answer_scope(id_, NO)),
    }


def note(told: Telling) -> Context:
    """To a gift's recipient: from whom it came, and until when we know of them. No price, and nothing of the giver's but a first name."""
    case = told.case
    if case.order is None or case.order.gift_until is None:
        raise Misconfigured("The gift's day of deletion is not known.")
    until, giver = told.date(case.order.gift_until), _giver(case)
    return {
        "giver": giver,
        "thanks_url": told.link("thanks", THANK, case.follow_up.id, case.order.gift_until),
        "delete_on": until,
        "reason": for_person("gift-note", language=told.language, giver=giver, until=until),
    }


def thanks(told: Telling) -> Context:
    """The recipient's own words, to the giver."""
    gift = told.case.gift
    if gift is None or not gift.thanks:
        raise Misconfigured("The recipient's words have been deleted.")
    return {"recipient": first_name(gift.recipient), "message": gift.thanks}


def _view(case: Case) -> View:
    if case.order is None or case.order.view is None:
        raise Misconfigured("The order is gone from the table.")
    return case.order.view


def _sums(view: View, language: str) -> list[Line]:
    """What stands between the lines and the total, so that a receipt adds up."""
    said = PHRASES[language]
    named = ((said.postage, view.postage), (said.tax, view.tax), (said.discount if view.other < 0 else said.charges, view.other))
    return [Line(name, 1, amount) for name, amount in named if amount]


def _giver(case: Case) -> str:
    return first_name(case.order.view.buyer.name) if case.order is not None and case.order.view is not None else ""
