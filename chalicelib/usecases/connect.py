"""The shop and its storefront come to know each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.errors import Misconfigured
from chalicelib.ports import Office, Subscribed, World
from chalicelib.stores import connections, errands
from chalicelib.stores.connections import Connection
from chalicelib.usecases.catch_up import known_connection, next_catch_up, next_page, take_missed
from chalicelib.usecases.run_errand import NO_KEY

HISTORY = timedelta(days=25 * 365 // 12)
"""As long as an order is kept."""


def office_of(world: World) -> Office:
    """Errors: Misconfigured where no key to it is known."""
    office = world.office
    if office is None:
        raise Misconfigured(NO_KEY)
    return office


def subscribe(world: World) -> Subscribed:
    """Its events come to us from now on, and each night it is asked for what was missed. Saying it twice is fine.

    Errors: Retryable, Misconfigured, Invalid.
    """
    kind, now = world.shop.storefront.kind, world.clock.now()
    if not webhook_url(world).startswith("https://"):
        raise Misconfigured(
            f"The storefront cannot post to {webhook_url(world)}: say in COURTESY_URL under which https:// address the world reaches this shop."
        )
    live = world.secrets.webhooks.get(kind, ())
    done = office_of(world).subscribe(webhook_url(world), live[0] if live else "")
    if known_connection(world) is None:
        world.table.write(connections.put(Connection(kind, connected_at=now, seen_until=now)))
    world.table.write(errands.put(next_catch_up(world)))
    return done


def webhook_url(world: World) -> str:
    """Where the storefront posts its events."""
    return f"{world.shop.url}/api/webhooks/{world.shop.storefront.kind}"


def take_history(world: World, since: datetime | None = None) -> Iterator[int]:
    """Past orders, as history only: nothing is planned from them. Yields how many were looked at so far, after each page.

    Errors: Retryable, Misconfigured, Invalid.
    """
    office, now = office_of(world), world.clock.now()
    cursor, count = "", 0
    while True:
        page = next_page(office, since or now - HISTORY, cursor)
        for topic, raw in page.events:
            take_missed(world, topic, raw, history=True)
        count += len(page.events)
        yield count
        cursor = page.next
        if not cursor:
            return


def connected(world: World) -> Connection:
    """Errors: Misconfigured where no storefront is connected."""
    known = known_connection(world)
    if known is None:
        raise Misconfigured(f"The shop is not connected yet: courtesy connect {world.shop.storefront.kind}.")
    return known


def look_back(world: World, since: datetime) -> None:
    """The next catch-up begins there: after a restore, or a long outage. Errors: Misconfigured where no storefront is connected."""
    known = connected(world)
    world.table.write(connections.put(Connection(known.storefront, known.connected_at, since)))
