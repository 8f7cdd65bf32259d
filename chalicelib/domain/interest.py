"""Interest: what somebody may be supposed to like, and on what evidence. One purchase proves none (PRODUCT.md, manner 5).

`judge` may give way to a better model: whatever takes its place answers with the same Interest, evidence and all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from chalicelib.domain.fact import LIKES, SIZE, Fact, may_serve
from chalicelib.domain.history import History
from chalicelib.domain.products import Products
from chalicelib.domain.purchases import own

STATED, EVIDENCED, PRESUMPTION = "stated", "evidenced", "presumption"
ORDERS_THAT_PROVE = 2


class Interest(Struct, frozen=True):
    """`evidence`: of a stated one who told it and where, else the keys of the orders that it rests on. `since`: when it came to be."""

    category: str
    level: Literal["stated", "evidenced", "presumption"]
    evidence: tuple[str, ...]
    since: datetime


def judge(history: History, category: str, products: Products, purpose: str | None = None) -> Interest | None:
    """`purpose`: what it is to be used for; then only what they told for it counts. None: to be shown, not used.

    stated: they told us · evidenced: own purchases in the category in two orders or more · presumption: fewer. None: there is nothing
    that speaks for it, or they told us that it is not so.
    """
    told = _newest(history, category, purpose)
    if told is not None:
        return Interest(category, "stated", (told.source,), told.at) if told.value != "no" else None
    bought = own(history.orders, products)
    of_it = [one for one in bought if one.product is not None and one.product.category == category]
    orders = {one.order.key: one.at for one in reversed(of_it)}
    if not orders:
        return None
    times = sorted(orders.values())
    if len(times) < ORDERS_THAT_PROVE:
        return Interest(category, "presumption", tuple(orders), times[0])
    return Interest(category, "evidenced", tuple(reversed(orders)), times[ORDERS_THAT_PROVE - 1])


def _newest(history: History, category: str, purpose: str | None) -> Fact | None:
    # who gives a size for rings wants to hear of rings in it: that is what it was asked for
    told = [fact for fact in history.facts if fact.kind in (LIKES, SIZE) and fact.about == category]
    # a no is a no, whatever it was asked for
    told = [fact for fact in told if may_serve(fact, purpose) or (fact.kind, fact.value) == (LIKES, "no")]
    likes = [fact for fact in told if fact.kind == LIKES]
    return max(likes or told, key=lambda fact: fact.at, default=None)
