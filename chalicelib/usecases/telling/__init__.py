"""Telling: what a mail's template is told beyond the common things. A file for each kind of thing that mails are about."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.domain.playbook import RECIPIENT, Trigger
from chalicelib.errors import Misconfigured
from chalicelib.usecases.telling import claims, competition, consents, orders, owner, reminders
from chalicelib.usecases.telling.telling import Context, Telling

__all__ = ["Context", "Telling", "tell"]

_TELL: Mapping[Trigger, Callable[[Telling], Context]] = {
    "claim": claims.claim,
    "claim again": claims.voucher_again,
    "confirmed": claims.voucher,
    "consent": consents.asked,
    "preferences": consents.own_page,
    "voucher ends": claims.voucher_ends,
    "order": orders.order,
    "dispatch": orders.order,
    "arrival": orders.arrival,
    "thanks": orders.thanks,
    "product life": reminders.product_life,
    "occasion": reminders.occasion,
    "last year's gift": reminders.last_years_gift,
    "item": reminders.item,
    "next order overdue": reminders.invitation,
    "silence": reminders.still_welcome,
    "working day": owner.morning,
    "entry": competition.entry,
    "entered": competition.entered,
    "won": competition.won,
    "drawn": competition.drawn,
}
"""By what triggered it. What goes on paper or by telephone is told elsewhere."""


def tell(told: Telling) -> Context:
    """The template's context. Errors: Misconfigured, with what is missing."""
    if told.rule.to == RECIPIENT:
        return orders.note(told)
    make = _TELL.get(told.rule.trigger)
    if make is None:
        raise Misconfigured(f'A rule with trigger = "{told.rule.trigger}" sends no mail.')
    return make(told)
