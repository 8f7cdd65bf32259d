from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.domain.follow_up import follow_up_id
from chalicelib.errors import Lost
from chalicelib.stores import canary
from tests.factories import PERSON
from tests.support.world import NOON

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def table() -> Iterator[SqliteTable]:
    with SqliteTable(":memory:") as made:
        yield made


def test_a_canary_carries_its_time() -> None:
    assert canary.sent_at(canary.id_of(NOON)) == NOON


@pytest.mark.parametrize(
    "id_", [follow_up_id("receipt", PERSON, "shopify:x:1041"), "canary", "canary-", "canary-x", "canary--5", "1772452800", ""]
)
def test_what_is_no_canary_has_none(id_: str) -> None:
    assert canary.sent_at(id_) is None


@pytest.mark.parametrize(("since", "goes"), [(SECOND, False), (HOUR - SECOND, False), (HOUR, True), (2 * HOUR, True)])
def test_one_goes_out_an_hour(table: SqliteTable, since: timedelta, goes: bool) -> None:
    table.write(canary.asked(NOON))
    if goes:
        table.write(canary.asked(NOON + since))
    else:
        with pytest.raises(Lost):
            table.write(canary.asked(NOON + since))


def test_while_none_came_back_none_was_heard_of(table: SqliteTable) -> None:
    assert canary.heard_of(table.get(canary.KEY)) is None
    table.write(canary.asked(NOON))
    assert canary.heard_of(table.get(canary.KEY)) is None


def test_the_newest_that_came_back_is_heard_of(table: SqliteTable) -> None:
    table.write(canary.heard(NOON))
    table.write(canary.heard(NOON + HOUR))
    with pytest.raises(Lost):
        table.write(canary.heard(NOON + SECOND))
    assert canary.heard_of(table.get(canary.KEY)) == NOON + HOUR
