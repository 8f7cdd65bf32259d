"""All that is known of one person, as the owner asks for it."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.about_people import of_fact, of_interest, of_rung, of_standing
from chalicelib.domain.calendar import stamp
from chalicelib.domain.consent import Consent, consent_key
from chalicelib.domain.fact import Fact, observed
from chalicelib.domain.identity import Address
from chalicelib.domain.interest import Interest, judge
from chalicelib.domain.ladder import rung
from chalicelib.domain.playbook import POST
from chalicelib.domain.standing import MARKETING, closed_by
from chalicelib.errors import NotFound
from chalicelib.ports import World
from chalicelib.stores import people, plans
from chalicelib.usecases.recall import recall
from chalicelib.usecases.who import whom


class Agreed(Struct, frozen=True):
    """One consent in force. `since`: a stamp. `wording`, `version` and `source`: of the ledger, "" and 0 where that no longer tells."""

    consent: str
    since: str
    source: str
    wording: str
    version: int


class Told(Struct, frozen=True):
    """A fact, and the sentence that says it."""

    fact: Fact
    sentence: str


class Liked(Struct, frozen=True):
    """An interest, and the sentence that says what it rests on."""

    interest: Interest
    sentence: str


class Described(Struct, frozen=True):
    """`name`, `address`: "" for who is no contact. `asked`: consents that wait for a click since `asked_at`. `look_at`: when they are looked
    at next; "" where there is nothing to look for. Times are stamps.
    """

    person: str
    name: str
    address: str
    standing: str
    consents: tuple[Agreed, ...]
    asked: tuple[str, ...]
    asked_at: str
    facts: tuple[Told, ...]
    interests: tuple[Liked, ...]
    rung: str
    look_at: str


def describe_person(world: World, who: str | Address) -> Described:
    """`who`: an address, or a person's id. Errors: Invalid, NotFound, Retryable; msgspec.ValidationError where something cannot be read."""
    person, _ = whom(world, who)
    now, zone, history = world.clock.now(), world.shop.zone, recall(world, person)
    found = world.table.get_many([people.asking_key(person), plans.key(person)])
    asking, plan = people.load_asking(found.get(people.asking_key(person)), now), plans.load(found.get(plans.key(person)))
    waits = asking if asking is not None and asking.confirmed_at is None else None
    contact = history.contact
    if not (contact or waits or history.standing.version or history.orders or history.follow_ups):
        raise NotFound("We know nobody by that address.")
    facts = (*history.facts, *observed(history.orders, world.products))
    judged = (judge(history, category, world.products) for category in world.products.categories)
    interests = [one for one in judged if one is not None]
    return Described(
        person=person,
        name=contact.name if contact is not None else "",
        address=contact.address if contact is not None else "",
        standing=of_standing(history.standing, zone, now),
        consents=_agreed(history.standing.consents, people.ledger(world.table, person)),
        asked=tuple(consent_key(purpose, "e-mail") for purpose in waits.ticked) if waits is not None else (),
        asked_at=stamp(waits.asked_at) if waits is not None else "",
        facts=tuple(Told(fact, of_fact(fact, zone)) for fact in facts),
        interests=tuple(Liked(one, of_interest(one)) for one in interests),
        rung="" if closed_by(history.standing, MARKETING, POST) else of_rung(rung(history, world.shop.manners, now), zone),
        look_at=stamp(plan.look_at) if plan is not None else "",
    )


def _agreed(in_force: dict[str, str], ledger: list[Consent]) -> tuple[Agreed, ...]:
    newest = {consent_key(one.purpose, one.channel): one for one in sorted(ledger, key=lambda one: one.confirmed_at)}

    def agreed(key: str, since: str) -> Agreed:
        entry = newest.get(key)
        return Agreed(key, since, entry.source, entry.wording, entry.version) if entry else Agreed(key, since, "", "", 0)

    return tuple(agreed(key, since) for key, since in sorted(in_force.items()))
