"""Nobody is sold to while they still wait for what they bought."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.order import Order, arrival
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import MARKETING

LOOK_AGAIN = timedelta(days=1)


def check(case: Case) -> Objection:
    """Held until their order has arrived; where nobody tells of arrivals, for so many days after it was placed."""
    if case.follow_up.message_class != MARKETING or case.history is None:
        return None
    at_most = timedelta(days=case.shop.manners.undelivered_days)
    waiting = [
        order for order in standing_orders(case.history.orders) if not order.history and case.now < placed_at(order) + at_most
    ]
    under_way = [order for order in waiting if not _is_here(case, order)]
    if not under_way:
        return None
    until = max(placed_at(order) for order in under_way) + at_most
    return Hold(Reason("undelivered", {"until": stamp(until)}), min(until, case.now + LOOK_AGAIN), restarts=True)


def _is_here(case: Case, order: Order) -> bool:
    found = arrival(order, case.shop.arrivals, case.shop.zone)
    return found is not None and found.at <= case.now
