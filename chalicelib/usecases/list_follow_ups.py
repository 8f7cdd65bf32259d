"""What the owner asks: every follow-up with its state, its time and its reason in a sentence."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import LANES, FollowUp
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.sentences import of_follow_up
from chalicelib.ports import World
from chalicelib.stores import follow_ups, pages
from chalicelib.usecases.gather import gather_all


class Listed(Struct, frozen=True):
    """One line. `kind`: the rule's name. `contact`: the address, "" when it is not known or no longer kept. `due_at`: a stamp."""

    id: str
    kind: str
    contact: str
    state: str
    due_at: str
    reason: str


def list_follow_ups(world: World, address: str = "") -> list[Listed]:
    """All of them, or one person's, by due time. Reads the whole table when no address is given. Errors: Invalid."""
    if address:
        found = follow_ups.of_person(world.table, person_id(world.secrets.people, parse_address(address).key))
    else:
        found = _all(world)
    found.sort(key=lambda one: (one.due_at, one.id))
    cases = gather_all(world, [one.id for one in found])
    zone = world.shop.zone
    return [
        Listed(
            id=one.id,
            kind=one.rule,
            contact=cases[one.id].address if one.id in cases else "",
            state=one.state,
            due_at=stamp(one.due_at),
            reason=of_follow_up(one, zone),
        )
        for one in found
    ]


def next_due(world: World) -> str | None:
    """The stamp of the next time at which an open follow-up is to be looked at, or None."""
    now = world.clock.now()
    times = [follow_ups.next_due(world.table, shard, lane, now) for shard in follow_ups.SHARDS for lane in LANES]
    return min((time for time in times if time is not None), default=None)


def _all(world: World) -> list[FollowUp]:
    return list(follow_ups.readable(item for item in pages.everything(world.table) if follow_ups.is_follow_up(item)))
