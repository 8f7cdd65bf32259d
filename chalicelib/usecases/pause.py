"""The owner pauses all sending, and resumes it."""

from __future__ import annotations

from chalicelib.domain.links import PAUSE
from chalicelib.domain.screening import paused
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups, gate
from chalicelib.usecases.look_at_held import look_at_held


def pause(world: World) -> None:
    """Nothing is authorised from this commit on, in no shard. What is due is held, with that reason. Errors: Retryable."""
    now = world.clock.now()
    world.table.transact([gate.pause(shard, now) for shard in follow_ups.SHARDS], world.ids.token())


def look_at_pause(world: World, token: str) -> bool:
    """For the page behind the morning mail's button: whether sending is paused already. Writes nothing. Errors: Unverified, Retryable."""
    world.links.open(token, PAUSE, world.clock.now())
    return is_paused(world)


def pause_by_link(world: World, token: str) -> None:
    """As pause. Errors: Unverified, Retryable."""
    world.links.open(token, PAUSE, world.clock.now())
    pause(world)


def resume(world: World) -> int:
    """Authorised again from this commit on, and what the pause held is looked at at once: how many. Errors: Retryable."""
    world.table.transact([gate.resume(shard) for shard in follow_ups.SHARDS], world.ids.token())
    count = _look_at_once(world)
    world.queue.put(DUE_NOW, {"why": "resumed"})
    return count


def is_paused(world: World) -> bool:
    """Whether any shard is. Errors: Retryable."""
    now, items = world.clock.now(), world.table.get_many([gate.key(shard) for shard in follow_ups.SHARDS])
    return any(gate.load(item, now, world.shop).paused for item in items.values())


def _look_at_once(world: World) -> int:
    soon = world.clock.now() + paused.LOOK_AGAIN
    return look_at_held(world, follow_ups.looked_at_by(world.table, soon), "paused")
