"""What it was planned for must still be true."""

from __future__ import annotations

from chalicelib.domain.ahead import still_wanted
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.history import History
from chalicelib.domain.order import is_off
from chalicelib.domain.playbook import BUYER, EMAIL, GIVER, RECIPIENT, Rule
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening.verdict import Case, End, Objection
from chalicelib.domain.triggers import MOMENTS, Outlook


def check(case: Case) -> Objection:
    """Ends what belongs to an order that is off or gone, to a rule that is out of the playbook or switched off, to nobody; and what its
    trigger no longer finds.
    """
    about_order = case.follow_up.role in (BUYER, RECIPIENT, GIVER)
    if case.rule is None:
        return End(CANCELLED, Reason("rule-gone"))
    if case.rule.mode == "off":
        return End(CANCELLED, Reason("rule-off"))
    if about_order and case.order is None:
        return End(CANCELLED, Reason("precondition-gone"))
    if case.order is not None and (why := is_off(case.order)) and case.follow_up.role != GIVER:
        return End(CANCELLED, Reason("order-off", {"why": why}))
    if case.follow_up.role == GIVER and not (case.gift and case.gift.thanks):
        return End(CANCELLED, Reason("data-gone"))
    if not case.address and case.follow_up.role != RECIPIENT and case.rule.channel == EMAIL:
        return End(CANCELLED, Reason("no-address"))
    return _still_needed(case, case.rule)


def _still_needed(case: Case, rule: Rule) -> Objection:
    if "unredeemed" in rule.needs and case.voucher is not None and case.voucher.redeemed_by:
        return End(CANCELLED, Reason("redeemed"))
    if case.history is None:
        return None
    if "no order since" in rule.needs and _ordered_since(case, case.history):
        return End(CANCELLED, Reason("ordered-since"))
    if rule.trigger not in MOMENTS:
        return None
    why = still_wanted(rule, case.follow_up, Outlook(case.history, case.shop, case.products, case.now))
    return End(CANCELLED, why) if why is not None else None


def _ordered_since(case: Case, history: History) -> bool:
    return any(placed_at(order) > case.follow_up.created_at for order in standing_orders(history.orders))
