"""Sunset: who was asked whether we are still welcome, and gave no sign, is written to no more."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.follow_up import SENT
from chalicelib.domain.history import History
from chalicelib.domain.ladder import last_response
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.shop import Manners


def sunset_at(history: History, playbook: Playbook, manners: Manners) -> datetime | None:
    """When their consents end for want of an answer; None where nobody asked, or they gave a sign since."""
    if not history.standing.consents:
        return None
    names = {rule.name for rule in playbook.rules if rule.trigger == "silence"}
    asked = max(
        (
            one.sent_at
            for one in history.follow_ups
            if one.rule in names and one.state == SENT and one.sent_at and not one.bounced
        ),
        default=None,
    )
    responded = last_response(history)
    if asked is None or (responded is not None and responded > asked):
        return None
    return asked + timedelta(days=manners.sunset_days)
