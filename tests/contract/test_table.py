"""One contract for every Table: what the stores rely on, whichever adapter is behind them.

Races are run over SQLite alone (tests/adapters/local/test_table_sqlite.py): moto does not keep concurrent transactions apart.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import pytest

from chalicelib.errors import Lost, Refused
from chalicelib.ports import Table
from chalicelib.table import (
    DUE,
    MAX_ITEM_BYTES,
    Action,
    Below,
    Check,
    Condition,
    Delete,
    Entry,
    Equals,
    Exists,
    Item,
    Key,
    Lacks,
    Missing,
    OneOf,
    Put,
    Update,
    Value,
    item_size,
)

A, B, C, D = ("A", "1"), ("B", "1"), ("C", "1"), ("D", "1")

Line = TypeVar("Line")


class State(StrEnum):
    DUE = "due"


def put(table: Table, key: Key, **attributes: Value) -> None:
    table.write(Put({"pk": key[0], "sk": key[1], **attributes}))


def put_many(table: Table, keys: list[Key], **attributes: Value) -> None:
    for start in range(0, len(keys), 100):
        transact(table, *(Put({"pk": pk, "sk": sk, **attributes}) for pk, sk in keys[start : start + 100]))


def stands_due(table: Table, key: Key, pk: str, sk: str) -> None:
    put(table, key, due_pk=pk, due_sk=sk, kind="birthday")


def there(table: Table, key: Key) -> Item:
    item = table.get(key)
    assert item is not None
    return item


def token() -> str:
    return uuid.uuid4().hex


def transact(table: Table, *actions: Action) -> None:
    table.transact(actions, token())


def wins(table: Table, *actions: Action) -> bool:
    try:
        transact(table, *actions)
    except Lost:
        return False
    return True


def due_keys(table: Table, pk: str = "DUE#0", **limits: str) -> list[Key]:
    return [entry.key for entry in table.query_index(DUE, pk, **limits).entries]  # type: ignore[arg-type]


def all_pages(ask: Callable[[str | None], tuple[list[Line], str | None]]) -> tuple[list[Line], int]:
    """Everything that `ask` gives for no mark and then for each mark in turn, and how many pages that took."""
    seen, after = ask(None)
    pages = 1
    while after is not None:
        more, after = ask(after)
        seen = [*seen, *more]
        pages += 1
    return seen, pages


# Items: what goes in comes out


def test_a_put_item_comes_back_whole(table: Table) -> None:
    item: Item = {
        "pk": "A",
        "sk": "1",
        "text": "Grüße \U0001f381\u202e\x00\n",
        "empty": "",
        "big": 2**60,
        "negative": -7,
        "zero": 0,
        "yes": True,
        "no": False,
        "nothing": None,
        "list": [1, "", [{}], None, False],
        "map": {"k": {"x": [], "y": ""}},
        "name with spaces, ünïcode & #signs": ":x",
    }

    table.write(Put(item))

    assert table.get(A) == item
    assert {name: type(value) for name, value in there(table, A).items()} == {name: type(value) for name, value in item.items()}


def test_nothing_there_is_none(table: Table) -> None:
    assert table.get(A) is None
    assert table.get(A, strong=False) is None


def test_a_weak_read_finds_it_too(table: Table) -> None:
    put(table, A, n=1)

    assert there(table, A) == table.get(A, strong=False)


def test_put_takes_the_place_of_all_that_was_there(table: Table) -> None:
    put(table, A, old=1)

    put(table, A, new=2)

    assert table.get(A) == {"pk": "A", "sk": "1", "new": 2}


def test_what_the_caller_does_to_its_item_later_changes_nothing(table: Table) -> None:
    item: Item = {"pk": "A", "sk": "1", "list": [1]}
    table.write(Put(item))

    item["list"] = []
    there(table, A)["list"] = []

    assert there(table, A)["list"] == [1]


def test_a_strenum_is_stored_as_its_text_and_equals_it(table: Table) -> None:
    put(table, A, state=State.DUE)

    table.write(Update(A, set={"hit": 1}, when=(Equals("state", State.DUE), OneOf("state", (State.DUE,)))))

    assert type(there(table, A)["state"]) is str
    assert there(table, A)["hit"] == 1


@pytest.mark.parametrize("number", [2**60, -(2**63) - 1, 10**37 + 1, 10**38 - 1, -(10**38) + 1])
def test_integers_of_38_digits_are_exact(table: Table, number: int) -> None:
    put(table, A, n=number)
    table.write(Update(A, set={"again": number}))

    assert there(table, A)["n"] == there(table, A)["again"] == number


def test_a_sum_is_exact_beyond_what_a_float_can_hold(table: Table) -> None:
    put(table, A, n=2**60)

    table.write(Update(A, add={"n": 1}))

    assert there(table, A)["n"] == 2**60 + 1


# Update and Delete


def test_update_sets_adds_and_removes(table: Table) -> None:
    put(table, A, x=1, y=2, c=5)

    table.write(Update(A, set={"x": "new"}, add={"c": 2, "d": -1}, remove=("y", "never there")))

    assert table.get(A) == {"pk": "A", "sk": "1", "x": "new", "c": 7, "d": -1}


def test_update_creates_unless_told_not_to(table: Table) -> None:
    table.write(Update(A, add={"n": 1}))
    with pytest.raises(Lost):
        table.write(Update(B, set={"x": 1}, when=(Exists(),)))

    assert table.get(A) == {"pk": "A", "sk": "1", "n": 1}
    assert table.get(B) is None


def test_update_in_a_transaction_creates_too(table: Table) -> None:
    transact(table, Update(A, set={"x": 1}), Update(B, remove=("x",)))

    assert table.get(A) == {"pk": "A", "sk": "1", "x": 1}
    assert table.get(B) == {"pk": "B", "sk": "1"}


@pytest.mark.parametrize("found", ["text", True, None, [], {}])
def test_adding_to_what_is_no_number_is_refused(table: Table, found: Value) -> None:
    put(table, A, n=found)

    with pytest.raises(Refused):
        table.write(Update(A, add={"n": 1}))
    with pytest.raises(Refused):
        transact(table, Update(A, add={"n": 1}), Put({"pk": "B", "sk": "1"}))

    assert there(table, A)["n"] == found
    assert table.get(B) is None


def test_delete_can_have_a_condition(table: Table) -> None:
    put(table, A, s="x")

    with pytest.raises(Lost) as caught:
        table.write(Delete(A, when=(Equals("s", "y"),)))
    assert caught.value.positions == (0,)
    table.write(Delete(A, when=(Equals("s", "x"),)))

    assert table.get(A) is None


def test_deleting_nothing_is_no_error(table: Table) -> None:
    table.write(Delete(A))
    transact(table, Delete(A), Delete(B))


def test_put_if_missing_has_one_winner(table: Table) -> None:
    table.write(Put({"pk": "A", "sk": "1", "v": 1}, when=(Missing(),)))

    with pytest.raises(Lost):
        table.write(Put({"pk": "A", "sk": "1", "v": 2}, when=(Missing(),)))

    assert there(table, A)["v"] == 1


# Conditions

ALL_FOUR = (Exists(), Equals("s", "due"), Equals("v", 3), Lacks("suppressed"))
moto_thinks_true_is_1 = pytest.mark.moto_is_wrong("moto takes true for 1 and false for 0")
moto_cannot_compare = pytest.mark.moto_is_wrong("moto fails with a TypeError where a number is compared with text")


@pytest.mark.parametrize(
    ("item", "when", "holds"),
    [
        (None, (Missing(),), True),
        ({}, (Missing(),), False),
        ({}, (Exists(),), True),
        (None, (Exists(),), False),
        ({"s": "due"}, (Equals("s", "due"),), True),
        ({"s": "sent"}, (Equals("s", "due"),), False),
        ({}, (Equals("s", "due"),), False),
        (None, (Equals("s", "due"),), False),
        ({"s": None}, (Equals("s", "due"),), False),
        ({"s": ""}, (Equals("s", ""),), True),
        ({"s": "\U0001f381"}, (Equals("s", "\U0001f381"),), True),
        ({"n": 1}, (Equals("n", 1),), True),
        ({"n": 0}, (Equals("n", 0),), True),
        ({"n": 2**60 + 1}, (Equals("n", 2**60),), False),
        ({"n": 1}, (Equals("n", "1"),), False),
        ({"n": "1"}, (Equals("n", 1),), False),
        pytest.param({"n": True}, (Equals("n", 1),), False, marks=moto_thinks_true_is_1),
        pytest.param({"n": 1}, (Equals("n", True),), False, marks=moto_thinks_true_is_1),
        pytest.param({"n": 0}, (Equals("n", False),), False, marks=moto_thinks_true_is_1),
        ({"n": True}, (Equals("n", True),), True),
        ({"n": False}, (Equals("n", True),), False),
        ({"s": "a"}, (OneOf("s", ("a", "b")),), True),
        ({"s": "b"}, (OneOf("s", ("a", "b")),), True),
        ({"s": "c"}, (OneOf("s", ("a", "b")),), False),
        ({}, (OneOf("s", ("a", "b")),), False),
        (None, (OneOf("s", ("a", "b")),), False),
        ({"s": None}, (OneOf("s", ("a", "b")),), False),
        ({"s": 1}, (OneOf("s", ("1",)),), False),
        ({"s": "99"}, (OneOf("s", tuple(map(str, range(100)))),), True),
        ({"n": 4}, (Below("n", 5),), True),
        ({"n": 5}, (Below("n", 5),), False),
        ({"n": -5}, (Below("n", 0),), True),
        ({"n": 10}, (Below("n", 9),), False),
        ({"n": 9}, (Below("n", 10),), True),
        ({"n": -10}, (Below("n", -9),), True),
        ({"n": 2**60}, (Below("n", 2**60 + 1),), True),
        ({}, (Below("n", 5),), True),
        (None, (Below("n", 5),), True),
        pytest.param({"n": "4"}, (Below("n", 5),), False, marks=moto_cannot_compare),
        ({"n": None}, (Below("n", 5),), False),
        pytest.param({"n": True}, (Below("n", 5),), False, marks=moto_thinks_true_is_1),
        ({"x": None}, (Lacks("x"),), False),
        ({}, (Lacks("x"),), True),
        (None, (Lacks("x"),), True),
        ({"s": "due", "v": 3}, ALL_FOUR, True),
        ({"s": "due", "v": 3, "suppressed": 1}, ALL_FOUR, False),
        ({"s": "due", "v": 4}, ALL_FOUR, False),
    ],
)
def test_a_condition_means_the_same_everywhere(
    table: Table, item: dict[str, Value] | None, when: tuple[Condition, ...], *, holds: bool
) -> None:
    if item is not None:
        put(table, A, **item)

    assert wins(table, Check(A, when), Put({"pk": "B", "sk": "1"})) is holds
    assert wins(table, Update(A, set={"hit": 1}, when=when)) is holds

    assert (table.get(A) or {}).get("hit") == (1 if holds else None)
    assert (table.get(B) is not None) is holds


# Transactions


def test_a_transaction_writes_everything(table: Table) -> None:
    put(table, B, n=1)
    put(table, C)

    transact(
        table,
        Put({"pk": "A", "sk": "1"}, when=(Missing(),)),
        Update(B, add={"n": 1}),
        Delete(C),
        Check(D, (Missing(),)),
    )

    assert there(table, A)
    assert there(table, B)["n"] == 2
    assert table.get(C) is None
    assert table.get(D) is None


def test_a_lost_transaction_writes_nothing_and_names_every_loser(table: Table) -> None:
    put(table, A, s="due")
    put(table, B, s="sent")
    put(table, C, suppressed=1)

    with pytest.raises(Lost) as caught:
        transact(
            table,
            Update(A, set={"s": "x"}, when=(Equals("s", "due"),)),
            Update(B, set={"s": "x"}, when=(Equals("s", "due"),)),
            Check(C, (Lacks("suppressed"),)),
            Put({"pk": "D", "sk": "1"}),
            Delete(("E", "1"), when=(Exists(),)),
        )

    assert caught.value.positions == (1, 2, 4)
    assert there(table, A)["s"] == "due"
    assert table.get(D) is None


moto_forgets_tokens = pytest.mark.moto_is_wrong("moto does not look at the token")


@moto_forgets_tokens
def test_the_same_token_writes_once(table: Table) -> None:
    actions: list[Action] = [Update(A, add={"n": 1}), Put({"pk": "B", "sk": "1"}, when=(Missing(),))]
    once = token()

    table.transact(actions, once)
    table.transact(actions, once)

    assert there(table, A)["n"] == 1


@moto_forgets_tokens
def test_the_same_token_for_other_actions_is_refused(table: Table) -> None:
    once = token()
    table.transact([Update(A, add={"n": 1})], once)

    with pytest.raises(Refused):
        table.transact([Update(A, add={"n": 2})], once)

    assert there(table, A)["n"] == 1


def test_the_token_of_a_lost_transaction_may_be_tried_again(table: Table) -> None:
    actions: list[Action] = [Update(A, add={"n": 1}), Check(B, (Exists(),))]
    once = token()
    with pytest.raises(Lost):
        table.transact(actions, once)
    put(table, B)

    table.transact(actions, once)

    assert there(table, A)["n"] == 1


@pytest.mark.parametrize("unusable", ["", "x" * 37])
def test_a_token_has_1_to_36_characters(table: Table, unusable: str) -> None:
    with pytest.raises(Refused):
        table.transact([Put({"pk": "A", "sk": "1"})], unusable)

    table.transact([Put({"pk": "A", "sk": "1"})], "x" + token()[:31] + "xxxx")


def test_one_item_twice_is_refused(table: Table) -> None:
    with pytest.raises(Refused):
        transact(table, Update(A, add={"n": 1}), Check(A, (Missing(),)))


def test_100_actions_are_one_transaction_and_101_are_not(table: Table) -> None:
    transact(table, *(Put({"pk": f"K{n}", "sk": "1"}) for n in range(100)))
    with pytest.raises(Refused):
        transact(table, *(Put({"pk": f"L{n}", "sk": "1"}) for n in range(101)))
    with pytest.raises(Refused):
        transact(table)

    assert len(table.scan().items) == 100


# Limits: what can never be written is Refused, and nothing is written


@pytest.mark.parametrize(
    "impossible",
    [
        Put({"pk": "A", "sk": "1", "x": 1.5}),  # type: ignore[dict-item]
        Put({"pk": "A", "sk": "1", "x": [{"y": 1.0}]}),  # type: ignore[dict-item]
        Put({"pk": "A", "sk": "1", "x": b"bytes"}),  # type: ignore[dict-item]
        Put({"pk": "A", "sk": "1", "x": 10**38}),
        Put({"pk": "A", "sk": "1", "": "no name"}),
        Put({"pk": "A", "sk": "1", "x": {"": "no name"}}),
        Put({"pk": "A", "sk": "1", "x": "half a \ud83c surrogate pair"}),
        Put({"pk": "", "sk": "1"}),
        Put({"pk": "A", "sk": ""}),
        Put({"pk": "A"}),
        Put({"pk": "A", "sk": 1}),
        Put({"pk": "p" * 2049, "sk": "1"}),
        Put({"pk": "A", "sk": "é" * 513}),
        Put({"pk": "A", "sk": "1", "due_pk": "", "due_sk": "x"}),
        Put({"pk": "A", "sk": "1", "due_pk": 3, "due_sk": "x"}),
        Put({"pk": "A", "sk": "1", "due_pk": "x", "due_sk": None}),
        Put({"pk": "A", "sk": "1", "due_pk": "x", "due_sk": "s" * 1025}),
        Update(("A", ""), set={"x": 1}),
        Update(A),
        Update(A, set={"x": 0.5}),  # type: ignore[dict-item]
        Update(A, add={"x": 0.5}),  # type: ignore[dict-item]
        Update(A, set={"x": 10**38}),
        Update(A, set={"pk": "B"}),
        Update(A, remove=("sk",)),
        Update(A, set={"x": 1}, add={"x": 1}),
        Update(A, add={"x": 1}, remove=("x",)),
        Update(A, set={"due_sk": ""}),
        Update(A, set={"due_pk": 7}),
        Update(A, set={"x": 1}, when=(OneOf("s", ()),)),
        Update(A, set={"x": 1}, when=(OneOf("s", tuple(map(str, range(101)))),)),
        Delete(("", "1")),
    ],
    ids=str,
)
def test_the_impossible_is_refused(table: Table, impossible: Action) -> None:
    with pytest.raises(Refused):
        table.write(impossible)
    with pytest.raises(Refused):
        transact(table, Put({"pk": "B", "sk": "1"}), impossible)

    assert table.scan().items == []


def test_a_check_needs_company_and_a_condition(table: Table) -> None:
    with pytest.raises(Refused):
        table.write(Check(A, (Missing(),)))
    with pytest.raises(Refused):
        transact(table, Check(A, ()))


def test_no_item_has_an_empty_key(table: Table) -> None:
    with pytest.raises(Refused):
        table.get(("A", ""))
    with pytest.raises(Refused):
        table.get_many([A, ("", "1")])


@pytest.mark.moto_is_wrong("moto draws the line at 405,000 bytes, DynamoDB at 409,600")
def test_an_item_of_400_kb_fits_and_one_byte_more_does_not(table: Table) -> None:
    room = MAX_ITEM_BYTES - item_size({"pk": "A", "sk": "1", "x": ""})

    put(table, A, x="é" * (room // 2) + "a" * (room % 2))
    with pytest.raises(Refused):
        put(table, A, x="a" * (room + 1))

    assert item_size(there(table, A)) == MAX_ITEM_BYTES


def test_an_update_past_400_kb_is_refused(table: Table) -> None:
    put(table, A, x="a" * 300 * 1024)

    with pytest.raises(Refused):
        table.write(Update(A, set={"y": "a" * 200 * 1024}))
    with pytest.raises(Refused):
        transact(table, Update(A, set={"y": "a" * 200 * 1024}))

    assert "y" not in there(table, A)


# The index


def test_the_index_is_sparse_and_in_order(table: Table) -> None:
    for n in (3, 1, 2):
        stands_due(table, (f"F{n}", "1"), "DUE#0", f"2026-0{n}#F{n}")
    stands_due(table, ("G", "1"), "DUE#1", "2026-01#G")
    put(table, ("H", "1"))
    put(table, ("I", "1"), due_pk="DUE#0")
    put(table, ("J", "1"), due_sk="2026-01")

    assert due_keys(table) == [("F1", "1"), ("F2", "1"), ("F3", "1")]
    assert due_keys(table, high="2026-02~") == [("F1", "1"), ("F2", "1")]
    assert due_keys(table, low="2026-02", high="2026-03") == [("F2", "1")]
    assert due_keys(table, low="2026-03", high="2026-02") == []
    assert due_keys(table, high="") == []
    assert due_keys(table, "DUE#2") == []


def test_the_index_gives_keys_and_their_sort_only(table: Table) -> None:
    stands_due(table, A, "DUE#0", "2026-01#A")

    assert table.query_index(DUE, "DUE#0").entries == [Entry(A, "2026-01#A")]


def test_the_index_bounds_are_inclusive(table: Table) -> None:
    for sk in ("1", "2", "3"):
        stands_due(table, (sk, "1"), "DUE#0", sk)

    assert due_keys(table, low="1", high="2") == [("1", "1"), ("2", "1")]


def test_the_index_follows_the_item(table: Table) -> None:
    stands_due(table, A, "DUE#0", "1")

    table.write(Update(A, set={"due_sk": "5"}))
    assert due_keys(table, high="4") == []
    assert due_keys(table) == [A]
    transact(table, Update(A, set={"due_pk": "DUE#1"}))
    assert due_keys(table) == []
    assert due_keys(table, "DUE#1") == [A]
    table.write(Update(A, remove=("due_pk", "due_sk")))
    assert due_keys(table, "DUE#1") == []
    stands_due(table, A, "DUE#0", "1")
    put(table, A)
    assert due_keys(table) == []
    stands_due(table, A, "DUE#0", "1")
    table.write(Delete(A))
    assert due_keys(table) == []


def test_index_pages_give_each_line_once_though_sort_keys_are_equal(table: Table) -> None:
    keys = [(f"F{n:02}", "1") for n in range(25)]
    for n, key in enumerate(keys):
        stands_due(table, key, "DUE#0", f"{n // 5}")

    def ask(after: str | None) -> tuple[list[Entry], str | None]:
        page = table.query_index(DUE, "DUE#0", limit=7, after=after)
        assert len(page.entries) <= 7
        return page.entries, page.next

    entries, pages = all_pages(ask)
    assert sorted(entry.key for entry in entries) == keys
    assert [entry.sort for entry in entries] == sorted(entry.sort for entry in entries)
    assert pages == 4


def test_a_page_goes_on_though_its_last_line_is_gone(table: Table) -> None:
    for n in range(4):
        stands_due(table, (f"F{n}", "1"), "DUE#0", str(n))

    first = table.query_index(DUE, "DUE#0", limit=2)
    table.write(Delete(first.entries[-1].key))
    second = table.query_index(DUE, "DUE#0", limit=2, after=first.next)

    assert [entry.sort for entry in second.entries] == ["2", "3"]


# Partitions, pages and scans


def test_a_partition_is_read_by_prefix_and_page(table: Table) -> None:
    put_many(table, [("P", f"E#{n}") for n in range(9)] + [("P", "X"), ("Q", "E#1")])

    first = table.query("P", low="E#", high="E#~", limit=5)
    second = table.query("P", low="E#", high="E#~", limit=5, after=first.next)

    assert [item["sk"] for item in first.items + second.items] == [f"E#{n}" for n in range(9)]
    assert second.next is None


def test_bounds_are_inclusive_and_may_enclose_nothing(table: Table) -> None:
    put_many(table, [("P", str(n)) for n in range(5)])

    assert [item["sk"] for item in table.query("P", low="1", high="3").items] == ["1", "2", "3"]
    assert [item["sk"] for item in table.query("P", low="2", high="2").items] == ["2"]
    assert table.query("P", low="3", high="1").items == []
    assert table.query("P", high="").items == []
    assert table.query("nobody").items == []


@pytest.mark.parametrize("newest", [False, True])
def test_pages_give_each_item_once_in_either_direction(table: Table, newest: bool) -> None:
    keys = [("P", f"{n:02}") for n in range(23)]
    put_many(table, keys)

    def ask(after: str | None) -> tuple[list[Value], str | None]:
        page = table.query("P", limit=5, after=after, newest=newest)
        return [item["sk"] for item in page.items], page.next

    assert all_pages(ask) == (sorted((sk for _, sk in keys), reverse=newest), 5)


def test_sort_is_by_utf8_bytes(table: Table) -> None:
    put_many(table, [("P", sk) for sk in ("z", "\uffff", "\U0001f381", "é", "Z", "ab", "a", "a\x00b")])

    expected = ["Z", "a", "a\x00b", "ab", "z", "é", "\uffff", "\U0001f381"]
    assert [item["sk"] for item in table.query("P").items] == expected
    assert [item["sk"] for item in table.query("P", newest=True).items] == expected[::-1]
    assert [item["sk"] for item in table.query("P", low="é", high="\uffff").items] == ["é", "\uffff"]


def test_a_scan_gives_everything_once(table: Table) -> None:
    keys = [(f"P{n % 7}", f"{n:02}") for n in range(23)]
    put_many(table, keys, due_pk="DUE#0", due_sk="1")

    def ask(after: str | None) -> tuple[list[tuple[Value, Value]], str | None]:
        page = table.scan(limit=5, after=after)
        assert len(page.items) <= 5
        return [(item["pk"], item["sk"]) for item in page.items], page.next

    seen, pages = all_pages(ask)
    assert sorted(seen) == sorted(keys)
    assert pages == 5


@pytest.mark.parametrize("nonsense", ["", "x", "{}", "[]", "[1]", '["a","b","c","d"]', '[""]', "null"])
def test_a_page_mark_that_is_none_is_refused(table: Table, nonsense: str) -> None:
    with pytest.raises(Refused):
        table.query("P", after=nonsense)
    with pytest.raises(Refused):
        table.query_index(DUE, "P", after=nonsense)
    with pytest.raises(Refused):
        table.scan(after=nonsense)


@pytest.mark.parametrize("strong", [False, True])
def test_many_are_got_at_once_and_repeats_are_allowed(table: Table, strong: bool) -> None:
    keys = [(f"K{n}", "1") for n in range(220)]
    put_many(table, keys[:210], x="ü")

    found = table.get_many(keys + keys[:3], strong=strong)

    assert set(found) == set(keys[:210])
    assert found[keys[209]] == {"pk": "K209", "sk": "1", "x": "ü"}
    assert table.get_many([]) == {}


def test_ttl_is_an_ordinary_attribute_while_the_item_is_there(table: Table) -> None:
    put(table, A, ttl=4_000_000_000)

    table.write(Update(A, add={"ttl": 60}))

    assert there(table, A)["ttl"] == 4_000_000_060


# Which table this is


def test_a_table_is_the_same_whoever_opens_it(open_table: Callable[[str], Table]) -> None:
    first, again = open_table("one"), open_table("one")
    put(first, A, n=1)

    assert first.identity() == again.identity() == first.identity()
    assert len(first.identity()) >= 32


def test_another_table_has_another_identity(open_table: Callable[[str], Table]) -> None:
    one, other = open_table("one"), open_table("other")
    for table in (one, other):
        put(table, A, n=1)

    assert one.identity() != other.identity()
