"""Last year about this time they gave something from us, and they asked to be reminded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain.calendar import local_day
from chalicelib.domain.fact import NEVER
from chalicelib.domain.history import History
from chalicelib.domain.links import LAST_YEARS_GIFT
from chalicelib.domain.playbook import Rule
from chalicelib.domain.purchases import standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour, months_after


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """Some days before each gift that they gave is a year old, until that day. Of two within one season the first counts, so that nobody is
    reminded twice. None for who wants to hear nothing of such days.
    """
    if wants_none(outlook.history):
        return
    counted, today = None, local_day(outlook.now, outlook.shop.zone)
    for order in standing_orders(outlook.history.orders):
        if order.view is None or not order.is_gift:
            continue
        day = months_after(local_day(order.view.placed_at, outlook.shop.zone), 12)
        if counted is not None and day - counted <= timedelta(days=30):
            continue
        counted = day
        if day < today:
            continue
        yield Moment(
            anchor=order.key,
            at=at_send_hour(day - timedelta(days=rule.before_days), rule, outlook.shop),
            why=Reason("last-years-gift", {"date": day.isoformat()}),
            extra={"date": day.isoformat()},
        )


def wants_none(history: History) -> bool:
    """They pressed "no more of these, ever"."""
    return any(fact.kind == NEVER and fact.about == LAST_YEARS_GIFT for fact in history.facts)
