"""From now to a later time as the engine would live it: every instant at which something is due is visited, in order.

Where the clock can be moved, that is: by the local worker when its clock is advanced, and by a rehearsal on a copy of the table.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.domain.calendar import instant
from chalicelib.ports import World
from chalicelib.stores import errands, plans, rules, webhooks
from chalicelib.usecases.list_follow_ups import next_due
from chalicelib.usecases.tick import tick

MAX_VISITS = 100_000
TICK = timedelta(minutes=1)


def live_through(world: World, until: datetime, move: Callable[[datetime], None], drain: Callable[[], None]) -> int:
    """How many mails went out. `move` sets the clock, `drain` works off the queues. A time in the past changes nothing. Errors: Retryable."""
    sent = settle(world, drain)
    for _ in range(MAX_VISITS):
        due = next_instant(world)
        if due is None or due > until:
            break
        move(due)
        sent += settle(world, drain)
    if until > world.clock.now():
        move(until)
    return sent + settle(world, drain)


def settle(world: World, drain: Callable[[], None]) -> int:
    """Works until nothing waits: queues empty, nothing due. How many mails went out. Errors: Retryable."""
    drain()
    sent = 0
    while (more := tick(world)) > 0:
        sent += more
        drain()
    drain()
    return sent


def next_instant(world: World) -> datetime | None:
    """The first time after now at which a tick finds something to do, or None."""
    table, now = world.table, world.clock.now()
    known = rules.load(table.get(rules.KEY, strong=False))
    if known is not None and known.cursor:
        return now + TICK  # everybody is being looked at anew, some at each tick
    times = (next_due(world), webhooks.next_untaken(table, now), errands.next_due(table, now), plans.next_due(table, now))
    return min((instant(time) for time in times if time is not None), default=None)
