"""A rehearsal on a copy: the engine does there what it would do here, and here nothing is touched."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.adapters.local.rehearsal import CopiedTable, MemoryBlob, MemoryQueue, MovedClock, Rehearsal
from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.config import ROOT, Settings
from chalicelib.errors import Conflict, NotFound
from chalicelib.stores import orders, pages
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.live_table import is_live
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tick import tick
from courtesy.forecast import foretell
from tests.factories import asked, gift_order, learnt, shopify_order, shopify_parcel
from tests.support.counting_table import CountingTable
from tests.support.world import NOON, TestWorld


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[LocalWorld]:
    """A shop with a claim, a gift and an order that wait."""
    made = LocalWorld(Settings("local", ROOT / "shop", tmp_path))
    made.ready()
    now = made.clock.now().isoformat()
    times = {"created_at": now, "updated_at": now}
    claim_voucher(made, asked(), "192.0.2.7")
    take_order(made, learnt("orders/create", gift_order(**times)))
    take_order(made, learnt("fulfillments/update", shopify_parcel(**times)))
    take_order(made, learnt("orders/create", shopify_order(id=7, email="ruth@example.com", **times)))
    yield made
    made.close()


def kept(data: Path) -> dict[str, str]:
    """All that a shop keeps, table for table, and every other file byte for byte."""
    found = {}
    for path in data.rglob("*"):
        if path.suffix == ".db":
            with sqlite3.connect(path) as db:
                found[path.name] = hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()
            db.close()
        elif path.is_file() and not path.name.endswith(("-wal", "-shm")):
            found[str(path.relative_to(data))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_nothing_of_the_shop_is_changed(shop: LocalWorld, tmp_path: Path) -> None:
    before = kept(tmp_path)
    assert {"table.db", "queue.db", "outbox.db", "secrets.json"} <= set(before)

    made = foretell(shop, 40)

    assert sum(one.sent for one in made.rules) >= 4
    assert kept(tmp_path) == before
    assert shop.outbox.all() == []
    assert shop.queue.waiting() == {"due-now": 3}


def test_the_shop_and_its_rehearsal_share_no_part_that_can_be_written_to(shop: LocalWorld) -> None:
    with Rehearsal(shop) as rehearsal:
        for part in ("table", "queue", "mailer", "blob", "journal", "clock", "office", "ids"):
            assert getattr(rehearsal, part) is not getattr(shop, part), part
        rehearsal.name_live_table("another")
        assert shop.table.identity() in shop.secrets.live_table


def test_it_asks_nobody_outside(shop: LocalWorld) -> None:
    class Closed:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(name)

    mailer = shop.mailer
    vars(shop)["office"] = vars(shop)["mailer"] = Closed()
    assert foretell(shop, 40).rules
    vars(shop)["mailer"] = mailer


def test_what_goes_out_there_is_what_goes_out_here() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(), "192.0.2.7")
        take_order(world, learnt("orders/create", gift_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        forecast = {one.rule: one.sent for one in foretell(world, 20).rules if one.sent}
        world.live(days=20)
        assert forecast == {one.kind: 1 for one in world.follow_ups().values() if one.state == "sent"}
        assert forecast


def test_a_copy_holds_everything_and_is_the_live_table_where_the_other_is() -> None:
    with TestWorld() as world:
        claim_voucher(world, asked(), "192.0.2.7")
        with Rehearsal(world, forgets=True) as rehearsal:
            assert list(pages.everything(rehearsal.table)) == list(pages.everything(world.table))
            assert is_live(rehearsal)
        world.name_live_table("another")
        with Rehearsal(world) as rehearsal:
            assert tick(rehearsal) == 0


def test_any_table_can_be_copied() -> None:
    with SqliteTable(":memory:") as sqlite, TestWorld(table=CountingTable(sqlite)) as world:
        claim_voucher(world, asked(), "192.0.2.7")
        with Rehearsal(world, forgets=True) as rehearsal:
            assert list(pages.everything(rehearsal.table)) == list(pages.everything(world.table))
            assert tick(rehearsal) == 1


def test_the_table_remembers_why_something_was_held() -> None:
    with TestWorld(daily_budget=0) as world:
        take_order(world, learnt("orders/create", shopify_order()))
        take_order(world, learnt("fulfillments/update", shopify_parcel()))
        with Rehearsal(world, at=NOON + timedelta(days=5)) as rehearsal:
            tick(rehearsal)
            assert [list(kinds) for kinds in rehearsal.table.held.values()] == [["daily-budget"]]


def test_its_clock_moves_only_ahead() -> None:
    clock = MovedClock(NOON)
    clock.advance_to(NOON + timedelta(hours=1))
    assert (clock.now(), clock.monotonic()) == (NOON + timedelta(hours=1), 3600)
    with pytest.raises(Conflict):
        clock.advance_to(NOON)


def test_a_hint_said_twice_is_one() -> None:
    queue = MemoryQueue()
    queue.put("due-now", {"why": "order"})
    queue.put("due-now", {"why": "order"})
    assert queue.take() == ("due-now", {"why": "order"})
    assert queue.take() is None


def test_what_the_shop_has_in_its_folder_can_be_read_and_what_is_deleted_is_gone_only_here() -> None:
    with TestWorld() as world:
        world.blob.put("webhooks/a", b"one")
        blob = MemoryBlob(world.blob)
        blob.put("webhooks/b", b"two")
        assert blob.get("webhooks/a") == b"one"
        assert blob.names("webhooks") == ["webhooks/a", "webhooks/b"]
        blob.delete("webhooks/a")
        with pytest.raises(NotFound):
            blob.get("webhooks/a")
        assert blob.names("webhooks") == ["webhooks/b"]
        assert world.blob.names("webhooks") == ["webhooks/a"]


def test_a_copied_table_is_in_memory_alone(tmp_path: Path) -> None:
    with SqliteTable(tmp_path / "table.db") as table, CopiedTable(table) as copy:
        assert copy.identity() == table.identity()
    assert {path.name for path in tmp_path.iterdir()} <= {"table.db", "table.db-wal", "table.db-shm"}


@pytest.mark.parametrize("forgets", [True, False])
def test_nights_forget_only_where_that_is_asked_for(forgets: bool) -> None:
    with TestWorld() as world:
        take_order(world, learnt("orders/create", shopify_order()))
        world.work()
        with Rehearsal(world, at=NOON + timedelta(days=800), forgets=forgets) as rehearsal:
            tick(rehearsal)
            assert (rehearsal.table.get(orders.key("shopify:5551023340801")) is None) == forgets
        assert world.table.get(orders.key("shopify:5551023340801")) is not None
