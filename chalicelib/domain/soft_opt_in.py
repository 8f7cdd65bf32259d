"""Soft opt-in: a buyer who could say no at the checkout, and let it stand, may be written to about similar things (PRODUCT.md, manner 1).

Only where the owner has declared the checkout's words for saying no, and the buyer's country. It is nobody's yes: it undoes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from chalicelib.domain.consent import EMAIL, NEWSLETTER, SOFT, Consent, Wording, consent_key, given
from chalicelib.domain.gift import NOT
from chalicelib.domain.order import Order, is_off
from chalicelib.domain.shop import Shop
from chalicelib.domain.standing import Standing, against_a_yes


def is_declared(shop: Shop) -> bool:
    """Whether the owner has said where it holds, and in which words one may say no."""
    return bool(shop.storefront.opt_out.strip() and shop.manners.soft_opt_in_countries)


def counts(order: Order, shop: Shop) -> bool:
    """Whether it may rest on the order: bought for themselves, standing, not of the past, by somebody who lives where the owner declared it."""
    view = order.view
    if view is None or is_off(order) or order.history or order.erased or order.verdict != NOT:
        return False
    if any(line.for_gift for line in view.lines):
        return False
    return bool(view.buyer.address) and view.buyer.country in shop.manners.soft_opt_in_countries


def newest(orders: Iterable[Order], shop: Shop) -> Order | None:
    """The newest of somebody's orders on which it may rest."""
    return max((order for order in orders if counts(order, shop)), key=lambda order: (_placed(order), order.key), default=None)


def _placed(order: Order) -> datetime:
    if order.view is None:
        raise ValueError("an order of which nobody has told is no ground")
    return order.view.placed_at


def stands_against(standing: Standing, *, withdrew: bool) -> str:
    """What forbids it, a part of a sentence; "" when nothing does. `withdrew`: the newsletter's consent ended before, for whatever reason."""
    match against_a_yes(standing, by_mail=True):
        case "never" | "stopped":
            return "they asked us to stop, and only they can undo that"
        case "complained" | "bounced":
            return "mail to them came back, or they marked it as unwanted"
        case _:
            return "their consent ended before, and silence does not bring it back" if withdrew else ""


def in_force(standing: Standing) -> bool:
    """Whether the newsletter's consent is no more than that: nobody said yes to it."""
    return bool(standing.soft_at) and standing.consents.get(consent_key(NEWSLETTER, EMAIL)) == standing.soft_at


def let_stand(person: str, shop: Shop, at: datetime, source: str) -> Consent:
    """The ledger entry: the words for saying no that they left alone, and where."""
    words = Wording(NEWSLETTER, EMAIL, 0, shop.locale, shop.storefront.opt_out)
    return msgspec.structs.replace(given(person, words, at, at, source), basis=SOFT)
