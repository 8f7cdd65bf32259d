"""Triggers that nothing sets off but time, and all that is known of a person: each finds the moments at which a rule would have them written to.

What simply happens (a claim, an order, an arrival) needs none of these: domain/planning.py plans it as it comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalicelib.domain.playbook import Rule, Trigger
from chalicelib.domain.triggers import (
    item,
    last_years_gift,
    no_response,
    occasion,
    overdue,
    product_life,
    silence,
    voucher_ends,
)
from chalicelib.domain.triggers.moment import Moment, Outlook

__all__ = ["MOMENTS", "Moment", "Outlook"]

MOMENTS: Mapping[Trigger, Callable[[Rule, Outlook], Iterable[Moment]]] = {
    "voucher ends": voucher_ends.moments,
    "product life": product_life.moments,
    "occasion": occasion.moments,
    "last year's gift": last_years_gift.moments,
    "item": item.moments,
    "next order overdue": overdue.moments,
    "silence": silence.moments,
    "no response": no_response.moments,
}
