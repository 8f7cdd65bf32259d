"""The counting double must count as DynamoDB charges, or the budgets mean nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.errors import Lost, Refused
from chalicelib.ports import Table
from chalicelib.table import DUE, Action, Check, Delete, Equals, Exists, Key, Missing, Put, Update, Value, item_size
from tests.support.counting_table import CountingTable

A, B, C = ("A", "1"), ("B", "1"), ("C", "1")
LINE: dict[str, Value] = {"due_pk": "DUE#0", "due_sk": "1"}


@pytest.fixture
def table() -> Iterator[CountingTable]:
    with SqliteTable(":memory:") as sqlite:
        yield CountingTable(sqlite)


def item(attributes: Mapping[str, Value] = {}, *, key: Key = A, kb: float = 0) -> Put:
    """A Put of exactly so many KB, or as small as it gets."""
    new: dict[str, Value] = {"pk": key[0], "sk": key[1], **attributes}
    return Put({**new, "x": "a" * (round(kb * 1024) - item_size(new) - 1)} if kb else new)


def cost(table: CountingTable, action: Action) -> int:
    table.reset()
    table.write(action)
    return table.wru


def test_it_is_a_table(table: CountingTable) -> None:
    port: Table = table
    assert port.get(A) is None


@pytest.mark.parametrize(("kb", "units"), [(0, 1), (1, 1), (1 + 1 / 1024, 2), (2.5, 3)])
def test_a_put_costs_each_begun_kb(table: CountingTable, kb: float, units: int) -> None:
    assert cost(table, item(kb=kb)) == units


def test_the_larger_of_before_and_after_counts(table: CountingTable) -> None:
    assert cost(table, item(kb=3)) == 3
    assert cost(table, Update(A, set={"n": 1})) == 4
    assert cost(table, item()) == 4
    assert cost(table, item(kb=3)) == 3
    assert cost(table, Delete(A)) == 3
    assert cost(table, Delete(A)) == 1


def test_a_change_of_an_index_key_costs_two_lines_and_other_changes_none(table: CountingTable) -> None:
    assert cost(table, item(LINE)) == 2
    assert cost(table, Update(A, set={"n": 1})) == 1
    assert cost(table, Update(A, set={"due_sk": "1"})) == 1
    assert cost(table, Update(A, set={"due_sk": "2"})) == 3
    assert cost(table, Update(A, remove=("due_pk",))) == 2
    assert cost(table, Update(A, set={"due_sk": "3"})) == 1
    assert cost(table, item(LINE)) == 2
    assert cost(table, Delete(A)) == 2


def test_a_lost_write_costs_what_stood_there(table: CountingTable) -> None:
    table.write(item(kb=2))
    table.reset()

    with pytest.raises(Lost):
        table.write(Put({"pk": "A", "sk": "1", **LINE}, when=(Missing(),)))
    assert table.wru == 2
    with pytest.raises(Lost):
        table.write(Update(B, set={"n": 1}, when=(Exists(),)))
    assert table.wru == 3


def test_a_refused_write_costs_nothing(table: CountingTable) -> None:
    with pytest.raises(Refused):
        table.write(item(kb=401))

    assert table.wru == 0


def test_a_transaction_costs_double_but_for_its_index_lines(table: CountingTable) -> None:
    table.write(item(key=C, kb=1.5))
    table.reset()

    table.transact([item(LINE), Update(B, set={"n": 1}), Check(C, (Exists(),))], "token")

    assert table.wru == 2 + 1 + 2 + 4


def test_a_lost_transaction_costs_double_too(table: CountingTable) -> None:
    with pytest.raises(Lost):
        table.transact([item(LINE), Check(C, (Equals("s", "x"),))], "token")

    assert table.wru == 4


def test_a_transaction_repeated_under_its_token_costs_its_reading(table: CountingTable) -> None:
    table.transact([item(kb=5)], "token")
    table.reset()

    table.transact([item(kb=5)], "token")

    assert (table.wru, table.rru) == (0, 4)


@pytest.mark.parametrize(("kb", "units"), [(0, 1), (4, 1), (4 + 1 / 1024, 2)])
def test_a_read_costs_each_begun_4_kb_and_half_when_weak(table: CountingTable, kb: float, units: int) -> None:
    table.write(item(kb=kb))

    table.get(A)
    assert table.rru == units
    table.get(A, strong=False)
    assert table.rru == units * 1.5


def test_what_is_not_there_costs_as_the_smallest_item(table: CountingTable) -> None:
    table.get(A)
    table.get_many([B, B, C], strong=False)

    assert table.rru == 1 + 2 * 0.5


def test_many_items_are_rounded_one_by_one_and_a_query_in_sum(table: CountingTable) -> None:
    keys = [("P", str(n)) for n in range(8)]
    for key in keys:
        table.write(item(key=key, kb=1))

    table.get_many(keys)
    assert table.rru == 8
    table.reset()
    assert len(table.query("P").items) == 8
    assert table.rru == 2
    table.reset()
    table.query("nobody")
    assert table.rru == 1
    table.reset()
    assert len(table.scan().items) == 8
    assert table.rru == 2


def test_an_index_query_is_weak_and_counts_its_lines_only(table: CountingTable) -> None:
    for n in range(60):
        table.write(item({"due_pk": "DUE#0", "due_sk": "s" * 50 + f"{n:02}"}, key=(f"F{n:02}", "1"), kb=3))
    table.reset()

    page = table.query_index(DUE, "DUE#0")

    line: dict[str, Value] = {"pk": "F00", "sk": "1", "due_pk": "DUE#0", "due_sk": page.entries[0].sort}
    assert 4 * 1024 < 60 * item_size(line) < 8 * 1024
    assert table.rru == 1
    table.query_index(DUE, "DUE#1")
    assert table.rru == 1.5


def test_the_log_tells_what_cost_so_much(table: CountingTable) -> None:
    table.write(item(LINE))
    table.transact([Delete(A), Check(B, (Missing(),))], "token")
    table.query("P")

    assert [tuple(call) for call in table.calls] == [
        ("write", "Put A/1", 2, 0),
        ("transact", "Delete A/1, Check B/1", 5, 0),
        ("query", "P: 0 items", 0, 1),
    ]
