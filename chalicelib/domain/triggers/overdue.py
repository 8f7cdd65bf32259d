"""Somebody who used to come back has not: an invitation, once for each silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from chalicelib.domain.calendar import local_day, stamp
from chalicelib.domain.playbook import Rule
from chalicelib.domain.purchases import own_gap, placed_at, standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour

EXPECTED_WITHIN = 180
"""Days to the next order, of somebody whose own habit is not known."""

LEAST, MOST = 60, 730


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """The rule's days after the next order would have been expected, by their own gaps where they have any."""
    orders = standing_orders(outlook.history.orders)
    if not orders:
        return
    days = [local_day(placed_at(order), outlook.shop.zone) for order in orders]
    day = days[-1] + timedelta(days=expected_gap(days) + rule.after_days)
    yield Moment(
        anchor=orders[-1].key,
        at=at_send_hour(day, rule, outlook.shop),
        why=Reason("overdue", {"since": stamp(placed_at(orders[-1]))}),
    )


def expected_gap(days: Sequence[date]) -> int:
    """Days from the last order to the next, by their own habit within reason."""
    gap = own_gap(days)
    return EXPECTED_WITHIN if gap is None else min(max(round(gap), LEAST), MOST)
