"""Every instant at which something is due is visited, in order."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.usecases.live_through import live_through, next_instant
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_parcel
from tests.support.world import NOON, TestWorld


def lived(world: TestWorld, days: int) -> list[datetime]:
    """The instants that were visited."""
    visited = []

    def move(at: datetime) -> None:
        visited.append(at)
        world.clock.move(at - world.clock.now())

    live_through(world, world.clock.now() + timedelta(days=days), move, world._drain)
    return visited


def test_what_is_due_goes_at_its_own_time_and_in_order() -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))

        visited = lived(world, 20)

        assert visited == sorted(visited)
        assert {kept.accepted_at for kept in world.mails()} <= {NOON, *visited}
        sent = {one.kind: one for one in world.follow_ups().values()}
        assert sent["thank-you"].due_at < sent["gift-note"].due_at
        assert [kept.id for kept in world.mails()][-2:] == [sent["thank-you"].id, sent["gift-note"].id]


def test_the_end_is_reached_where_nothing_is_due() -> None:
    with TestWorld() as world:
        assert next_instant(world) is None
        assert lived(world, 3) == [NOON + timedelta(days=3)]


def test_a_time_in_the_past_changes_nothing() -> None:
    with TestWorld() as world:
        assert lived(world, -1) == []
