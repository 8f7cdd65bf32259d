"""The one thing that may be told beside something else: what is new or closing out, and fits somebody on evidence."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.calendar import local_day
from chalicelib.domain.history import History
from chalicelib.domain.interest import PRESUMPTION, judge
from chalicelib.domain.products import Item, Products
from chalicelib.domain.shop import Shop
from chalicelib.domain.triggers.item import fits, is_over, size_of


def item_for(history: History, purpose: str, products: Products, shop: Shop, now: datetime) -> Item | None:
    """The first in the owner's order. `purpose`: what they agreed to; what they told for something else is not used. A presumption is not
    enough.
    """
    today = local_day(now, shop.zone)
    return next(
        (item for item in products.items if item.since <= today and _suits(item, history, purpose, products, shop, now)), None
    )


def _suits(item: Item, history: History, purpose: str, products: Products, shop: Shop, now: datetime) -> bool:
    interest = judge(history, item.category, products, purpose)
    if is_over(item, now, shop) or interest is None or interest.level == PRESUMPTION:
        return False
    return fits(item, size_of(history, item.category, products, purpose))
