"""As often as they want: a pace that somebody chose for what sells, slower than the cap that binds the shop anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.history import History
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Hold, Objection
from chalicelib.domain.standing import MARKETING, MONTHLY, QUARTERLY, wants_only_orders

APART = {MONTHLY: timedelta(days=30), QUARTERLY: timedelta(days=90)}
"""So long after one message comes the next."""


def check(case: Case) -> Objection:
    """Held until their last one is long enough ago. For who wants to hear of orders only it ends, and is not kept back: else all that had
    gathered meanwhile would come down on them on the day on which they choose otherwise. What is still due then is planned anew.
    """
    if case.follow_up.message_class != MARKETING:
        return None
    if wants_only_orders(case.standing):
        return End(CANCELLED, Reason("orders-only"))
    apart = APART.get(case.standing.pace)
    if apart is None or case.history is None:
        return None
    last = max(_heard(case.history, besides=case.follow_up.id), default=None)
    if last is None or case.now >= last + apart:
        return None
    return Hold(Reason("pace", {"days": apart.days, "until": stamp(last + apart)}), last + apart, restarts=True)


def _heard(history: History, besides: str) -> Iterator[datetime]:
    """When what sells went to them, or may have gone; by hand from when it was handed over, unless it was given up."""
    tasks = {task.id: task for task in history.tasks}
    for one in history.follow_ups:
        if one.message_class != MARKETING or one.id == besides:
            continue
        if one.state in (fu.SENDING, fu.UNSURE, fu.SENT):
            yield max(one.authorised_at or one.due_at, one.sent_at or one.due_at)
        elif one.state == fu.HANDED_OVER:
            task = tasks.get(one.id)
            if task is None or task.outcome != "given up":
                yield task.made_at if task is not None else one.due_at
