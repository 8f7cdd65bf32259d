"""Looking ahead for one person: the follow-ups that time and all that is known of them ask for, and when to look again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.domain import follow_up as fu
from chalicelib.domain.consent import consent_key
from chalicelib.domain.floor import floor_at
from chalicelib.domain.follow_up import FollowUp, follow_up_id, lifetime
from chalicelib.domain.ladder import has_passed, next_step, rung
from chalicelib.domain.planning import from_moment
from chalicelib.domain.playbook import Playbook, Rule
from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import MARKETING, closed_by, wants_only_orders
from chalicelib.domain.sunset import sunset_at
from chalicelib.domain.triggers import MOMENTS, Moment, Outlook
from chalicelib.domain.triggers.gone import STAYS, why_gone

AHEAD = timedelta(days=7)
"""So early it is planned, that the owner sees what is to come."""

LOOK_AGAIN = timedelta(days=30)
"""So late at most one looks again; whatever happens meanwhile has them looked at before."""


class Ahead(Struct, frozen=True):
    """What to do, and when to look next. `reword`: due as before, but they are to say something else."""

    look_at: datetime
    plan: tuple[FollowUp, ...] = ()
    plan_again: tuple[FollowUp, ...] = ()
    move: tuple[FollowUp, ...] = ()
    reword: tuple[FollowUp, ...] = ()
    call_off: tuple[tuple[str, Reason], ...] = ()


def look_ahead(playbook: Playbook, outlook: Outlook, on_since: Mapping[str, datetime]) -> Ahead:
    """`on_since`: from when a rule is on, where it was not always: what was due before is the past, and left alone."""
    found = {one.id: one for one in outlook.history.follow_ups}
    due, waiting, later = [], [], [outlook.now + LOOK_AGAIN, *_turns(playbook, outlook)]
    for rule, moment in _moments(playbook, outlook):
        one = from_moment(rule, outlook.history.person, moment, outlook.now)
        if moment.at < on_since.get(rule.name, moment.at):
            continue
        if moment.at > outlook.now + AHEAD:
            later.append(moment.at - AHEAD)
        known = found.get(one.id)
        if known is not None and _waits(known):
            waiting.append((known, one))
        elif moment.at <= outlook.now + AHEAD and outlook.now <= moment.at + lifetime(one.message_class, one.expires_after):
            due.append(one)
    wanted = {one.id for one in (*due, *(one for _, one in waiting))}
    return Ahead(
        look_at=min(later),
        plan=tuple(one for one in due if one.id not in found),
        plan_again=tuple(one for one in due if one.id in found and _may_come_back(found[one.id])),
        move=tuple(_moved(known, one, outlook.now) for known, one in waiting if known.due_at != one.due_at),
        reword=tuple(one for known, one in waiting if known.due_at == one.due_at and known.extra != one.extra),
        call_off=tuple(_called_off(playbook, outlook, wanted)),
    )


def still_wanted(rule: Rule, one: FollowUp, outlook: Outlook) -> Reason | None:
    """Why it is no longer wanted, or None while its trigger still finds it."""
    moments = MOMENTS[rule.trigger](rule, outlook)
    if any(follow_up_id(rule.name, one.person, moment.anchor, moment.occurrence) == one.id for moment in moments):
        return None
    return why_gone(rule, one, outlook)


def _moments(playbook: Playbook, outlook: Outlook) -> Iterator[tuple[Rule, Moment]]:
    stands = rung(outlook.history, outlook.shop.manners, outlook.now)
    for rule in playbook.rules:
        if rule.trigger in MOMENTS and rule.mode != "off" and _may_be_written_to(rule, outlook) and not has_passed(rule, stands):
            for moment in MOMENTS[rule.trigger](rule, outlook):
                yield rule, moment


def _turns(playbook: Playbook, outlook: Outlook) -> Iterator[datetime]:
    history, manners, now = outlook.history, outlook.shop.manners, outlook.now
    for at in (next_step(history, manners, now), sunset_at(history, playbook, manners), floor_at(history, manners, now)):
        if at is not None and at > now:
            yield at


def _may_be_written_to(rule: Rule, outlook: Outlook) -> bool:
    # the checks ask all of this again when it is to go; here it spares everybody a list of what cannot be
    standing = outlook.history.standing
    sells = rule.message_class == MARKETING
    agreed = not sells or (consent_key(rule.purpose, rule.channel) in standing.consents and not wants_only_orders(standing))
    return agreed and not closed_by(standing, rule.message_class, rule.channel)


def _called_off(playbook: Playbook, outlook: Outlook, wanted: Collection[str]) -> Iterator[tuple[str, Reason]]:
    for one in outlook.history.follow_ups:
        rule = playbook.named(one.rule)
        if rule is None or rule.trigger not in MOMENTS or not _waits(one) or one.id in wanted:
            continue
        if rule.message_class == MARKETING and wants_only_orders(outlook.history.standing):
            yield one.id, Reason("orders-only")
        elif (why := still_wanted(rule, one, outlook)) is not None:
            yield one.id, why


def _moved(known: FollowUp, one: FollowUp, now: datetime) -> FollowUp:
    if one.due_at > now or one.expires_at is None:
        return one
    # what a hold deferred is not dropped because it should have gone earlier still
    return msgspec.structs.replace(one, expires_at=known.expires_at and max(known.expires_at, one.expires_at))


def _waits(one: FollowUp) -> bool:
    return one.state in (fu.PLANNED, fu.HELD)


def _may_come_back(one: FollowUp) -> bool:
    return one.state == fu.CANCELLED and one.reason.kind not in STAYS
