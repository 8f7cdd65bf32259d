"""One person is looked at: what time and all that is known of them ask for is planned, moved and called off, and the next look is set.

recall → look ahead → one transaction: follow-ups, who is below the floor, consents that ran out, the plan itself
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from chalicelib.domain.ahead import Ahead, look_ahead
from chalicelib.domain.floor import unheard
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.history import History
from chalicelib.domain.retention import AFTER_REASON
from chalicelib.domain.screening import End
from chalicelib.domain.sunset import sunset_at
from chalicelib.domain.triggers import Outlook
from chalicelib.errors import Lost
from chalicelib.logs import failed
from chalicelib.ports import World
from chalicelib.stores import follow_ups, people, plans, tasks
from chalicelib.stores.plans import Plan
from chalicelib.table import Action
from chalicelib.usecases.recall import recall

MOST_AT_ONCE = 80
"""Follow-ups that one look may touch; a transaction holds a hundred actions."""

UNREADABLE_WAIT = timedelta(days=1)
SOON = timedelta(minutes=2)


def look_again(world: World, person: str) -> None:
    """Something happens to them: who has a plan is looked at in a moment. Written before what happens is, so that a crash between the two
    costs a look and not a follow-up. Also where they are due: somebody may be looking at them just now, and has not seen it.
    Errors: Retryable.
    """
    item = world.table.get(plans.key(person), strong=False)
    if item is not None and not item.get("over"):
        world.table.write(plans.look(person, world.clock.now() + SOON))


def plan_person(world: World, plan: Plan, on_since: Mapping[str, datetime]) -> None:
    """What changed meanwhile has them looked at once more. Errors: Retryable."""
    now = world.clock.now()
    try:
        history = recall(world, plan.person)
    except msgspec.ValidationError as error:
        failed("what is known of a person cannot be read", error, person=plan.person)
        actions: list[Action] = [plans.looked(plan, now + UNREADABLE_WAIT, below=plan.below)]
    else:
        actions = _actions(world, plan, history, on_since)
    try:
        world.table.transact(actions, world.ids.token())
    except Lost:
        return  # a follow-up moved on, or something happened to them: the plan is still due


def _actions(world: World, plan: Plan, history: History, on_since: Mapping[str, datetime]) -> list[Action]:
    shop, now = world.shop, world.clock.now()
    ends = sunset_at(history, world.playbook, shop.manners)
    if ends is not None and ends <= now:
        return [*_sunset(history, now), plans.looked(plan, now, below=plan.below)]
    ahead = look_ahead(world.playbook, Outlook(history, shop, world.products, now), on_since)
    below = unheard(history, shop.manners, now)
    planned = _planned(ahead)
    next_at = now if len(planned) > MOST_AT_ONCE else ahead.look_at
    return [
        *planned[:MOST_AT_ONCE],
        *([plans.below_floor(below)] if below is not None else [plans.above_floor(plan.person)] if plan.below else []),
        plans.looked(plan, next_at, below=below is not None) if history.standing.consents or planned else plans.over(plan),
    ]


def _planned(ahead: Ahead) -> list[Action]:
    return [
        *map(follow_ups.put, ahead.plan),
        *map(follow_ups.put_again, ahead.plan_again),
        *map(follow_ups.move, ahead.move),
        *map(follow_ups.reword, ahead.reword),
        *(follow_ups.end(id_, End(CANCELLED, why)) for id_, why in ahead.call_off),
    ]


def _sunset(history: History, now: datetime) -> list[Action]:
    return [
        people.consents_ended(history.standing, now),
        *people.withdrawn(history.standing, now, "sunset"),
        *(tasks.done(task, "given up", "", now) for task in history.tasks if task.is_open and task.kind in ("letter", "call")),
        *([people.keep_contact(history.person, now + AFTER_REASON)] if history.contact is not None else []),
    ]
