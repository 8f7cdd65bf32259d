"""The owner pauses all sending, and resumes it."""

from __future__ import annotations

from chalicelib.domain import follow_up as fu
from chalicelib.domain.screening import paused
from chalicelib.errors import Lost
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups, gate


def pause(world: World) -> None:
    """Nothing is authorised from this commit on, in no shard. What is due is held, with that reason. Errors: Retryable."""
    now = world.clock.now()
    world.table.transact([gate.pause(shard, now) for shard in follow_ups.SHARDS], world.ids.token())


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
    now = world.clock.now()
    held: set[str] = set()
    for one in follow_ups.looked_at_by(world.table, now + paused.LOOK_AGAIN):
        if one.state != fu.HELD or one.reason.kind != "paused":
            continue
        if one.look_at > now:
            try:
                world.table.write(follow_ups.look_later(one, now))
            except Lost:
                continue  # it moved on by itself
        held.add(one.id)
    return len(held)
