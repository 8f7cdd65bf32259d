"""The one transaction after which a mail may go: its commit is the authorisation instant (docs/sending.md).

journal → transaction → losers split off and once more
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from chalicelib.domain import follow_up as fu
from chalicelib.domain import journal
from chalicelib.domain.screening import Case
from chalicelib.domain.screening.once import happens_once
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
    now = world.clock.now()
    world.journal.append([journal.authorised(one.case.follow_up, now) for one in ready])
    began = world.clock.monotonic()
    left = list(ready)
    for attempt in range(TRIES):
        if not left:
            break
        try:
            _commit(world, _actions(world, shard, token, left), f"{token}-{attempt}", left[0].id, token)
        except Lost as lost:
            if 0 in lost.positions:  # paused, today's share is used up, or another worker has the lease
                break
            losing = {(position - 1) // 2 for position in lost.positions}
            left = [one for n, one in enumerate(left) if n not in losing]
        except Busy:
            break  # nothing was written, or, if even that cannot be told, the place rule finds it
        else:
            return Authorised(token, began, tuple(left))
    return Authorised(token, began)


def _commit(world: World, actions: Sequence[Action], attempt: str, first: str, token: str) -> None:
    """Errors: Lost; Busy when it is not known to be written."""
    for _ in range(2):
        # busy may hide a commit whose reply was lost; the very same under the very same name is then answered as the first was
        try:
            world.table.transact(actions, attempt)
        except Busy:
            continue
        return
    current = follow_ups.load_many(world.table, [first]).get(first)  # all of it or none: one tells for all
    if current is None or current.state != fu.SENDING or current.token != token:
        raise Busy("the table does not say whether it authorised")


def _actions(world: World, shard: str, token: str, ready: Sequence[Ready]) -> list[Action]:
    now = world.clock.now()
    counted = ready[0].case.follow_up.message_class != SERVICE
    actions: list[Action] = [gate.authorised(shard, world.worker, len(ready), now, world.shop, counted=counted)]
    ids = ["", *(one.id for one in ready), ""]
    for place, one in enumerate(ready):
        actions.append(follow_ups.authorise(one.id, token, world.mailer.name, place, (ids[place], ids[place + 2]), now))
        actions.append(people.authorised(one.case.standing, one.case.follow_up, now, once=happens_once(one.case.rule)))
    return actions
