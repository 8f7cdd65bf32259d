from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.errors import Lost
from chalicelib.stores import gate
from chalicelib.stores.gate import Gate
from tests.support.world import NOON, demo_shop

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SECONDS = int(NOON.timestamp())
SHOP = demo_shop(daily_budget=5)


@pytest.fixture
def table() -> Iterator[SqliteTable]:
    with SqliteTable(":memory:") as made:
        yield made


def read(table: SqliteTable, *, days: int = 0) -> Gate:
    """The gate as of noon, or of noon some days later."""
    return gate.load(table.get(gate.key("0")), NOON + days * DAY, SHOP)


def take(table: SqliteTable, worker: str = "ann") -> None:
    table.write(gate.take_lease("0", read(table), worker, NOON))


def authorise(table: SqliteTable, count: int, worker: str = "ann", *, counted: bool = True, days: int = 0) -> None:
    table.write(gate.authorised("0", worker, count, NOON + days * DAY, SHOP, counted=counted))


# --- the lease ---


@pytest.mark.parametrize(
    ("leased_by", "ends", "free"),
    [
        ("", 0, True),
        ("ann", 30, True),
        ("bob", 30, False),
        ("bob", 1, False),
        ("bob", 0, False),
        ("bob", -1, True),
        ("bob", 31, True),
        ("bob", 86_400, True),
    ],
    ids=[
        "never taken",
        "our own",
        "just taken",
        "about to end",
        "in its last second",
        "ended",
        "ends later than any can",
        "ends tomorrow",
    ],
)
def test_a_lease_is_free_when_it_is_over_or_cannot_be(leased_by: str, ends: int, free: bool) -> None:
    found = Gate(leased_by=leased_by, leased_until=SECONDS + ends)
    assert gate.is_free(found, "ann", NOON) is free


def test_who_takes_the_lease_has_it_for_thirty_seconds(table: SqliteTable) -> None:
    take(table)
    assert read(table) == Gate(leased_by="ann", leased_until=SECONDS + 30)


def test_of_two_who_saw_it_free_one_has_it(table: SqliteTable) -> None:
    seen = read(table)
    table.write(gate.take_lease("0", seen, "ann", NOON))
    with pytest.raises(Lost):
        table.write(gate.take_lease("0", seen, "bob", NOON))
    assert read(table).leased_by == "ann"


def test_one_that_was_renewed_since_cannot_be_taken_over(table: SqliteTable) -> None:
    take(table)
    seen = read(table)
    table.write(gate.authorised("0", "ann", 1, NOON + 20 * SECOND, SHOP, counted=True))
    with pytest.raises(Lost):
        table.write(gate.take_lease("0", seen, "bob", NOON + 31 * SECOND))


def test_one_that_ended_goes_to_the_next(table: SqliteTable) -> None:
    take(table)
    table.write(gate.take_lease("0", read(table), "bob", NOON + 31 * SECOND))
    assert read(table).leased_by == "bob"


def test_what_is_given_back_is_anybodys(table: SqliteTable) -> None:
    take(table)
    table.write(gate.give_back("0", "ann"))
    assert read(table) == Gate()
    take(table, "bob")


def test_nobody_gives_back_anothers(table: SqliteTable) -> None:
    take(table)
    with pytest.raises(Lost):
        table.write(gate.give_back("0", "bob"))
    assert read(table).leased_by == "ann"


# --- authorising ---


def test_an_authorisation_counts_and_renews_the_lease(table: SqliteTable) -> None:
    take(table)
    authorise(table, 2)
    table.write(gate.authorised("0", "ann", 1, NOON + 20 * SECOND, SHOP, counted=True))
    assert read(table) == Gate(used_today=3, leased_by="ann", leased_until=SECONDS + 50)


def test_without_the_lease_nothing_is_authorised(table: SqliteTable) -> None:
    with pytest.raises(Lost):
        authorise(table, 1)
    take(table, "bob")
    with pytest.raises(Lost):
        authorise(table, 1)
    assert read(table).used_today == 0


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "service"])
def test_while_paused_nothing_is_authorised(table: SqliteTable, counted: bool) -> None:
    take(table)
    table.write(gate.pause("0", NOON))
    with pytest.raises(Lost):
        authorise(table, 1, counted=counted)
    table.write(gate.resume("0"))
    authorise(table, 1, counted=counted)


@pytest.mark.parametrize(("used", "count", "fits"), [(0, 5, True), (0, 6, False), (3, 2, True), (3, 3, False), (5, 1, False)])
def test_what_is_counted_keeps_to_the_days_budget(table: SqliteTable, used: int, count: int, fits: bool) -> None:
    take(table)
    authorise(table, used, counted=False)
    if fits:
        authorise(table, count)
    else:
        with pytest.raises(Lost):
            authorise(table, count)
    assert read(table).used_today == used + (count if fits else 0)


def test_service_is_counted_but_goes_beyond_the_budget(table: SqliteTable) -> None:
    take(table)
    authorise(table, 5)
    authorise(table, 4, counted=False)
    assert read(table).used_today == 9


def test_each_day_counts_for_itself_and_old_days_are_forgotten(table: SqliteTable) -> None:
    take(table)
    for day in range(10):
        authorise(table, 5, days=day)
    assert [read(table, days=day).used_today for day in range(10)] == [0] * 8 + [5, 5]


# --- after a restore ---


@pytest.mark.parametrize("hour", range(24))
def test_mail_goes_at_every_hour_of_the_days_around_a_change_of_the_clocks(table: SqliteTable, hour: int) -> None:
    for month in (3, 10):
        for days in range(12):
            now = datetime(2026, month, 20, hour, 30, tzinfo=UTC) + days * DAY
            table.write(gate.take_lease("0", gate.load(table.get(gate.key("0")), now, SHOP), "ann", now))
            table.write(gate.authorised("0", "ann", 1, now, SHOP, counted=True))
            assert gate.load(table.get(gate.key("0")), now, SHOP).used_today >= 1


def test_what_the_gate_forgot_is_made_up(table: SqliteTable) -> None:
    table.write(gate.used_at_least("0", 4, NOON, SHOP))
    assert read(table).used_today == 4


@pytest.mark.parametrize("known", [4, 9])
def test_what_the_gate_knows_is_not_lowered(table: SqliteTable, known: int) -> None:
    take(table)
    authorise(table, known, counted=False)
    with pytest.raises(Lost):
        table.write(gate.used_at_least("0", 4, NOON, SHOP))
    assert read(table).used_today == known
