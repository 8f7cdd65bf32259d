"""What held a follow-up may be over: it is looked at at once, and every check is asked anew."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain import follow_up as fu
from chalicelib.domain.follow_up import FollowUp
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import follow_ups


def look_at_held(world: World, found: Iterable[FollowUp], *reasons: str) -> int:
    """Those that are held for one of these reasons: how many. The caller has the clock told. Errors: Retryable."""
    now = world.clock.now()
    held: set[str] = set()
    for one in found:
        if one.state != fu.HELD or one.reason.kind not in reasons:
            continue
        if one.look_at > now:
            try:
                world.table.write(follow_ups.look_later(one, now))
            except Lost:
                continue  # it moved on by itself
        held.add(one.id)
    return len(held)
