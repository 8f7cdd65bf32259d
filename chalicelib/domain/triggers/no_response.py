"""The next rung of the ladder: a letter, a call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain.calendar import local_day, stamp
from chalicelib.domain.ladder import LADDER, rung
from chalicelib.domain.playbook import Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.triggers.moment import Moment, Outlook, at_send_hour


def moments(rule: Rule, outlook: Outlook) -> Iterator[Moment]:
    """One while they stand on the rule's rung and it is still to be taken; once for each silence."""
    stands = rung(outlook.history, outlook.shop.manners, outlook.now)
    if stands.name != rule.channel or not stands.acts:
        return
    why = Reason("unreachable-by-mail", {"since": stamp(stands.since)})
    if stands.why == "no-response":
        why = Reason("no-response-yet", {"count": stands.unanswered, "since": stamp(stands.silent_since)})
    day = local_day(stands.begins, outlook.shop.zone) + timedelta(days=1 + rule.after_days)
    yield Moment(
        anchor=LADDER,
        at=at_send_hour(day, rule, outlook.shop),
        why=why,
        occurrence=stamp(stands.silent_since),
        extra={"channel": rule.channel},
    )
