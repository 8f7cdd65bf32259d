"""No sign of life for long: are we still welcome?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.domain.calendar import instant, local_day, stamp
from chalicelib.domain.history import History
from chalicelib.domain.ladder import SILENCE, last_response
from chalicelib.domain.playbook import Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """The rule's days after the last response of theirs; once for each silence."""
    last = last_sign(outlook.history)
    if last is None:
        return
    day = local_day(last, outlook.shop.zone)
    yield Moment(
        anchor=SILENCE,
        at=at_send_hour(day + timedelta(days=rule.after_days), rule, outlook.shop),
        why=Reason("silent", {"since": stamp(last)}),
        occurrence=day.isoformat(),
        extra={"since": stamp(last)},
    )


def last_sign(history: History) -> datetime | None:
    """Of life: the last response, or the day on which they became a contact; and the end of a pause of theirs, for nobody answers who is to be
    left alone.
    """
    last = last_response(history) or (history.contact.confirmed_at if history.contact is not None else None)
    rested = instant(history.standing.paused_until) if history.standing.paused_until else last
    return max(last, rested) if last is not None and rested is not None else last
