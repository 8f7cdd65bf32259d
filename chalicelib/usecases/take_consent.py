"""A customer's yes or no to marketing by e-mail, as their storefront tells it. The newer of two counts, by the storefront's own time."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from chalicelib.domain import journal
from chalicelib.domain.calendar import instant, stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.consent import EMAIL, NEWSLETTER, consent_key, given_at_storefront
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.identity import person_id
from chalicelib.domain.standing import Standing, against_a_yes
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import World
from chalicelib.stores import people
from chalicelib.table import Action
from chalicelib.usecases.agree import agreed
from chalicelib.usecases.stop import let_go
from chalicelib.usecases.take_opt_out import let_stand_by_orders

TRIES = 4
_KEY = consent_key(NEWSLETTER, EMAIL)


def take_consent(world: World, said: ConsentSaid) -> str:
    """What became of it: "taken", or "ignored: …" with the reason. Errors: Retryable."""
    for _ in range(TRIES):
        person = person_id(world.secrets.people, said.dedupe_key)
        standing = people.load_standing(world.table.get(people.standing_key(person)), person)
        try:
            return _said_yes(world, said, standing) if said.said == "yes" else _said_no(world, said, standing)
        except Lost:
            continue  # something else about them came between: look again
    raise Retryable("Too much happens about this customer at once; it is taken again in a moment.")


def _said_no(world: World, said: ConsentSaid, standing: Standing) -> str:
    now = world.clock.now()
    at = min(said.at or now, now)
    if standing.stopped_at:
        if standing.stopped_by == said.source and stamp(at) == standing.stopped_at:
            let_go(world, standing.person, now)  # whatever an earlier try came to
        return "ignored: they had said stop already"
    if any(instant(since) > at for since in standing.consents.values()):
        return "ignored: they have said yes since"
    world.journal.append([journal.stopped(standing.person, at, by=said.source)])
    actions: list[Action] = [people.objected(standing, at, said.source), *people.withdrawn(standing, at, said.source)]
    world.table.transact(actions, world.ids.token())
    let_go(world, standing.person, now)
    return "taken"


def _said_yes(world: World, said: ConsentSaid, standing: Standing) -> str:
    now, settings = world.clock.now(), world.shop.storefront
    if not said.confirmed and settings.accept_consent != "any":
        return let_stand_by_orders(world, standing)
    if not settings.consent.strip():
        return "ignored: shop.toml does not give the words that they said yes to (storefront.consent)"
    if said.at is None:
        return "ignored: it does not tell when they said yes"
    at = min(said.at, now)
    newer = bool(standing.stopped_at) and standing.stopped_by == said.source and at > instant(standing.stopped_at)
    against = against_a_yes(structs.replace(standing, stopped_at="") if newer else standing, by_mail=True)
    if against in ("never", "stopped"):
        return "ignored: they asked us to stop, and only they can undo that"
    if standing.declined_at and stamp(at) <= standing.declined_at:
        return "ignored: their consent has ended since, or they said no"
    if against:
        return "ignored: mail to them came back, or they want none"
    if standing.consents.get(_KEY):
        return "ignored: they had said yes already"
    consent = given_at_storefront(standing.person, settings.consent, world.shop.locale, at, said.source)
    before = world.table.get(people.contact_key(standing.person))
    actions = agreed(standing, [consent], _contact(world, said, standing, at), before, now, clicked=True)
    world.table.transact(actions, world.ids.token())
    if standing.stopped_at:
        # after the commit: a yes that was lost must never outweigh a stop
        world.journal.append([journal.confirmed(standing.person, at, agreed=True)])
    return "taken"


def _contact(world: World, said: ConsentSaid, standing: Standing, at: datetime) -> Contact:
    return Contact(
        person=standing.person,
        name=said.name,
        address=said.address,
        dedupe_key=said.dedupe_key,
        locale=said.locale or world.shop.locale,
        confirmed_at=at,
        source=said.source,
    )
