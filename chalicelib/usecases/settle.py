"""The owner settles what nobody else can: whether a mail in doubt went out."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from chalicelib.domain import follow_up as fu
from chalicelib.domain.doubt import TOO_SOON, may_go_again
from chalicelib.errors import Conflict, Lost
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups
from chalicelib.usecases.find_follow_up import find_follow_up

How = Literal["sent", "again", "leave"]


def settle(world: World, id_: str, how: How) -> None:
    """sent: it went out. again: it waits its turn again, and every check is asked anew. leave: it is left at that.

    Errors: NotFound, Conflict (it is not unsure, or no longer; again: not for long enough), Retryable.
    """
    found = find_follow_up(world, id_)
    if found.state != fu.UNSURE:
        raise Conflict(f"That follow-up is {found.state}: only what is unsure can be settled.")
    now = world.clock.now()
    if how == "again" and not may_go_again(found, now):
        minutes = TOO_SOON // timedelta(minutes=1)
        raise Conflict(
            f"That follow-up has been in doubt for less than {minutes} minutes: an event may still settle it, so wait until then."
        )
    try:
        world.table.transact(
            [follow_ups.settled_again(found, now) if how == "again" else follow_ups.settled(found, now, sent=how == "sent")],
            world.ids.token(),
        )
    except Lost:
        raise Conflict("That follow-up moved on this moment: courtesy follow-ups shows how it stands.") from None
    if how == "again":
        world.queue.put(DUE_NOW, {"why": "settled"})
