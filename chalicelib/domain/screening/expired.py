"""Better silent than late."""

from __future__ import annotations

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import EXPIRED
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection


def check(case: Case) -> Objection:
    """Ends what has outlived its time."""
    expires = case.follow_up.expires_at
    if expires is None or case.now <= expires:
        return None
    return End(EXPIRED, Reason("expired", {"due": stamp(case.follow_up.due_at), "expires": stamp(expires)}))
