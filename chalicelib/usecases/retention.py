"""Forgetting, each night: a few pages of the table at a time, until it was gone through once.

what a mailer and the blobs kept too long → page after page: what is past its TTL → whoever has something that may be past its day: read all that
is known of them → what domain.retention says is forgotten → how far it came

Saying it twice is fine. A crash at any point leaves what is not gone yet for the next go: of a person the contact goes last, so that the day by
which the rest goes is still known.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from msgspec import structs

from chalicelib.domain import retention as rules
from chalicelib.domain.calendar import days_after
from chalicelib.domain.history import History
from chalicelib.domain.identity import person_id
from chalicelib.domain.order import Order
from chalicelib.domain.retention import Forgotten
from chalicelib.errors import Lost
from chalicelib.logs import failed
from chalicelib.ports import World
from chalicelib.stores import keeping, orders, pages, people
from chalicelib.stores.keeping import Night
from chalicelib.table import TTL, Action, Item
from chalicelib.usecases.recall import recall
from chalicelib.usecases.who import buyer_of

HOUR = 4
"""Of the night, in the shop's zone."""

PAGE, PAGES, SECONDS = 500, 6, 15.0
"""Items at a time, pages in one go, and no longer than that; then it goes on in the next."""

TOGETHER = 99
"""Actions in one transaction, beside the standing that must not have changed."""


def retention_due(world: World) -> bool:
    """Whether there is something to forget, or a night that was not gone through. Costs one weak read."""
    now = world.clock.now()
    return keeping.load(world.table.get(keeping.key(), strong=False), now).next_at <= now


def retention(world: World) -> bool:
    """One go. True when there is more for the next. Errors: Retryable."""
    now, ends = world.clock.now(), world.clock.monotonic() + SECONDS
    before = keeping.load(world.table.get(keeping.key()), now)
    if not before.after:
        _sweep(world, now)
    after = before.after
    for _ in range(PAGES):
        page = world.table.scan(limit=PAGE, after=after or None)
        _forget_in(world, page.items, now)
        after = page.next or ""
        if not after or world.clock.monotonic() > ends:
            break
    with suppress(Lost):  # another went on from the same place
        world.table.write(keeping.came(before, Night(now if after else _tonight(world, now), after, before.count + 1)))
    return bool(after)


def _tonight(world: World, now: datetime) -> datetime:
    tonight = days_after(now, 0, HOUR, world.shop.zone)
    return tonight if tonight > now else days_after(now, 1, HOUR, world.shop.zone)


def _sweep(world: World, now: datetime) -> None:
    world.mailer.sweep(now)
    world.blob.sweep(now - rules.RAW_WEBHOOK, under="webhooks")
    world.blob.sweep(now - rules.REQUEST, under="requests")


def _forget_in(world: World, items: Sequence[Item], now: datetime) -> None:
    for item in items:
        if keeping.is_past(item, now):
            with suppress(Lost):  # it has gone, or was given more time
                world.table.write(keeping.past(item))
    near: dict[str, list[Item]] = {}
    for item in items:
        if keeping.is_order(item) and keeping.order_worth_a_look(item, now):
            near.setdefault(_buyer_of(world, item), []).append(item)
    for item in near.pop("", []):
        _forget_nobodys(world, item, now)
    looked_at = {person for person, theirs in keeping.people_in(items).items() if _may_end(theirs, now)}
    for person in sorted(looked_at | set(near)):
        try:
            _forget_of(world, person, near.get(person, []), now)
        except msgspec.ValidationError as error:  # unreadable is not "past its day"; it stops nobody else's
            failed("what is known of a person cannot be read, and nothing of it is forgotten", error, person=person)


def _may_end(items: Sequence[Item], now: datetime) -> bool:
    try:
        return keeping.worth_a_look(items, now)
    except msgspec.ValidationError:
        return True  # whoever looks closer says what is wrong


def _buyer_of(world: World, item: Item) -> str:
    view = item.get("view")
    buyer = view.get("buyer") if isinstance(view, dict) else None
    key = buyer.get("dedupe_key") if isinstance(buyer, dict) else None
    return person_id(world.secrets.people, key) if isinstance(key, str) and key else ""


def _forget_nobodys(world: World, item: Item, now: datetime) -> None:
    try:
        order = orders.load(item, str(item["pk"]).removeprefix("O#"))
    except msgspec.ValidationError as error:
        failed("an order cannot be read, and is not forgotten", error)
        return
    until = rules.order_kept_until(order)
    with suppress(Lost):  # an event came between
        if until is not None and until <= now:
            world.table.transact(keeping.order(orders.key(order.key), order.version, ""), world.ids.token())


def _forget_of(world: World, person: str, near: Sequence[Item], now: datetime) -> None:
    """`near`: orders of theirs that may be past their day, however they were found."""
    found = recall(world, person)
    more = [orders.load(item, str(item["pk"]).removeprefix("O#")) for item in near]
    placed = {order.key: order for order in (*(one for one in more if buyer_of(world, one) == person), *found.orders)}
    items = list(pages.below(world.table, f"P#{person}", prefix="CON"))  # the contact and the ledger
    contact = next((item for item in items if item["sk"] == "CONTACT"), None)
    history = structs.replace(found, orders=tuple(placed.values()))
    if contact is not None and history.contact is None:  # past the day that it was given, which may have moved
        history = structs.replace(history, contact=people.load_contact(_undated(contact), now))
    ended = tuple(keeping.ended_in(items))
    gone = rules.forgotten(history, ended, now, others=found.others)
    actions = _actions(person, gone, placed, contact)
    if contact is not None and not gone.contact:
        kept = keeping.contact_until(contact, rules.kept_until(history, ended))
        actions += [kept] if kept is not None else []
    with suppress(Lost):  # something came between: the next night looks again
        _together(world, history, actions)
        for item in near:
            if (key := str(item["pk"]).removeprefix("O#")) not in gone.orders and keeping.is_near(item, now):
                world.table.write(keeping.order_longer(item, now))
                with suppress(Lost):
                    world.table.write(keeping.listed_longer(person, key, now))


def _undated(contact: Item) -> Item:
    return {name: value for name, value in contact.items() if name != TTL}


def _actions(person: str, gone: Forgotten, placed: dict[str, Order], contact: Item | None) -> list[Action]:
    return [
        *map(keeping.follow_up, gone.follow_ups),
        *map(keeping.inquiry, gone.inquiries),
        *map(keeping.task, gone.tasks),
        *(keeping.fact(person, fact) for fact in gone.facts),
        *(action for key in gone.orders for action in keeping.order(orders.key(key), placed[key].version, person)),
        *([keeping.contact(contact)] if gone.contact and contact is not None else []),
    ]


def _together(world: World, history: History, actions: Sequence[Action]) -> None:
    """Only while the standing is as it was read: a consent that comes between keeps what it finds."""
    for start in range(0, len(actions), TOGETHER):
        chunk = [*actions[start : start + TOGETHER], people.unchanged(history.standing)]
        world.table.transact(chunk, world.ids.token())
