"""The local worker, when something fails under it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import Settings
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.list_follow_ups import list_follow_ups
from courtesy.worker import Worker
from tests.factories import asked
from tests.support.running import quiet_shop
from tests.support.watched import once, watched


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LocalWorld]:
    made = LocalWorld(Settings("local", quiet_shop(), tmp_path))
    made.ready()
    yield made
    made.close()


def claims(world: LocalWorld) -> None:
    for name in ("isobel", "ruth", "tom"):
        claim_voucher(world, asked(email=f"{name}@example.com"), "192.0.2.7")


def breaks() -> None:
    raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize("taken", [False, True], ids=["before it is taken", "after"])
def test_a_mailer_that_breaks_leaves_nothing_in_doubt(world: LocalWorld, taken: bool) -> None:
    claims(world)
    outbox, broken = world.outbox, once(breaks, at="send", turn=2)
    vars(world)["mailer"] = vars(world)["outbox"] = watched(outbox, after=broken) if taken else watched(outbox, before=broken)
    worker = Worker(world)
    worker.settle()
    worker.settle()
    assert {one.state for one in list_follow_ups(world)} == {"sent"}
    assert [kept.times for kept in outbox.all()] == [1, 1, 1]


def test_messages_are_worked_off_as_they_come(world: LocalWorld) -> None:
    worker = Worker(world)
    worker.start()
    claims(world)
    worker.stop()
    worker.settle()
    assert len(world.outbox.all()) == 3
    assert world.queue.waiting() == {}
