"""One thing that they told, on their own page: never about this day again, or taken back altogether. Saying it twice is fine.

open the link → read → journal → they are looked at anew → the fact
"""

from __future__ import annotations

from chalicelib.domain import journal
from chalicelib.domain.fact import DATE, NEVER, Fact, mark
from chalicelib.domain.preferences import SOURCE
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import NotFound
from chalicelib.ports import World
from chalicelib.stores import facts
from chalicelib.usecases.look_at_preferences import look_at_preferences
from chalicelib.usecases.plan_person import look_again


def never_about(world: World, token: str, label: str) -> bool:
    """Nothing more about a day that they gave, in no year. False where nothing is left of them. Errors: Unverified, NotFound (they gave no
    such day), Retryable.
    """
    own = look_at_preferences(world, token)
    if own is None:
        return False
    if label not in {fact.about for fact in own.history.facts if fact.kind in (DATE, NEVER)}:
        raise NotFound("We do not know of such a day any more, and write nothing about it.")
    person, now = own.history.person, world.clock.now()
    world.journal.append([journal.unwanted(person, mark(world.secrets.people, person, NEVER, label), now)])
    look_again(world, person)
    world.table.write(facts.put(person, Fact(NEVER, label, "yes", "stated", now, SOURCE, SERVICE)))
    return True


def take_back(world: World, token: str, kind: str, about: str) -> bool:
    """As if they had never told it. False where nothing is left of them. Errors: Unverified, Retryable."""
    own = look_at_preferences(world, token)
    if own is None:
        return False
    person = own.history.person
    for fact in own.history.facts:
        if (fact.kind, fact.about) == (kind, about):
            world.journal.append([journal.untold(person, mark(world.secrets.people, person, kind, about), world.clock.now())])
            look_again(world, person)
            world.table.write(facts.forget(person, fact))
    return True
