"""Somebody wants to be left alone for a while: their own pause, from their preferences."""

from __future__ import annotations

from chalicelib.domain.calendar import stamp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, Hold, Objection
from chalicelib.domain.standing import MARKETING, SERVICE, resting_until


def check(case: Case) -> Objection:
    """Held until their pause ends. Marketing has its time anew then; a thank-you does not: months late it is none."""
    if case.follow_up.message_class == SERVICE:
        return None
    until = resting_until(case.standing, case.now)
    if until is None:
        return None
    return Hold(Reason("resting", {"until": stamp(until)}), until, restarts=case.follow_up.message_class == MARKETING)
