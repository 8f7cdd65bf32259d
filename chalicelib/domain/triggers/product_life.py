"""A thing of theirs wears, or wants care: reminded when its life is over, or when they themselves are used to buying it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from chalicelib.domain.calendar import local_day, stamp
from chalicelib.domain.order import arrival
from chalicelib.domain.playbook import Rule
from chalicelib.domain.purchases import Purchase, own, own_gap
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour, months_after

MAX_TITLE = 80
NEARER, FARTHER = 0.5, 2.0
"""How far a person's own gaps may move the declared life, as its multiples."""


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """One for each product with a life: of the newest that they bought for themselves and still have. So buying it again moves it on, and
    what goes back or turns out a gift ends it.
    """
    bought: dict[str, list[Purchase]] = {}
    for purchase in own(outlook.history.orders, outlook.products):
        if purchase.product is not None and purchase.product.months:
            bought.setdefault(purchase.product.name, []).append(purchase)
    for name, purchases in bought.items():
        yield _of(name, purchases, rule, outlook)


def _of(name: str, purchases: Sequence[Purchase], rule: Rule, outlook: Outlook) -> Moment:
    newest, shop = purchases[-1], outlook.shop
    months = newest.product.months if newest.product is not None else 0
    arrived = arrival(newest.order, shop.arrivals, shop.zone)
    begins = local_day(arrived.at if arrived else newest.at, shop.zone)
    life = (months_after(begins, months) - begins).days
    gap = own_gap(local_day(one.at, shop.zone) for one in purchases)
    days = life if gap is None else round(min(max(gap, NEARER * life), FARTHER * life))
    item, bought = newest.line.title[:MAX_TITLE], stamp(newest.at)
    return Moment(
        anchor=newest.order.key,
        at=at_send_hour(begins + timedelta(days=max(0, days - rule.before_days)), rule, shop),
        why=Reason("life-over", {"item": item, "months": months, "at": bought})
        if gap is None
        else Reason("repeat-gap", {"item": item, "days": days, "at": bought}),
        occurrence=name,
        extra={"product": name, "item": item, "months": str(months)},
    )
