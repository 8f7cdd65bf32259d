"""What it was planned for must still be true."""

from __future__ import annotations

from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.order import is_off
from chalicelib.domain.playbook import BUYER, GIVER, RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection


def check(case: Case) -> Objection:
    """Ends what belongs to an order that is off or gone, to a rule that is no longer in the playbook, to nobody."""
    about_order = case.follow_up.role in (BUYER, RECIPIENT, GIVER)
    if case.rule is None:
        return End(CANCELLED, Reason("rule-gone"))
    if about_order and case.order is None:
        return End(CANCELLED, Reason("precondition-gone"))
    if case.order is not None and (why := is_off(case.order)) and case.follow_up.role != GIVER:
        return End(CANCELLED, Reason("order-off", {"why": why}))
    if case.follow_up.role == GIVER and not (case.gift and case.gift.thanks):
        return End(CANCELLED, Reason("data-gone"))
    if not case.address and case.follow_up.role != RECIPIENT:
        return End(CANCELLED, Reason("no-address"))
    return None
