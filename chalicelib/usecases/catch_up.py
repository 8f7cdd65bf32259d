"""What webhooks did not bring: the orders that changed since the last time are asked for, and taken like any other.

A webhook may be lost for good (WooCommerce tries each once), so this is done each night.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import structs

from chalicelib.domain import errand as errands_of
from chalicelib.domain.calendar import days_after
from chalicelib.domain.errand import Errand
from chalicelib.domain.order import Learnt
from chalicelib.errors import Invalid, Retryable
from chalicelib.ports import Changed, Office, World
from chalicelib.stores import connections
from chalicelib.stores.connections import Connection
from chalicelib.usecases.take_webhook import take

OVERLAP = timedelta(hours=1)
"""Asked for again each time: clocks differ, and a change may show a little late."""

PAGES = 20
"""At most, in one go; then it goes on in the next, in a minute."""

HOUR = 3
"""Of the night, in the shop's zone."""


def catch_up(world: World, office: Office) -> int:
    """How many orders were looked at; 0 where no storefront is connected. Errors: Retryable, Misconfigured, Invalid (its API says no)."""
    connection = known_connection(world)
    if connection is None:
        return 0
    connection = structs.replace(connection, began_at=connection.began_at or world.clock.now())
    count = 0
    for _ in range(PAGES):
        page = next_page(office, connection.seen_until - OVERLAP, connection.cursor)
        for topic, raw in page.events:
            take_missed(world, topic, raw)
        count += len(page.events)
        connection = _further(connection, page.next)
        world.table.write(connections.put(connection))
        if not page.next:
            break
    return count


def next_page(office: Office, since: datetime, cursor: str) -> Changed:
    """Errors: as Office.changed; Retryable, too, where the storefront's pages go round in a circle."""
    page = office.changed(since, cursor)
    if page.next and page.next == cursor:
        raise Retryable("The storefront's list of orders does not go on.")
    return page


def take_missed(world: World, topic: str, raw: bytes, *, history: bool = False) -> None:
    """One order as the storefront's API tells it; of the past, where nothing is to be planned from it. Errors: Retryable."""
    try:
        heard = world.storefronts[world.shop.storefront.kind].learn(topic, raw)
    except Invalid:
        return  # a webhook of it would be refused as well
    if isinstance(heard, Learnt):
        take(world, structs.replace(heard, history=history))


def next_catch_up(world: World) -> Errand:
    """Tonight; or at once, when there is more than one go could take."""
    now, kind = world.clock.now(), world.shop.storefront.kind
    connection = known_connection(world)
    if connection is not None and connection.cursor:
        return errands_of.catch_up(kind, now, now)
    tonight = days_after(now, 0, HOUR, world.shop.zone)
    return errands_of.catch_up(kind, now, tonight if tonight > now else days_after(now, 1, HOUR, world.shop.zone))


def known_connection(world: World) -> Connection | None:
    """None where no storefront is connected."""
    return connections.load(world.table.get(connections.key(world.shop.storefront.kind)))


def _further(connection: Connection, cursor: str) -> Connection:
    if cursor:
        return structs.replace(connection, cursor=cursor)
    return structs.replace(connection, cursor="", seen_until=connection.began_at or connection.seen_until, began_at=None)
