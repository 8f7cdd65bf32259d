"""What a dead worker left in `sending`, and what stays in doubt: the place rule.

A worker calls in order of place and commits each outcome before the next call. So of a dead worker's chunk only the lowest place
still `sending` can have been called: that one is unsure, and all behind it were never called and wait their turn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import product

from chalicelib.domain import follow_up as fu
from chalicelib.domain.follow_up import LANES, FollowUp
from chalicelib.domain.reason import Reason
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import follow_ups
from chalicelib.stores.follow_ups import SHARDS
from chalicelib.table import Action

STUCK = timedelta(seconds=30)
"""Fence (10 s) and the mailer's own limits (2 s to connect, 10 s to answer), and some."""

DOUBT = timedelta(hours=24)
PAGE = 100


def recover(world: World, seen: Sequence[FollowUp]) -> None:
    """Frees the chunks of dead workers among what was seen, and puts off what is still in doubt."""
    now = world.clock.now()
    for token, one in {one.token: one for one in seen if _is_stuck(one, now)}.items():
        _free(world, token, one, now)
    for one in seen:
        if one.state == fu.UNSURE:
            _write(world, [follow_ups.look_later(one, now + DOUBT)])


def end_doubt(world: World, was_taken: Callable[[str], bool]) -> None:
    """After a crash, where the mailer itself can tell (the local outbox can): what it never took waits its turn again.

    Only while no worker runs, for one that is merely slow may still call. What was taken is settled by its event.
    """
    soon = world.clock.now() + DOUBT
    for shard, lane in product(SHARDS, LANES):
        after = None
        while True:
            ids, after = follow_ups.due_ids(world.table, shard, lane, soon, PAGE, after)
            for one in follow_ups.load_many(world.table, ids).values():
                if one.state in (fu.SENDING, fu.UNSURE) and not was_taken(one.id):
                    _write(world, [follow_ups.back_to_planned(one, one.token, Reason("never-called"), one.due_at)])
            if after is None:
                break


def _is_stuck(one: FollowUp, now: datetime) -> bool:
    return one.state == fu.SENDING and one.authorised_at is not None and now > one.authorised_at + STUCK


def _free(world: World, token: str, seen: FollowUp, now: datetime) -> None:
    left = _whole_chunk(world, token, seen)
    if not left:
        return
    lowest, *behind = left
    never = Reason("never-called")
    _write(
        world,
        [
            follow_ups.unsure(lowest, token, lowest.authorised_at or now, now + DOUBT),
            *(follow_ups.back_to_planned(one, token, never, one.due_at) for one in behind),
        ],
    )


def _whole_chunk(world: World, token: str, seen: FollowUp) -> list[FollowUp]:
    """Those of its chunk that are still `sending`, in order of place, read anew: its fellows may stand on another page.

    All at once or not at all: freed in two goes, the second would again take its lowest for one that may have been called.
    """
    chunk = {seen.id: seen}
    for neighbour in ("follows", "followed_by"):
        one: FollowUp | None = seen
        while one is not None and (id_ := getattr(one, neighbour)):
            one = follow_ups.load_many(world.table, [id_]).get(id_)
            if one is None or one.token != token:
                break  # settled, and since then on its way again
            chunk[one.id] = one
    return sorted((one for one in chunk.values() if one.state == fu.SENDING), key=lambda one: one.place)


def _write(world: World, actions: list[Action]) -> None:
    try:
        world.table.transact(actions, world.ids.token())
    except Lost:
        return  # an event or another worker was quicker; the next tick looks again
