"""Why what a trigger once found is there no more."""

from __future__ import annotations

from chalicelib.domain.calendar import local_day
from chalicelib.domain.fact import NEVER
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.playbook import Rule
from chalicelib.domain.purchases import own, placed_at, standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.item import is_over
from chalicelib.domain.triggers.last_years_gift import wants_none
from chalicelib.domain.triggers.moment import Outlook

STAYS = ("erased", "had-once", "had-this-year", "already-noted", "data-gone")
"""What was called off for another reason than these, and never went, may be planned anew when its trigger finds it again."""


def why_gone(rule: Rule, one: FollowUp, outlook: Outlook) -> Reason:
    """In the owner's words as near as can be told; never an exception."""
    match rule.trigger:
        case "voucher ends":
            spent = any(voucher.redeemed_by for voucher in outlook.history.vouchers if voucher.offer == one.anchor)
            return Reason("redeemed") if spent else Reason("no-longer-true")
        case "product life":
            return Reason("ordered-since") if _is_theirs(one, outlook) else Reason("returned")
        case "occasion":
            never = any(fact.kind == NEVER and fact.about == one.extra.get("label") for fact in outlook.history.facts)
            return Reason("never-this-occasion") if never else _passed(one, outlook)
        case "last year's gift":
            return Reason("never-this-occasion") if wants_none(outlook.history) else _passed(one, outlook)
        case "item":
            left = [
                item for item in outlook.products.items if item.id == one.anchor and not is_over(item, outlook.now, outlook.shop)
            ]
            return Reason("no-longer-true") if left else Reason("sold-out")
        case "next order overdue":
            newer = [order for order in standing_orders(outlook.history.orders) if placed_at(order) > one.created_at]
            return Reason("ordered-since") if newer else Reason("no-longer-true")
        case "no response":
            return Reason("rung-passed")
        case _:
            return Reason("no-longer-true")


def _passed(one: FollowUp, outlook: Outlook) -> Reason:
    day = one.extra.get("date", "")
    is_over = "" < day < local_day(outlook.now, outlook.shop.zone).isoformat()
    return Reason("day-passed", {"date": day}) if is_over else Reason("no-longer-true")


def _is_theirs(one: FollowUp, outlook: Outlook) -> bool:
    orders = [order for order in outlook.history.orders if order.key == one.anchor]
    return any(
        bought.product is not None and bought.product.name == one.extra.get("product") for bought in own(orders, outlook.products)
    )
