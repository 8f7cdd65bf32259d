"""Somebody told something of themselves, or takes it back. It is kept with who told it, when and what for, and used for that alone (manner 2)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from chalicelib.domain import journal
from chalicelib.domain.fact import NEVER, Fact, mark
from chalicelib.domain.identity import Address
from chalicelib.domain.stating import fit_to_keep, newest
from chalicelib.errors import Lost, NotFound, Retryable
from chalicelib.ports import World
from chalicelib.stores import facts, people, plans
from chalicelib.table import Action, Check, Exists, Item, Key
from chalicelib.usecases.who import whom

TRIES = 4


def record_fact(world: World, who: str | Address, fact: Fact) -> Fact:
    """The fact as it is kept now, which is an earlier one where that is newer. It takes the place of what they said of the same before;
    "never this occasion" is another fact, and stays until it is forgotten.

    `who`: an address, or a person's id. Errors: Invalid, NotFound (they are no contact), Retryable.
    """
    purposes = dict.fromkeys(wording.purpose for wording in world.shop.wordings)
    told = fit_to_keep(msgspec.structs.replace(fact, how="stated"), world.products, list(purposes), world.shop.country)
    person, _ = whom(world, who)
    key = facts.key(person, told.kind, told.about)
    for _ in range(TRIES):
        found, actions = _read(world, person, key)
        before = found.get(key)
        if before is not None and newest(facts.load(before), told) != told:
            return facts.load(before)
        if told.kind == NEVER:
            known_by = mark(world.secrets.people, person, NEVER, told.about)
            world.journal.append([journal.unwanted(person, known_by, world.clock.now())])
        try:
            world.table.transact([facts.put_newer(person, told, before), *actions], world.ids.token())
        except Lost:
            continue  # they told it by two ways at once, or are being forgotten: look again
        return told
    raise Retryable("Too much happened at once. Please try again.")


def forget_fact(world: World, who: str | Address, kind: str, about: str) -> Fact:
    """The fact that is forgotten, as if it had never been told. Errors: Invalid, NotFound, Retryable."""
    person, _ = whom(world, who)
    kept = [fact for fact in facts.of_person(world.table, person) if fact.kind == kind]
    fact = next((fact for fact in kept if fact.about.casefold() == " ".join(about.split()).casefold()), None)
    if fact is None:
        told = ", ".join(f"{one.kind} {one.about}" for one in facts.of_person(world.table, person))
        raise NotFound(
            f"They told us nothing of that kind about “{about}”. {f'They told: {told}.' if told else 'They told us nothing.'}"
        )
    found = world.table.get_many([people.standing_key(person), plans.key(person)])
    world.journal.append([journal.untold(person, mark(world.secrets.people, person, kind, fact.about), world.clock.now())])
    world.table.transact([facts.forget(person, fact), *_looked_at(world, person, found)], world.ids.token())
    return fact


def _read(world: World, person: str, key: Key) -> tuple[dict[Key, Item], list[Action]]:
    """What is known, and what goes along: they must still be a contact, and are looked at anew. Errors: NotFound."""
    now = world.clock.now()
    standing_key, contact_key, plan_key = people.standing_key(person), people.contact_key(person), plans.key(person)
    found = world.table.get_many([key, standing_key, contact_key, plan_key])
    if people.load_contact(found.get(contact_key), now) is None:
        raise NotFound(
            "They are no contact, and we keep nothing of people who did not give us their address themselves. Record a consent of theirs "
            "first (courtesy contact ADDRESS --consent …), or have them claim the voucher."
        )
    return found, [Check(contact_key, when=(Exists(),)), *_looked_at(world, person, found)]


def _looked_at(world: World, person: str, found: Mapping[Key, Item]) -> list[Action]:
    """Who agreed to nothing is not looked at: there is nothing to be planned for them."""
    agreed = people.load_standing(found.get(people.standing_key(person)), person).consents
    return [plans.look(person, world.clock.now())] if agreed or plans.key(person) in found else []
