"""Makes a table that was put back to an earlier day fit to send from: the journal tells it what it has forgotten.

for each person in the journal: read → standing as it was, follow-ups that may have gone out become unsure → commit
→ the rounds of the competition that had closed → the budget that is used today → this is the live table

Saying it twice is fine, and a crash at any point is mended by saying it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from msgspec import Struct, structs

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import local_day
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.journal import Line, Memory, remember, stands_again
from chalicelib.domain.retention import FINISHED
from chalicelib.domain.screening.once import happens_once
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import World
from chalicelib.stores import follow_ups, gate, people
from chalicelib.table import Action
from chalicelib.usecases.close_again import close_again
from chalicelib.usecases.erase import erase
from chalicelib.usecases.say_again import say_again
from chalicelib.usecases.stop import let_go

MAY_HAVE_GONE = (fu.PLANNED, fu.HELD, fu.SENDING, fu.UNSURE, fu.CANCELLED)
"""States that a restored table may show of what was sent since. A cancelled one may have been planned anew, and sent, since."""

TRIES = 6


class Restored(Struct, frozen=True):
    """What a restore changes. `unsure`: ids of follow-ups that may have gone out since; `stopped`, `unreachable`, `noted`: people."""

    unsure: tuple[str, ...]
    stopped: int
    unreachable: int
    noted: int


def restore(world: World, *, check: bool) -> Restored:
    """Replays the journal; `check` only tells what that would change. Run it while nothing else sends. Errors: Retryable."""
    lines = list(world.journal.read())
    changed = [_mend(world, person, memory, check=check) for person, memory in sorted(remember(lines).items())]
    if not check:
        close_again(world)
        _count_today(world, lines)
        world.name_live_table(world.table.identity())
    return Restored(
        tuple(id_ for one in changed for id_ in one.unsure),
        *(sum(getattr(one, name) for one in changed) for name in ("stopped", "unreachable", "noted")),
    )


def _mend(world: World, person: str, memory: Memory, *, check: bool) -> Restored:
    once = {rule.name for rule in world.playbook.rules if happens_once(rule)}
    for _ in range(TRIES):
        now = world.clock.now()
        before = people.load_standing(world.table.get(people.standing_key(person)), person)
        after = stands_again(before, memory, now, once)
        doubted = _doubted(world, memory, now)
        try:
            if not check:
                if after != before:
                    over = {key: at for key, at in before.consents.items() if key not in after.consents}
                    ended = people.withdrawn(structs.replace(before, consents=over), now)
                    world.table.transact([people.stands_again(before, after), *ended], world.ids.token())
                for action in doubted.values():
                    world.table.transact([action], world.ids.token())
                if memory.stopped_at and after.stopped_at:
                    let_go(world, person, now)  # whatever an earlier try came to
                say_again(world, person, memory)
                if memory.erased:
                    erase(world, person, memory.erased_orders)
        except Lost:
            continue  # an event, or the person, came between: look again
        return Restored(
            tuple(doubted),
            stopped=after.stopped_at != before.stopped_at,
            unreachable=after.unreachable_at != before.unreachable_at,
            noted=after.noted != before.noted,
        )
    raise Retryable("Too much happened at once: pause the storefront, and run courtesy restore again.")


def _doubted(world: World, memory: Memory, now: datetime) -> dict[str, Action]:
    found = follow_ups.load_many(world.table, list(memory.authorised))
    return {
        id_: action
        for id_, line in sorted(memory.authorised.items())
        if (action := _doubt(found.get(id_), line, now)) is not None
    }


def _doubt(found: FollowUp | None, line: Line, now: datetime) -> Action | None:
    if found is None:
        # what was sent that long ago is not lost, but forgotten
        return follow_ups.forgotten(line) if now < line.at + FINISHED else None
    settled = found.state == fu.UNSURE and found.tried_again
    return follow_ups.doubted(found, line) if found.state in MAY_HAVE_GONE and not settled else None


def _count_today(world: World, lines: Iterable[Line]) -> None:
    """What went out today counts against today, also where the table has forgotten it. Lines count that were never committed: rather too few mails."""
    now = world.clock.now()
    used = dict.fromkeys(follow_ups.SHARDS, 0)
    for line in lines:
        if line.kind == "authorised" and _is_today(world, line.at, now):
            used[follow_ups.shard_of(line.person)] += 1
    for shard, count in used.items():
        if count:
            with suppress(Lost):  # it knows of more
                world.table.write(gate.used_at_least(shard, count, now, world.shop))


def _is_today(world: World, at: datetime, now: datetime) -> bool:
    return local_day(at, world.shop.zone) == local_day(now, world.shop.zone)
