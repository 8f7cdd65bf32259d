"""Stop: one click, no login, at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, HELD, PLANNED
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import End
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import Lost
from chalicelib.ports import Opened, World
from chalicelib.stores import follow_ups, orders, people

STOP = "stop"
STOP_ALL = "all"
GIFT_SCOPE = "gift:"


def look_at_stop(world: World, token: str) -> Opened:
    """For the page with the button; writes nothing. Errors: Unverified."""
    return world.links.open(token, STOP, world.clock.now())


def stop(world: World, token: str) -> Opened:
    """No courtesy and no marketing from this commit on; a gift's recipient is forgotten, too. Saying it twice is fine.

    Errors: Unverified, Retryable.
    """
    now = world.clock.now()
    opened = world.links.open(token, STOP, now)
    standing = people.load_standing(world.table.get(people.standing_key(opened.person)), opened.person)
    world.table.transact([people.stopped(opened.person, now), *people.withdrawn(standing, now)], world.ids.token())
    _call_off(world, opened.person, now)
    if opened.scope.startswith(GIFT_SCOPE):
        _forget_recipient(world, opened.scope.removeprefix(GIFT_SCOPE), now)
    return opened


def _call_off(world: World, person: str, now: datetime) -> None:
    # the standing alone already holds them back; this shows it at once
    why = End(CANCELLED, Reason("stopped", {"since": stamp(now)}))
    for follow_up in follow_ups.of_person(world.table, person):
        if follow_up.state in (PLANNED, HELD) and follow_up.message_class != SERVICE:
            try:
                world.table.write(follow_ups.end(follow_up.id, why))
            except Lost:
                continue  # on its way already


def _forget_recipient(world: World, note_id: str, now: datetime) -> None:
    note = follow_ups.load_many(world.table, [note_id]).get(note_id)
    if note is None:
        return
    with suppress(Lost):  # the order itself has been deleted
        world.table.transact([orders.forgotten(note.anchor, now), orders.forget_gift(note.anchor)], world.ids.token())
