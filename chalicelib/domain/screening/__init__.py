"""Relevant or silent (manner 6): every message passes every check at the moment of sending. The tuple below is the order."""

from __future__ import annotations

from chalicelib.domain.screening import (
    asked,
    at_checkout,
    basis,
    by_hand,
    cap,
    daily_budget,
    evidence,
    expired,
    gives_way,
    once,
    pace,
    paused,
    precondition,
    quiet_hours,
    quiet_window,
    response,
    rests,
    role,
    standing,
    undelivered,
    unhappy,
)
from chalicelib.domain.screening.verdict import Case, End, Hold, Send, Verdict

__all__ = ["CHECKS", "Case", "End", "Hold", "Send", "Verdict", "screen"]

CHECKS = (
    paused.check,
    standing.check,
    role.check,
    basis.check,
    precondition.check,
    once.check,
    expired.check,
    asked.check,
    at_checkout.check,
    rests.check,
    pace.check,
    unhappy.check,
    undelivered.check,
    quiet_window.check,
    evidence.check,
    response.check,
    by_hand.check,
    cap.check,
    gives_way.check,
    quiet_hours.check,
    daily_budget.check,
)


def screen(case: Case) -> Verdict:
    """The first objection, or Send when there is none."""
    for check in CHECKS:
        if objection := check(case):
            return objection
    return Send()
