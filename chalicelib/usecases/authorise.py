"""The one transaction after which a mail may go: its commit is the authorisation instant (docs/sending.md)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain.screening import Case
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import Busy, Lost
from chalicelib.ports import Mail, World
from chalicelib.stores import follow_ups, gate, people
from chalicelib.table import Action

TRIES = 6


class Ready(Struct, frozen=True):
    """Screened and rendered."""

    case: Case
    mail: Mail

    @property
    def id(self) -> str:
        """The follow-up's."""
        return self.case.follow_up.id


class Authorised(Struct, frozen=True):
    """Those that may go, in order of place. `began`: monotonic, just before the transaction's first attempt."""

    token: str
    began: float
    ready: tuple[Ready, ...] = ()


def authorise(world: World, shard: str, ready: Sequence[Ready]) -> Authorised:
    """All of `ready` in one commit, less those that something else got to first. At most one of a person, at most 45, all of one lane.

    The fence counts from before the first attempt, because a lost reply hides when it was that it committed.
    """
    token = world.ids.token()
    began = world.clock.monotonic()
    left = list(ready)
    for attempt in range(TRIES):
        if not left:
            break
        try:
            _commit(world, _actions(world, shard, token, left), f"{token}-{attempt}")
        except Lost as lost:
            if 0 in lost.positions:  # paused, or today's share is used up
                break
            losing = {(position - 1) // 2 for position in lost.positions}
            left = [one for n, one in enumerate(left) if n not in losing]
        except Busy:
            break  # nothing was written, or else the place rule will find it: either way the next tick looks again
        else:
            return Authorised(token, began, tuple(left))
    return Authorised(token, began)


def _commit(world: World, actions: Sequence[Action], token: str) -> None:
    # busy may hide a commit whose reply was lost; the very same under the very same token is then answered as the first was
    try:
        world.table.transact(actions, token)
    except Busy:
        world.table.transact(actions, token)


def _actions(world: World, shard: str, token: str, ready: Sequence[Ready]) -> list[Action]:
    now = world.clock.now()
    counted = ready[0].case.follow_up.message_class != SERVICE
    actions: list[Action] = [gate.authorised(shard, len(ready), now, world.shop, counted=counted)]
    ids = ["", *(one.id for one in ready), ""]
    for place, one in enumerate(ready):
        actions.append(follow_ups.authorise(one.id, token, place, (ids[place], ids[place + 2]), now))
        actions.append(people.authorised(one.case.standing, one.case.follow_up, now))
    return actions
