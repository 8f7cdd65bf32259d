"""A gift's recipient is not a customer (manner 3): one note, ever."""

from __future__ import annotations

from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection


def check(case: Case) -> Objection:
    """Ends a second note to the same person, whoever gave the gift."""
    if case.follow_up.role != RECIPIENT:
        return None
    if case.standing.noted not in ("", case.follow_up.id):
        return End(CANCELLED, Reason("already-noted"))
    return End(CANCELLED, Reason("data-gone")) if case.gift is None or case.gift.person else None
