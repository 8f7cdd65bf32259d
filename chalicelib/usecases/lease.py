"""One worker at a time works at a shard, so that two do not do each other's reading and writing in vain.

Safety does not rest on it: the authorising transaction lets one win.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from chalicelib.errors import Busy, Lost
from chalicelib.ports import World
from chalicelib.stores import gate


@contextmanager
def leased(world: World, shard: str) -> Iterator[bool]:
    """Whether the shard is ours while we are within; each authorisation renews the lease."""
    now = world.clock.now()
    found = gate.load(world.table.get(gate.key(shard)), now, world.shop)
    if not gate.is_free(found, world.worker, now):
        yield False
        return
    try:
        world.table.write(gate.take_lease(shard, found, world.worker, now))
    except Lost:  # to another worker, or to our own write that the SDK repeated: then it is ours at the next tick
        yield False
        return
    try:
        yield True
    finally:
        with suppress(Lost, Busy):  # it ends by itself
            world.table.write(gate.give_back(shard, world.worker))
