"""Say thank you, and leave it at that (manner 4): after an order marketing keeps quiet."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import MARKETING


def check(case: Case) -> Objection:
    """Held until the window after their newest order is over."""
    if case.follow_up.message_class != MARKETING or case.history is None:
        return None
    window = timedelta(days=case.shop.manners.quiet_window_days)
    placed = [placed_at(order) for order in standing_orders(case.history.orders)]
    until = max(placed) + window if placed else case.now
    return Hold(Reason("quiet-window", {"until": stamp(until)}), until, restarts=True) if case.now < until else None
