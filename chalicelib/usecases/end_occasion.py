"""Not this occasion, ever: one click (PRODUCT.md, manner 12)."""

from __future__ import annotations

from chalicelib.domain import journal
from chalicelib.domain.fact import NEVER, Fact, mark
from chalicelib.domain.links import OCCASION
from chalicelib.errors import NotFound
from chalicelib.ports import Opened, World
from chalicelib.stores import facts, people
from chalicelib.usecases.plan_person import look_again


def look_at_occasion(world: World, token: str) -> Opened:
    """For the page with the button; the scope is the occasion's label. Writes nothing. Errors: Unverified."""
    return world.links.open(token, OCCASION, world.clock.now())


def end_occasion(world: World, token: str) -> Opened:
    """Nothing more about this occasion, whatever the year. Saying it twice is fine. Errors: Unverified, NotFound (nothing is kept of them), Retryable."""
    opened, now = look_at_occasion(world, token), world.clock.now()
    if people.load_contact(world.table.get(people.contact_key(opened.person)), now) is None:
        raise NotFound("There is nothing of that kind here any more, and nothing will come.")
    world.journal.append([journal.unwanted(opened.person, mark(world.secrets.people, opened.person, NEVER, opened.scope), now)])
    look_again(world, opened.person)
    world.table.write(facts.put(opened.person, Fact(NEVER, opened.scope, "yes", "stated", now, "link in a mail")))
    return opened
