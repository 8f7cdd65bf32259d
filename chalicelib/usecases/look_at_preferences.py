"""A person's own page: their link opened, and everything read that it shows. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain import profile
from chalicelib.domain.claim import Contact
from chalicelib.domain.fact import Fact, observed
from chalicelib.domain.history import History
from chalicelib.domain.interest import EVIDENCED, Interest, judge
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.order import Order
from chalicelib.domain.preferences import Box, boxes
from chalicelib.ports import World
from chalicelib.stores import entries, people, plans
from chalicelib.table import Item
from chalicelib.usecases.recall import recall
from chalicelib.usecases.who import reached_as


class Own(Struct, frozen=True):
    """What is known of whoever holds the link. `history`: their own alone. `contact`: as they are one, or become one by their first yes. `asked_at`: when they
    asked for the link, as a stamp, "" where it came in another mail. `observed`, `interests`: what their orders say.
    """

    history: History
    contact: Contact
    contact_item: Item | None
    boxes: tuple[Box, ...]
    observed: tuple[Fact, ...]
    interests: tuple[Interest, ...]
    asked_at: str
    has_plan: bool


def look_at_preferences(world: World, token: str) -> Own | None:
    """None where nothing is left of them: they were forgotten, or their day is over. Errors: Unverified, Retryable."""
    now = world.clock.now()
    opened = world.links.open(token, PREFERENCES, now)
    return own_page(world, opened.person, opened.scope)


def own_page(world: World, person: str, asked_at: str = "") -> Own | None:
    """As look_at_preferences, of somebody who is known already."""
    history = recall(world, person)
    entered = entries.of_person(world.table, person, world.clock.now()) if history.contact is None else ()
    contact = reached_as(world, history, entered)
    if contact is None:
        return None
    contact_key, plan_key = people.contact_key(person), plans.key(person)
    items = world.table.get_many([contact_key, plan_key])
    judged = (judge(history, category, world.products) for category in world.products.categories)
    return Own(
        history=history,
        contact=contact,
        contact_item=items.get(contact_key),
        boxes=boxes(world.shop, history.standing, people.ledger(world.table, person), contact.locale),
        observed=observed(history.orders, world.products),
        interests=tuple(one for one in judged if one is not None and one.level == EVIDENCED),
        asked_at=asked_at,
        has_plan=plans.load(items.get(plan_key)) is not None,
    )


def country_of(orders: Iterable[Order]) -> str:
    """Where they live, as their newest order has it; "" where none tells."""
    views = [order.view for order in orders if order.view is not None and not order.view.test]
    return max(views, key=lambda view: view.placed_at).buyer.country if views else ""


def offered(world: World, own: Own, after: str = "") -> str:
    """The step of the profile that may be asked for now (profile.next_step), "" for none."""
    return profile.next_step(own.history, profile.steps(world.shop, world.products, own.contact.locale), after)
