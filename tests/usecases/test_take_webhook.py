"""What a storefront sent is never lost again: from receive_webhook by way of the queue, or of the clock, to take_webhook."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Busy, Invalid
from chalicelib.ports import WEBHOOKS
from chalicelib.stores import webhooks
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.take_webhook import take_webhook
from chalicelib.usecases.tick import tick
from tests.factories import shopify_order, shopify_parcel, signed
from tests.support.watched import Crash, once, watched
from tests.support.world import TestWorld


def receive(world: TestWorld, topic: str = "orders/create", payload: Any = None, id_: str = "first") -> str:
    headers, raw = signed(topic, payload if payload is not None else shopify_order(), x_shopify_webhook_id=id_)
    return receive_webhook(world, "shopify", headers, raw)


def forget_hints(world: TestWorld) -> None:
    while (taken := world.queue.take()) is not None:
        world.queue.done(taken)


def outcome(world: TestWorld) -> Any:
    (item,) = [item for item in world.sqlite.scan().items if item["sk"] == "WEBHOOK"]
    return item.get("outcome", "")


def test_a_kept_delivery_becomes_an_order() -> None:
    with TestWorld() as world:
        assert receive(world) == "kept"
        world.work()
        assert outcome(world) == "taken"
        assert "receipt" in world.follow_ups()


def test_a_repeat_is_kept_once() -> None:
    with TestWorld() as world:
        receive(world)
        world.work()
        before = world.sqlite.scan().items
        assert receive(world) == "kept before"
        world.work()
        assert world.sqlite.scan().items == before
        assert len(world.mails()) == 1


def test_a_repeat_that_nobody_took_is_queued_again() -> None:
    with TestWorld() as world:
        receive(world)
        forget_hints(world)
        assert receive(world) == "kept"
        assert world.queue.waiting() == {WEBHOOKS: 1}


def test_the_clock_finds_what_lay_untaken() -> None:
    with TestWorld() as world:
        receive(world)
        forget_hints(world)
        world.pass_time(minutes=4, seconds=59)
        assert outcome(world) == ""
        world.pass_time(seconds=1)
        assert outcome(world) == "taken"
        assert len(world.mails()) == 1


def test_what_fails_again_and_again_is_tried_ever_more_rarely() -> None:
    with TestWorld() as world:
        receive(world)
        world.blob = watched(world.blob, before=_busy)
        tries = []
        for minute in range(0, 130, 5):
            forget_hints(world)
            world.clock.move(timedelta(minutes=5))
            tick(world)
            if world.queue.waiting():
                tries.append(minute + 5)
        assert tries == [5, 15, 35, 75]


def _busy(call: str) -> None:
    raise Busy("no reply")


def test_taking_twice_changes_nothing() -> None:
    with TestWorld() as world:
        receive(world)
        id_ = _id(world)
        assert take_webhook(world, "shopify", id_) == "taken"
        before = world.sqlite.scan().items
        assert take_webhook(world, "shopify", id_) == "taken"
        assert world.sqlite.scan().items == before


def _id(world: TestWorld) -> str:
    (item,) = [item for item in world.sqlite.scan().items if item["sk"] == "WEBHOOK"]
    return str(item["id"])


def test_a_worker_that_dies_before_the_mark_takes_it_anew() -> None:
    with TestWorld() as world:
        receive(world)
        world.table = watched(world.sqlite, before=once(_dies, at="write"))
        with pytest.raises(Crash):
            take_webhook(world, "shopify", _id(world))
        world.table = world.sqlite
        assert take_webhook(world, "shopify", _id(world)) == "taken"
        world.work()
        assert len(world.mails()) == 1


def _dies() -> None:
    raise Crash


@pytest.mark.parametrize("lost", ["blob", "item"])
def test_what_is_gone_is_said_to_be_gone(lost: str) -> None:
    with TestWorld() as world:
        receive(world)
        id_ = _id(world)
        if lost == "blob":
            (name,) = world.blob.names("webhooks/shopify")
            assert webhooks.id_in(name) == id_
            world.blob.delete(name)
            assert take_webhook(world, "shopify", id_) == "refused: its raw body is gone"
            assert outcome(world).startswith("refused")
        else:
            world.sqlite.sweep(2**40)
            assert take_webhook(world, "shopify", id_) == "ignored: it was forgotten long ago"


def test_events_in_any_order_give_one_order() -> None:
    events: list[tuple[str, Any]] = [
        ("orders/create", shopify_order()),
        ("fulfillments/create", shopify_parcel(shipment_status="in_transit", updated_at="2026-03-03T09:00:00+00:00")),
        ("fulfillments/update", shopify_parcel()),
        ("orders/updated", shopify_order(updated_at="2026-03-02T15:00:00+00:00", financial_status="paid")),
    ]
    ends = set()
    for order in itertools.permutations(range(4)):
        with TestWorld() as world:
            for n in order:
                receive(world, *events[n], id_=str(n))
            world.live(days=6)
            ends.add(tuple((one.kind, one.state) for one in world.follow_ups().values() if one.kind != "on-its-way"))
            assert sorted(kept.times for kept in world.mails()) in ([1, 1], [1, 1, 1])
    assert ends == {(("receipt", "sent"), ("thank-you", "sent"), ("expectation", "planned"))}


def test_nothing_takes_anothers_place_under_its_id() -> None:
    with TestWorld() as world:
        cancelled = shopify_order(cancelled_at="2026-03-02T13:00:00+00:00", updated_at="2026-03-02T13:00:00+00:00")
        receive(world, "orders/updated", cancelled)
        receive(world, "orders/updated", shopify_order())
        world.work()
        assert not world.follow_ups()
        assert len(world.blob.names("webhooks")) == 1


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("orders/create", {"id": 7, "email": "isobel.trant@example.com", "created_at": "2026-03-02T12:00:00Z"}),
        ("orders/create", shopify_parcel()),
        ("fulfillments/create", {"id": 5, "order_id": 1, "created_at": "2026-03-02T12:00:00Z", "refund_line_items": []}),
    ],
)
def test_another_topic_makes_nothing_of_a_body(topic: str, payload: Any) -> None:
    with TestWorld() as world, pytest.raises(Invalid):
        receive(world, topic, payload)
