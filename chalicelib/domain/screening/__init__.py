"""Relevant or silent (manner 6): every message passes every check at the moment of sending. The tuple below is the order.

Not here yet, for want of what they would look at: the hush of an open inquiry or an undelivered order, the quiet window after an
order (both bind marketing alone), and evidence.
"""

from __future__ import annotations

from chalicelib.domain.screening import (
    at_checkout,
    basis,
    by_hand,
    cap,
    daily_budget,
    expired,
    paused,
    precondition,
    quiet_hours,
    role,
    standing,
)
from chalicelib.domain.screening.verdict import Case, End, Hold, Send, Verdict

__all__ = ["CHECKS", "Case", "End", "Hold", "Send", "Verdict", "screen"]

CHECKS = (
    paused.check,
    standing.check,
    role.check,
    basis.check,
    precondition.check,
    expired.check,
    at_checkout.check,
    by_hand.check,
    cap.check,
    quiet_hours.check,
    daily_budget.check,
)


def screen(case: Case) -> Verdict:
    """The first objection, or Send when there is none."""
    for check in CHECKS:
        if objection := check(case):
            return objection
    return Send()
