"""Whoever asks to be forgotten is, and stays so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.identity import person_id
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.task import Task
from chalicelib.errors import Busy, Invalid
from chalicelib.stores import inquiries, orders, people, requests, tasks
from chalicelib.table import Delete, Put
from chalicelib.usecases.erase import erase
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.restore import restore
from chalicelib.usecases.take_consent import take_consent
from tests.factories import gift_order, shopify_order, shopify_parcel, signed
from tests.support.site import Site, link
from tests.support.watched import Calls, Crash, once, watched
from tests.support.world import TestWorld

ADDRESS = "isobel.trant@example.com"
KEY = "shopify:5551023340801"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld() as made:
        yield made


def tell(world: TestWorld, topic: str, payload: Any, id_: str = "1") -> str:
    headers, raw = signed(topic, payload, x_shopify_webhook_id=f"{topic}{id_}")
    return receive_webhook(world, "shopify", headers, raw)


def lived(world: TestWorld) -> str:
    """A claim with the newsletter, and a gift order: all that can be known of somebody. Their id."""
    site = Site(world)
    site.claim(ADDRESS, "Isobel Trant", tick=True)
    world.work()
    site.press(link(world.mails()[0].mail, "/api/confirm"))
    tell(world, "orders/create", gift_order(fulfillments=[shopify_parcel()]))
    tell(world, "customers/update", {"id": 7, "email": ADDRESS, "email_marketing_consent": {"state": "unsubscribed"}})
    world.work()
    return person_id(world.secrets.people, ADDRESS)


def everything(world: TestWorld) -> str:
    blobs = {name: world.blob.get(name).decode() for name in world.blob.names("webhooks")}
    return json.dumps([world.sqlite.scan().items, blobs])


def order(world: TestWorld) -> Any:
    return orders.load(world.table.get(orders.key(KEY)), KEY)


REDACT = {
    "shop_id": 1,
    "shop_domain": "pellow-wren.myshopify.com",
    "customer": {"id": 7, "email": ADDRESS},
    "orders_to_redact": [5551023340801],
}
WORDS = ("isobel", "Isobel", "Trant", "Ruth", "ruth.okafor", "Quay Hill")


@pytest.mark.parametrize("request_", [REDACT, {**REDACT, "orders_to_redact": []}], ids=["with its orders", "without"])
def test_nothing_personal_is_left(world: TestWorld, request_: dict[str, Any]) -> None:
    person = lived(world)
    assert ADDRESS in everything(world)
    tell(world, "customers/redact", request_)
    world.work()
    assert [word for word in WORDS if word in everything(world)] == []
    assert world.mails() == []
    standing = people.load_standing(world.table.get(people.standing_key(person)), person)
    assert standing.stopped_at
    assert not standing.consents


def test_no_event_brings_them_back(world: TestWorld) -> None:
    lived(world)
    erase(world, "", [KEY])
    tell(world, "orders/updated", gift_order(updated_at="2026-03-02T13:00:00+00:00"), "2")
    world.work()
    assert (order(world).erased, order(world).view) == (True, None)


def test_an_order_that_is_yet_to_come_stays_erased(world: TestWorld) -> None:
    erase(world, "", [KEY])
    tell(world, "orders/create", shopify_order())
    world.work()
    assert "isobel" not in json.dumps(world.sqlite.scan().items)


def test_an_order_that_is_somebody_elses_now_stays(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order())
    world.work()
    tell(world, "orders/updated", shopify_order(email="tom.jago@example.com", updated_at="2026-03-02T12:05:00+00:00"), "2")
    world.work()
    erase(world, person_id(world.secrets.people, ADDRESS))
    assert order(world).view.buyer.address == "tom.jago@example.com"


def test_orders_without_follow_ups_are_found(world: TestWorld) -> None:
    tell(world, "orders/create", shopify_order(test=True))
    world.work()
    assert not world.follow_ups()
    erase(world, person_id(world.secrets.people, ADDRESS))
    assert order(world).erased


def test_what_was_planned_is_called_off(world: TestWorld) -> None:
    person = lived(world)
    erase(world, person)
    states = {one.kind: one.state for one in world.follow_ups().values()}
    assert states["thank-you"] == states["gift-note"] == "cancelled"


def test_saying_it_twice_is_fine(world: TestWorld) -> None:
    person = lived(world)
    erase(world, person)
    erase(world, person)
    assert order(world).erased


def test_an_erasure_cut_short_is_finished(world: TestWorld) -> None:
    person = lived(world)
    world.blob = watched(world.blob, before=once(_busy, at="delete", turn=2))
    with pytest.raises(Busy):
        erase(world, person)
    erase(world, person)
    assert [word for word in WORDS if word in everything(world)] == []


def _busy(*_: object) -> None:
    raise Busy("told so")


def test_a_restored_table_forgets_them_again(world: TestWorld) -> None:
    person = lived(world)
    kept = world.sqlite.scan().items
    erase(world, person)
    for item in world.sqlite.scan().items:
        world.sqlite.write(Delete((str(item["pk"]), str(item["sk"]))))
    for item in kept:
        world.sqlite.write(Put(item))
    world.clock.move(timedelta(hours=1))
    restore(world, check=True)
    assert "Trant" in everything(world)
    restore(world, check=False)
    assert [word for word in WORDS if word in everything(world)] == []


def test_what_is_kept_is_told(world: TestWorld) -> None:
    lived(world)
    asked: dict[str, Any] = {**REDACT, "orders_requested": [], "data_request": {"id": 9999}}
    del asked["orders_to_redact"]
    tell(world, "customers/data_request", asked)
    world.work()
    (request,) = requests.all_of(world.table)
    told = json.loads(world.blob.get(request.answer))
    assert {"standing", "contact", "consent", "follow-up", "offer mark"} <= {one["kind"] for one in told["about"]}
    assert [one["key"] for one in told["orders"]] == [KEY]
    assert ADDRESS in json.dumps(told)
    assert "Ruth" not in json.dumps(told)


def test_a_shop_that_leaves_is_forgotten(world: TestWorld) -> None:
    lived(world)
    tell(world, "shop/redact", {"shop_id": 1, "shop_domain": "pellow-wren.myshopify.com"})
    world.work()
    assert order(world).erased
    assert [one.kind for one in requests.all_of(world.table)] == ["erase shop"]


@pytest.mark.parametrize("topic", ["customers/redact", "customers/data_request", "shop/redact"])
def test_another_topics_body_erases_nothing(world: TestWorld, topic: str) -> None:
    lived(world)
    with pytest.raises(Invalid):
        tell(world, topic, gift_order())
    assert ADDRESS in everything(world)


def test_a_crash_anywhere_is_made_up_for() -> None:
    calls = 1
    for crash_at in range(1, 200):
        with TestWorld() as world:
            lived(world)
            tell(world, "customers/redact", REDACT)
            counted = Calls(crash_at)
            table, blob = world.table, world.blob
            world.table = watched(table, before=counted.before, after=counted.after)
            world.blob = watched(blob, before=counted.before, after=counted.after)
            with suppress(Crash):
                world.work()
            world.table, world.blob = table, blob
            world.pass_time(hours=1)
            world.pass_time(hours=1)
            assert [word for word in WORDS if word in everything(world)] == [], crash_at
            assert [one.kind for one in requests.all_of(world.table)] == ["erase"], crash_at
            calls = counted.count
        if crash_at > calls:
            return
    raise AssertionError(calls)


def test_a_crash_anywhere_leaves_no_body_of_an_order_without_a_mail() -> None:
    calls = 1
    for crash_at in range(1, 200):
        with TestWorld() as world:
            tell(world, "orders/create", shopify_order(test=True))
            world.work()
            person = person_id(world.secrets.people, ADDRESS)
            assert not order(world).follow_ups
            counted = Calls(crash_at)
            table, blob = world.table, world.blob
            world.table = watched(table, before=counted.before, after=counted.after)
            world.blob = watched(blob, before=counted.before, after=counted.after)
            with suppress(Crash):
                erase(world, person)
            world.table, world.blob = table, blob
            erase(world, person)  # as whoever holds their link presses again
            assert [word for word in WORDS if word in everything(world)] == [], crash_at
            assert orders.keys_of(world.table, person) == []
            calls = counted.count
        if crash_at > calls:
            return
    raise AssertionError(calls)


def test_a_late_event_leaves_no_body_behind(world: TestWorld) -> None:
    lived(world)
    erase(world, "", [KEY])
    for id_ in ("1", "2"):  # one that came before, and a new one
        tell(world, "orders/create", gift_order(fulfillments=[shopify_parcel()]), id_)
        world.work()
        assert [word for word in WORDS if word in json.dumps(world.blob.names("webhooks/shopify"))] == []
        assert not any(b"Ruth" in world.blob.get(name) for name in world.blob.names("webhooks"))


def test_what_was_gathered_for_them_is_erased_too(world: TestWorld) -> None:
    person = lived(world)
    asked: dict[str, Any] = {**REDACT, "orders_requested": []}
    del asked["orders_to_redact"]
    tell(world, "customers/data_request", asked)
    world.work()
    assert world.blob.names("requests")
    erase(world, person)
    assert world.blob.names("requests") == []


def test_no_storefront_undoes_an_erasure(world: TestWorld) -> None:
    person = lived(world)
    erase(world, person)
    at = world.clock.now() + timedelta(days=1)
    world.clock.move(timedelta(days=2))
    said = ConsentSaid("shopify", "yes", ADDRESS, ADDRESS, at=at, confirmed=True)
    assert take_consent(world, said).startswith("ignored: they asked us to stop")


def test_what_they_asked_and_what_was_noted_of_them_goes_too(world: TestWorld) -> None:
    person = lived(world)
    told = "Isobel says that the clasp broke."
    world.table.write(inquiries.put(Inquiry(f"{person}-one", person, world.clock.at, "owner", words=told)))
    task = Task(f"{person}-two", "call", person, "x", "call", world.clock.at, world.clock.at)
    world.table.write(tasks.put(task))
    world.table.write(tasks.done(task, "happy", told, world.clock.at))
    erase(world, person)
    assert told not in everything(world)
    assert inquiries.open_ones(world.table) == []
