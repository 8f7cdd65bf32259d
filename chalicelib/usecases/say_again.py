"""A table that was put back to an earlier day learns what somebody said since of single things: never about this day, as if I had never told it, do not
name me.

The journal has marks of facts and no label, so it is asked of each thing that the table still knows whether that is the one. A day that the table
knows nothing of cannot be reminded of either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from chalicelib.domain.fact import DATE, NEVER, Fact, mark
from chalicelib.domain.journal import Memory
from chalicelib.domain.links import LAST_YEARS_GIFT
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import entries, facts, people, plans

SOURCE = "restored from the journal"


def say_again(world: World, person: str, memory: Memory) -> None:
    """Who wanted nothing about a day wants nothing again, and is looked at before anything goes to them; what they took back is gone again. Saying it twice is
    fine. Errors: Lost (it changed meanwhile: look again), Retryable.
    """
    if memory.unwanted or memory.untold:
        kept = facts.of_person(world.table, person)
        back = [fact for fact in kept if _is_untold(world, person, memory, fact)]
        known = {fact.about for fact in kept if fact.kind == NEVER and fact not in back}
        labels = {LAST_YEARS_GIFT, *(fact.about for fact in kept if fact.kind in (DATE, NEVER))}
        never = [*_never(world, person, memory, sorted(labels - known))]
        if (back or never) and plans.load(world.table.get(plans.key(person))) is not None:
            world.table.write(plans.look(person, world.clock.now()))  # first: a crash between costs a look, and no mail
        for fact in never:
            world.table.write(facts.put(person, fact))
        again = {(NEVER, fact.about) for fact in never}
        for fact in back:  # last: their labels are asked for above, also when this is said again
            if (fact.kind, fact.about) not in again:
                world.table.write(facts.forget(person, fact))
    if memory.objected:
        for entry in entries.of_person(world.table, person, world.clock.now()):
            if entry.round in memory.objected and not entry.objects:
                with suppress(Lost):  # it was deleted this moment
                    world.table.write(entries.objects(entry))


def _is_untold(world: World, person: str, memory: Memory, fact: Fact) -> bool:
    at = memory.untold.get(mark(world.secrets.people, person, fact.kind, fact.about))
    return at is not None and fact.at <= at


def _never(world: World, person: str, memory: Memory, labels: Sequence[str]) -> Iterator[Fact]:
    if people.load_contact(world.table.get(people.contact_key(person)), world.clock.now()) is None:
        return  # nothing is kept of them, and nothing of the kind is written to them
    for label in labels:
        known_by = mark(world.secrets.people, person, NEVER, label)
        at, undone = memory.unwanted.get(known_by), memory.untold.get(known_by)
        if at is not None and not (undone is not None and undone > at):
            yield Fact(NEVER, label, "yes", "stated", at, SOURCE, SERVICE)
