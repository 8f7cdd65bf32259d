"""While the owner has paused sending, nothing goes."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection

LOOK_AGAIN = timedelta(minutes=15)


def check(case: Case) -> Objection:
    """Held until the owner resumes."""
    return Hold(Reason("paused"), case.now + LOOK_AGAIN, restarts=True) if case.paused else None
