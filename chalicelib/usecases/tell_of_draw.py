"""What follows from a draw for each who entered: a word to those who asked for it, and everybody's last day.

a page of the list at a time → standing → the word's follow-up, where they agreed → entry and line have their last day

A line that has its last day is done with, so that doing it twice, or dying between, is fine.
"""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain.competition import COMPETITION, following
from chalicelib.domain.consent import EMAIL, consent_key
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.domain.retention import entry_kept_until
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import World
from chalicelib.stores import entries, follow_ups, people
from chalicelib.stores.entries import Drawn, Line

SECONDS = 15.0
"""After that it goes on in the next go."""


def tell_of_draw(world: World, round_: str) -> None:
    """Errors: Retryable (there is more, or the table)."""
    drawn = entries.load_drawn(world.table.get(entries.drawn_key(round_)))
    if drawn is None:
        return
    ends = world.clock.monotonic() + SECONDS
    for line in entries.lines(world.table, round_):
        until = entry_kept_until(drawn.drawn_at, drawn.won_at if line.hash == drawn.winner else None)
        if line.ttl == int(until.timestamp()):
            continue
        _tell(world, drawn, line)
        with suppress(Lost):  # they asked to be forgotten meanwhile, or won in another's place
            world.table.transact(entries.last_day(round_, line, until), world.ids.token())
        if world.clock.monotonic() > ends:
            raise Retryable("There are more to be told of the draw; it goes on in a moment.")


def _tell(world: World, drawn: Drawn, line: Line) -> None:
    if line.hash == drawn.winner:
        return
    standing = people.load_standing(world.table.get(people.standing_key(line.person)), line.person)
    if standing.stopped_at or consent_key(COMPETITION, EMAIL) not in standing.consents:
        return
    now, why = world.clock.now(), Reason("round-drawn", {"round": drawn.round})
    extra = {"next": following(drawn.round)}
    for rule in world.playbook.of("drawn"):
        with suppress(Lost):  # planned before
            world.table.write(follow_ups.put(planned(rule, line.person, drawn.round, now, why, world.shop, now, extra=extra)))
