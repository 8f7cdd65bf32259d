"""Each minute: what storefronts sent and nobody took, and errands that are to be tried, are queued; who is to be looked at is looked at; then
what is due goes out, and by night what is past its day is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from chalicelib.errors import Busy, Lost, Retryable
from chalicelib.logs import failed
from chalicelib.ports import ERRANDS, WEBHOOKS, World
from chalicelib.stores import errands, plans, webhooks
from chalicelib.stores.plans import Plan
from chalicelib.usecases.live_table import is_live
from chalicelib.usecases.note_rules import note_rules
from chalicelib.usecases.plan_morning import plan_morning
from chalicelib.usecases.plan_person import UNREADABLE_WAIT, plan_person
from chalicelib.usecases.retention import retention, retention_due
from chalicelib.usecases.send_due import send_due

PEOPLE_AT_ONCE, LOOK_SECONDS = 50, 15.0
"""After that mail comes first again; the next tick looks at the others."""


def tick(world: World) -> int:
    """How many mails went out. Errors: Retryable."""
    now = world.clock.now()
    for received in webhooks.untaken(world.table, now):
        world.queue.put(WEBHOOKS, {"source": received.source, "id": received.id})
        with suppress(Lost):  # taken in the meantime
            world.table.write(webhooks.queued_again(received, now))
    for errand in errands.due(world.table, now):
        world.queue.put(ERRANDS, {"id": errand.id})
        with suppress(Lost):  # done in the meantime
            world.table.write(errands.put_off(errand, now))
    if is_live(world):
        _look_at_people(world)
        plan_morning(world)
    sent = send_due(world)
    if is_live(world) and retention_due(world):
        _forget(world)
    return sent


def _forget(world: World) -> None:
    try:
        retention(world)
    except Retryable as error:  # what was sent is sent; in a minute it goes on where it was
        failed("what is past its day could not be forgotten", error)


def _look_at(world: World, plan: Plan, on_since: Mapping[str, datetime]) -> None:
    try:
        plan_person(world, plan, on_since)
    except (Busy, Retryable):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one person must stop nobody's mail
        failed("a person cannot be looked at", error, person=plan.person)
        with suppress(Lost):
            world.table.write(plans.looked(plan, world.clock.now() + UNREADABLE_WAIT, below=plan.below))


def _look_at_people(world: World) -> None:
    on_since, ends = note_rules(world), world.clock.monotonic() + LOOK_SECONDS
    while due := plans.due(world.table, world.clock.now(), PEOPLE_AT_ONCE):
        for plan in due:
            _look_at(world, plan, on_since)
        if len(due) < PEOPLE_AT_ONCE or world.clock.monotonic() > ends:
            return
