"""Last year about this time they gave something from us, and they asked to be reminded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from chalicelib.domain.calendar import local_day
from chalicelib.domain.fact import NEVER
from chalicelib.domain.history import History
from chalicelib.domain.links import LAST_YEARS_GIFT
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import Rule
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour, months_after

SAME_SEASON, SEASON = timedelta(days=30), timedelta(days=60)
"""Gifts so near to each other are one occasion; and who gave so lately before the day has thought of it."""


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """Some days before each gift that they gave is a year old, until that day. Of two within one season the first counts, so that nobody is
    reminded twice. None for who wants to hear nothing of such days.
    """
    if wants_none(outlook.history):
        return
    orders = [order for order in standing_orders(outlook.history.orders) if order.is_gift]
    counted, today = None, local_day(outlook.now, outlook.shop.zone)
    for order in orders:
        day = months_after(local_day(placed_at(order), outlook.shop.zone), 12)
        if counted is not None and day - counted <= SAME_SEASON:
            continue
        counted = day
        if day < today or _given_again(orders, day, outlook):
            continue
        yield Moment(
            anchor=order.key,
            at=at_send_hour(day - timedelta(days=rule.before_days), rule, outlook.shop),
            why=Reason("last-years-gift", {"date": day.isoformat()}),
            extra={"date": day.isoformat()},
        )


def _given_again(orders: Sequence[Order], day: date, outlook: Outlook) -> bool:
    """They have chosen the gift of this year already."""
    return any(day - SEASON <= local_day(placed_at(order), outlook.shop.zone) < day for order in orders)


def wants_none(history: History) -> bool:
    """They pressed "no more of these, ever"."""
    return any(fact.kind == NEVER and fact.about == LAST_YEARS_GIFT for fact in history.facts)
