"""The owner releases what is held: a rule that asks first gets its yes; of the rest, what held it may be over."""

from __future__ import annotations

from chalicelib.domain import follow_up as fu
from chalicelib.domain.reason import BY_TIME
from chalicelib.errors import Conflict, Lost
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups
from chalicelib.usecases.find_follow_up import find_follow_up

ASKED = "ask"


def release(world: World, id_: str) -> bool:
    """Looked at at once, every check asked anew; whether that was a yes to a rule that asks. Its own manners are never overridden.

    Errors: NotFound, Conflict (it is not held, or until a time, or by a pause), Retryable.
    """
    found = find_follow_up(world, id_)
    if found.state != fu.HELD:
        raise Conflict(f"That follow-up is {found.state}: only what is held can be released.")
    if found.reason.kind == "paused":
        raise Conflict("You have paused all sending: courtesy resume ends that.")
    if found.reason.kind in BY_TIME:
        raise Conflict(
            "That follow-up is held until a time, which nobody shortens: courtesy follow-ups says until when, and why."
        )
    now, asks = world.clock.now(), found.reason.kind == ASKED
    try:
        world.table.write(follow_ups.owner_released(found, now) if asks else follow_ups.look_later(found, now))
    except Lost:
        raise Conflict("That follow-up moved on this moment: courtesy follow-ups shows how it stands.") from None
    world.queue.put(DUE_NOW, {"why": "released"})
    return asks
