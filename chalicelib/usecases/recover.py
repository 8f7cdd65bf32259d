"""What a dead worker left in `sending`, and what stays in doubt.

The place rule: a worker calls in order of place and commits each outcome before the next call. So of a dead worker's chunk only the
lowest place still `sending` can have been called: that one is unsure, and all behind it were never called and wait their turn again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import stamp
from chalicelib.domain.doubt import DOUBT, look_again, next_step
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.reason import Reason
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import canary, follow_ups
from chalicelib.table import Action
from chalicelib.usecases.ask_for_events import ask_for_events

STUCK = timedelta(seconds=30)
"""Fence (10 s) and the mailer's own limits (2 s to connect, 10 s to answer), and some."""


def recover(world: World, seen: Sequence[FollowUp]) -> None:
    """Frees the chunks of dead workers among what was seen, and takes what is in doubt a step on."""
    now = world.clock.now()
    _free_chunks(world, (one for one in seen if _is_stuck(one, now)), now)
    for one in seen:
        if one.state == fu.UNSURE:
            _look_into(world, one, now)


def free_the_dead(world: World) -> None:
    """As recover, for every chunk and without the wait. Only where no other worker can be alive, and this one has nothing in hand."""
    now = world.clock.now()
    _free_chunks(world, (one for one in _under_way(world) if one.state == fu.SENDING), now)


def end_doubt(world: World, was_taken: Callable[[str], bool]) -> None:
    """After a crash, where the mailer itself can tell (the local outbox can): what it never took waits its turn again.

    Only while no worker runs, for one that is merely slow may still call. What was taken is settled by its event. Of what another
    mailer was to take, and of what a restore put in doubt (it has no token), this one knows nothing.
    """
    for one in _under_way(world):
        if not was_taken(one.id) and one.token and one.via == world.mailer.name:
            _write(world, [follow_ups.back_to_planned(one, one.token, Reason("never-called"), one.due_at)])


def _under_way(world: World) -> Iterator[FollowUp]:
    """All that are sending or unsure, wherever they stand in the due index."""
    found = follow_ups.looked_at_by(world.table, world.clock.now() + DOUBT)
    return (one for one in found if one.state in (fu.SENDING, fu.UNSURE))


def _is_stuck(one: FollowUp, now: datetime) -> bool:
    return one.state == fu.SENDING and one.authorised_at is not None and now > one.authorised_at + STUCK


def _free_chunks(world: World, dead: Iterable[FollowUp], now: datetime) -> None:
    for one in {one.token: one for one in dead}.values():  # one tells of its whole chunk
        _free(world, one, now)


def _free(world: World, seen: FollowUp, now: datetime) -> None:
    left = _whole_chunk(world, seen)
    if not left:
        return
    token, (lowest, *behind) = seen.token, left
    never = Reason("never-called")
    _write(
        world,
        [
            follow_ups.unsure(lowest, token, lowest.authorised_at or now, now),
            *(follow_ups.back_to_planned(one, token, never, one.due_at) for one in behind),
        ],
    )


def _whole_chunk(world: World, seen: FollowUp) -> list[FollowUp]:
    """Those of its chunk that are still `sending`, in order of place, read anew: its fellows may stand on another page.

    All at once or not at all: freed in two goes, the second would again take its lowest for one that may have been called.
    """
    chunk = {seen.id: seen}
    for neighbour in ("follows", "followed_by"):
        one: FollowUp | None = seen
        while one is not None and (id_ := getattr(one, neighbour)):
            one = follow_ups.load_many(world.table, [id_]).get(id_)
            if one is None or one.token != seen.token:
                break  # settled, and since then on its way again
            chunk[one.id] = one
    return sorted((one for one in chunk.values() if one.state == fu.SENDING), key=lambda one: one.place)


def _look_into(world: World, one: FollowUp, now: datetime) -> None:
    step = next_step(one, canary.heard_of(world.table.get(canary.KEY)), now)
    if step == "ask":
        ask_for_events(world)
    if step == "once more":
        since = stamp(one.authorised_at or now)
        _write(world, [follow_ups.plan_once_more(one, Reason("no-sign-of-it", {"at": since}), now)])
    else:
        _write(world, [follow_ups.look_later(one, look_again(one, step, now))])


def _write(world: World, actions: list[Action]) -> None:
    try:
        world.table.transact(actions, world.ids.token())
    except Lost:
        return  # an event or another worker was quicker; the next tick looks again
