"""Someone unhappy is helped, not sold to (manner 8): marketing keeps quiet while a question or complaint is open, and some days after."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.calendar import stamp
from chalicelib.domain.inquiry import hushed_until
from chalicelib.domain.ladder import last_response
from chalicelib.domain.order import Refund
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import MARKETING

LOOK_AGAIN = timedelta(days=1)


def check(case: Case) -> Objection:
    """Held while they wait for an answer; some days after a good close, or after something went back; after a bad close until they come
    to us again by themselves.
    """
    history = case.history
    if case.follow_up.message_class != MARKETING or history is None:
        return None
    days = case.shop.manners.hush_days
    if waiting := [one.opened_at for one in history.inquiries if one.is_open]:
        return Hold(Reason("inquiry-open", {"since": stamp(min(waiting))}), case.now + LOOK_AGAIN, restarts=True)
    if (left := _left_unhappy(case)) is not None:
        return Hold(Reason("unhappy", {"since": left}), case.now + LOOK_AGAIN, restarts=True)
    if (until := hushed_until(history.inquiries, case.now, days)) is not None:
        return Hold(Reason("helped-lately", {"until": stamp(until)}), until, restarts=True)
    backs = [refund.at + timedelta(days=days) for order in history.orders for refund in order.refunds if _came_back(refund)]
    over = max(backs, default=case.now)
    return Hold(Reason("return-open", {"until": stamp(over)}), over, restarts=True) if case.now < over else None


def _left_unhappy(case: Case) -> str | None:
    if case.history is None:
        return None
    bad = max((one.closed_at for one in case.history.inquiries if one.closed_at and one.outcome == "bad"), default=None)
    responded = last_response(case.history)
    return stamp(bad) if bad is not None and (responded is None or responded <= bad) else None


def _came_back(refund: Refund) -> bool:
    return bool(refund.lines) or refund.amount.amount > 0
