"""By-hand tasks: much may have happened since one was handed over, so what it rests on is asked again before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import basis, pace, response, rests, role, standing, unhappy
from chalicelib.domain.screening.verdict import Case, Objection

_BY_HAND: Mapping[str, tuple[Callable[[Case], Objection], ...]] = {
    "note": (standing.check, rests.check, role.check),
    "letter": (standing.check, rests.check, basis.check, pace.check, unhappy.check, response.check),
    "call": (standing.check, rests.check, basis.check, pace.check, unhappy.check, response.check),
}


def objection_by_hand(kind: str, case: Case) -> Reason | None:
    """Why a by-hand task is better left undone: much may have happened since it was handed over."""
    if case.rule is None:
        return Reason("rule-gone")
    if kind == "note" and (case.order is None or case.order.gift_until is None):
        return Reason("data-gone")
    for check in _BY_HAND.get(kind, ()):
        if objection := check(case):
            return objection.reason
    return None
