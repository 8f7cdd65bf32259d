"""A follow-up by the id that a command was given."""

from __future__ import annotations

from chalicelib.domain.follow_up import FollowUp
from chalicelib.errors import NotFound, Refused
from chalicelib.ports import World
from chalicelib.stores import follow_ups


def find_follow_up(world: World, id_: str) -> FollowUp:
    """Errors: NotFound, also for what is no id; Retryable."""
    try:
        found = follow_ups.load_many(world.table, [id_]).get(id_)
    except (ValueError, Refused):
        found = None
    if found is None:
        raise NotFound("There is no follow-up of that id: courtesy follow-ups lists them.")
    return found
