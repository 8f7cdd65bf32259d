"""A round of the competition closes: from its first write on nobody can enter, then its list is fixed.

closed → read the list → keep it → its hash

Doing it twice is fine, and so is dying between: what is there is not written anew.
"""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain.competition import closes_at
from chalicelib.domain.draw import commitment, list_of
from chalicelib.errors import Conflict, Lost, Retryable
from chalicelib.ports import World
from chalicelib.stores import entries
from chalicelib.stores.entries import Closed
from chalicelib.usecases.enter_competition import held


def close_round(world: World, round_: str) -> Closed:
    """How it stands closed. Errors: Conflict (it is still open), Invalid (no round), NotFound (no competition is held), Retryable."""
    found = entries.load_closed(world.table.get(entries.closed_key(round_)))
    if found is None:
        competition, now = held(world), world.clock.now()
        closes = closes_at(round_, competition.closes_hour, world.shop.zone)
        if now < closes:
            raise Conflict("The round is still open.")
        closed = Closed(round_, closes, competition.prize, str(competition.value), " ".join(competition.seed.split()))
        with suppress(Lost):  # another closed it this moment
            world.table.write(entries.close(closed))
    elif found.commitment:
        return found
    return _commit(world, round_)


def _commit(world: World, round_: str) -> Closed:
    closed = entries.load_closed(world.table.get(entries.closed_key(round_)))
    if closed is None:
        raise Retryable("The round's closing cannot be read; please try again.")
    hashes = [line.hash for line in entries.lines(world.table, round_)]
    found = commitment(hashes)
    world.blob.put(entries.blob_name(round_, found), list_of(hashes).encode())
    with suppress(Lost):  # another was quicker, and that list counts
        world.table.write(entries.commit(closed, found, len(hashes), world.clock.now()))
    after = entries.load_closed(world.table.get(entries.closed_key(round_)))
    return after or closed
