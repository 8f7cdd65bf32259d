"""While the owner has paused sending, nothing goes."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import expired
from chalicelib.domain.screening.verdict import Case, Hold, Objection

LOOK_AGAIN = timedelta(minutes=15)


def check(case: Case) -> Objection:
    """Held until the owner resumes. What was too late already is ended: a pause must not give it new time."""
    if not case.paused:
        return None
    return expired.check(case) or Hold(Reason("paused"), case.now + LOOK_AGAIN, restarts=True)
