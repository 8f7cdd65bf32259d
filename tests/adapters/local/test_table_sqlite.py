"""What SQLite promises beyond the contract: honest races, whole reads, a memory for tokens, files that outlive their process."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.local import table_sqlite
from chalicelib.adapters.local.table_sqlite import TOKEN_SECONDS, SqliteTable, copy_file
from chalicelib.errors import Busy, Lost, Misconfigured, Refused
from chalicelib.table import (
    DUE,
    INDEXES,
    Action,
    Below,
    Check,
    Delete,
    Equals,
    Exists,
    Item,
    Key,
    Lacks,
    Missing,
    OneOf,
    Put,
    Update,
    apply,
    checked,
    checked_all,
    checked_write,
    holds,
)

A, B = ("A", "1"), ("B", "1")
THREADS, ROUNDS = 16, 40
tokens = (f"token-{n}" for n in count())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "courtesy.db"


@pytest.fixture
def table(path: Path) -> Iterator[SqliteTable]:
    with SqliteTable(path) as table:
        yield table


def race(threads: int, rounds: int, attempt: Callable[[int, int], None]) -> list[list[int]]:
    """Let all threads attempt(round, thread) at once, round after round; who won each."""
    start = threading.Barrier(threads)

    def run(thread: int) -> list[bool]:
        won = []
        for turn in range(rounds):
            start.wait(30)
            try:
                attempt(turn, thread)
                won.append(True)
            except Lost:
                won.append(False)
        return won

    with ThreadPoolExecutor(threads) as pool:
        outcomes = list(pool.map(run, range(threads)))
    return [[thread for thread in range(threads) if outcomes[thread][turn]] for turn in range(rounds)]


# Races


def test_put_if_missing_has_exactly_one_winner(table: SqliteTable) -> None:
    def attempt(turn: int, thread: int) -> None:
        table.write(Put({"pk": "R", "sk": str(turn), "by": thread}, when=(Missing(),)))

    winners = race(THREADS, ROUNDS, attempt)

    assert [len(won) for won in winners] == [1] * ROUNDS
    assert [item["by"] for n in range(ROUNDS) if (item := table.get(("R", str(n))))] == [won[0] for won in winners]


def test_of_rival_transactions_exactly_one_writes_and_writes_all(table: SqliteTable) -> None:
    def attempt(turn: int, thread: int) -> None:
        # in opposite orders, so that lock order could matter
        puts = [Put({"pk": pk, "sk": str(turn), "by": thread}, when=(Missing(),)) for pk in ("R", "S")]
        table.transact(puts[:: 1 if thread % 2 else -1], f"{turn}-{thread}")

    winners = race(THREADS, ROUNDS, attempt)

    assert [len(won) for won in winners] == [1] * ROUNDS
    for pk in ("R", "S"):
        assert [item["by"] for n in range(ROUNDS) if (item := table.get((pk, str(n))))] == [won[0] for won in winners]


def test_separate_openings_of_one_file_race_as_processes_would(path: Path) -> None:
    tables = [SqliteTable(path) for _ in range(4)]

    def attempt(turn: int, thread: int) -> None:
        tables[thread].write(Put({"pk": "R", "sk": str(turn)}, when=(Missing(),)))

    winners = race(4, 20, attempt)
    for table in tables:
        table.close()

    assert [len(won) for won in winners] == [1] * 20


def test_concurrent_sums_lose_nothing(table: SqliteTable) -> None:
    race(8, 25, lambda _turn, _thread: table.write(Update(A, add={"n": 1})))

    assert table.get(A) == {"pk": "A", "sk": "1", "n": 200}


def test_one_token_in_many_threads_writes_once(table: SqliteTable) -> None:
    race(8, 10, lambda turn, _thread: table.transact([Update(A, add={"n": 1})], f"round-{turn}"))

    assert table.get(A) == {"pk": "A", "sk": "1", "n": 10}


def test_no_read_sees_half_of_a_transaction(table: SqliteTable) -> None:
    done = threading.Event()
    pair = [("P", "1"), ("P", "2")]

    def write() -> None:
        for n in range(200):
            table.transact([Put({"pk": pk, "sk": sk, "n": n}) for pk, sk in pair], f"{n}")
        done.set()

    def read() -> tuple[int, int]:
        reads = torn = 0
        while not done.is_set():
            for items in (list(table.get_many(pair).values()), table.query("P").items, table.scan().items):
                reads, torn = reads + 1, torn + (len({item["n"] for item in items}) > 1)
        return reads, torn

    with ThreadPoolExecutor(4) as pool:
        writing, *reading = [pool.submit(write), *(pool.submit(read) for _ in range(3))]
        writing.result()
        found = [future.result() for future in reading]

    assert sum(torn for _, torn in found) == 0
    assert sum(reads for reads, _ in found) > 20


def test_many_can_open_a_new_file_at_once(path: Path) -> None:
    identities = []
    for n in range(10):
        fresh = path.with_name(f"{n}.db")

        def open_it(_: int, fresh: Path = fresh) -> str:
            with SqliteTable(fresh) as table:
                return table.identity()

        with ThreadPoolExecutor(8) as pool:
            identities.append(set(pool.map(open_it, range(8))))

    assert [len(same) for same in identities] == [1] * 10


# Files, connections, processes


def test_what_was_written_is_there_after_reopening(path: Path) -> None:
    with SqliteTable(path) as table:
        table.write(Put({"pk": "A", "sk": "1", "n": 2**70}))
        identity = table.identity()

    with SqliteTable(str(path)) as table:
        assert table.get(A) == {"pk": "A", "sk": "1", "n": 2**70}
        assert table.identity() == identity


def test_each_file_has_an_identity_of_its_own(path: Path) -> None:
    with SqliteTable(path) as one, SqliteTable(":memory:") as other:
        assert len(other.identity()) == 32
        assert one.identity() != other.identity()


def test_a_copy_is_whole_and_has_an_identity_of_its_own(path: Path) -> None:
    copied = path.with_name("copy.db")
    with SqliteTable(path) as table:
        for n in range(300):
            table.write(Put({"pk": "A", "sk": f"{n:03}", "text": "x" * 1000, "due_pk": "DUE#0", "due_sk": f"{n:03}"}))
        identity = table.identity()

        table.copy_to(copied)

        assert table.identity() == identity
        with SqliteTable(copied) as copy:
            assert copy.scan().items == table.scan().items
            assert copy.query_index(DUE, "DUE#0", limit=300) == table.query_index(DUE, "DUE#0", limit=300)
            assert copy.identity() != identity
            assert copied.stat().st_mode & 0o077 == 0
        with pytest.raises(FileExistsError):
            table.copy_to(copied)


def test_a_copy_is_as_of_one_moment_while_others_write(path: Path) -> None:
    with SqliteTable(path) as table, ThreadPoolExecutor(1) as pool:
        done = threading.Event()

        def write() -> None:
            n = 0
            while not done.is_set():
                n += 1
                table.transact([Put({"pk": pk, "sk": "1", "n": n, "text": "x" * 4000}) for pk in ("P", "Q")], f"{n}")

        writing = pool.submit(write)
        for n in range(5):
            table.copy_to(path.with_name(f"{n}.db"))
        done.set()
        writing.result()

    for n in range(5):
        with SqliteTable(path.with_name(f"{n}.db")) as copy:
            assert len({item["n"] for item in copy.scan().items}) <= 1


def test_a_redrawn_identity_stays_and_changes_nothing_else(path: Path) -> None:
    with SqliteTable(path) as table:
        table.write(Put({"pk": "A", "sk": "1"}))
        before = table.identity()

        table.redraw_identity()

        redrawn = table.identity()
        assert redrawn != before
        assert len(redrawn) == len(before)
    with SqliteTable(path) as table:
        assert table.identity() == redrawn
        assert table.get(A) == {"pk": "A", "sk": "1"}


def test_a_file_held_by_another_process_means_busy(path: Path) -> None:
    with SqliteTable(path, patience=0.05) as table:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("begin immediate")

        with pytest.raises(Busy):
            table.write(Put({"pk": "A", "sk": "1"}))
        assert table.get(A) is None, "readers need not wait"
        holder.execute("rollback")
        holder.close()
        table.write(Put({"pk": "A", "sk": "1"}))

        assert table.get(A)


def test_a_thread_that_holds_the_table_means_busy(path: Path) -> None:
    with SqliteTable(path, patience=0.05) as table, table._turn, pytest.raises(Busy):
        table.write(Put({"pk": "A", "sk": "1"}))


def test_what_is_no_conflict_is_not_called_busy(path: Path) -> None:
    path.mkdir()

    with pytest.raises(sqlite3.OperationalError):
        SqliteTable(path)


def test_a_failed_write_leaves_the_table_usable(table: SqliteTable) -> None:
    table.write(Put({"pk": "A", "sk": "1", "n": "text"}))
    for failure in (Update(A, add={"n": 1}), Update(A, set={"x": 1}, when=(Missing(),))):
        with pytest.raises((Refused, Lost)):
            table.transact([Put({"pk": "B", "sk": "1"}), failure], next(tokens))

    table.write(Update(A, set={"n": 1}))

    assert table.get(A) == {"pk": "A", "sk": "1", "n": 1}
    assert table.get(B) is None


def test_connections_of_ended_threads_are_closed(table: SqliteTable) -> None:
    for _ in range(5):
        thread = threading.Thread(target=table.get, args=(A,))
        thread.start()
        thread.join()

    assert len(table._open) <= 2


def test_a_closed_table_keeps_nothing_open(path: Path) -> None:
    table = SqliteTable(path)
    table.write(Put({"pk": "A", "sk": "1"}))

    table.close()

    assert [file.name for file in path.parent.iterdir()] == [path.name], "the log was folded into the file"
    with pytest.raises(sqlite3.ProgrammingError):
        table.get(A)


def test_every_commit_is_on_the_disk(table: SqliteTable) -> None:
    assert table._db.execute("pragma journal_mode").fetchone() == ("wal",)
    assert table._db.execute("pragma synchronous").fetchone() == (2,)


def test_a_table_in_memory_serves_one_thread_only() -> None:
    with SqliteTable(":memory:") as table, ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError):
        pool.submit(table.write, Put({"pk": "A", "sk": "1"})).result()


def test_every_index_is_answered_from_the_index_alone(table: SqliteTable) -> None:
    assert table_sqlite._ENTRIES.keys() == INDEXES.keys()
    for statement in table_sqlite._ENTRIES.values():
        plan = table._db.execute(f"explain query plan {statement}", ("DUE#0", "", "~", "", "", "", 10)).fetchall()
        assert [step[-1] for step in plan] == ["SEARCH item USING COVERING INDEX due (due_pk=? AND due_sk>? AND due_sk<?)"]


# Time


def test_sweep_deletes_what_is_past_its_ttl(table: SqliteTable) -> None:
    for n, ttl in enumerate((1, 99, 100, 2**70, "1", None)):
        table.write(Put({"pk": "T", "sk": str(n), "ttl": ttl, "due_pk": "DUE#0", "due_sk": str(n)}))
    table.write(Put({"pk": "T", "sk": "6"}))

    assert table.sweep(100) == 2

    assert [item["sk"] for item in table.query("T").items] == ["2", "3", "4", "5", "6"]
    assert [entry.sort for entry in table.query_index(DUE, "DUE#0").entries] == ["2", "3", "4", "5"]


def test_a_token_is_remembered_for_ten_minutes(path: Path) -> None:
    now = 1_000_000.0
    with SqliteTable(path, clock=lambda: now) as table:
        once = [Update(A, add={"n": 1})]
        table.transact(once, "same")
        now += TOKEN_SECONDS
        table.transact(once, "same")
        assert table.get(A) == {"pk": "A", "sk": "1", "n": 1}

        now += 1
        table.transact(once, "same")

        assert table.get(A) == {"pk": "A", "sk": "1", "n": 2}


def test_a_clock_set_back_forgets_no_token(path: Path) -> None:
    now = 1_000_000.0
    with SqliteTable(path, clock=lambda: now) as table:
        table.transact([Update(A, add={"n": 1})], "same")
        now -= 100_000
        table.transact([Update(A, add={"n": 1})], "same")

        assert table.get(A) == {"pk": "A", "sk": "1", "n": 1}


def test_a_token_outlives_its_process(path: Path) -> None:
    for _ in range(2):
        with SqliteTable(path) as table:
            table.transact([Update(A, add={"n": 1})], "same")

            assert table.get(A) == {"pk": "A", "sk": "1", "n": 1}


def test_old_tokens_do_not_pile_up(path: Path) -> None:
    now = 1_000_000.0
    with SqliteTable(path, clock=lambda: now) as table:
        for n in range(100):
            table.transact([Update(A, add={"n": 1})], f"early-{n}")
        now += TOKEN_SECONDS + 1
        for n in range(60):
            table.transact([Update(A, add={"n": 1})], f"late-{n}")

        assert table._db.execute("select count(*) from token").fetchone() == (60,)


# The meaning of actions is table.apply and table.holds, whatever comes in whatever order

keys = st.sampled_from([("A", "1"), ("A", "2"), ("B", "1")])
names = st.sampled_from(["a", "b", "due_pk", "due_sk"])
values = st.one_of(
    st.text(max_size=3), st.integers(-3, 3), st.integers(2**63, 2**65), st.booleans(), st.none(), st.lists(st.text(max_size=1))
)
attributes = st.dictionaries(names, values, max_size=3)
conditions = st.lists(
    st.one_of(
        st.builds(Exists),
        st.builds(Missing),
        st.builds(Lacks, names),
        st.builds(Equals, names, st.one_of(st.text(max_size=1), st.integers(0, 1), st.booleans())),
        st.builds(OneOf, names, st.lists(st.text(max_size=1), max_size=2).map(tuple)),
        st.builds(Below, names, st.integers(-1, 3)),
    ),
    max_size=1,
).map(tuple)
puts = st.builds(lambda key, item, when: Put({"pk": key[0], "sk": key[1], **item}, when), keys, attributes, conditions)
updates = st.builds(
    Update,
    keys,
    attributes,
    st.dictionaries(names, st.integers(-2, 2), max_size=1),
    st.lists(names, max_size=1).map(tuple),
    conditions,
)
deletes = st.builds(Delete, keys, conditions)
checks = st.builds(Check, keys, conditions)
writes = st.one_of(puts, updates, deletes)
transactions = st.lists(st.one_of(puts, updates, deletes, checks), min_size=1, max_size=3)


class Model:
    """The same as a table, in a dict."""

    def __init__(self) -> None:
        self.items: dict[Key, Item] = {}

    def commit(self, actions: list[Action]) -> None:
        before = [self.items.get(action.key) for action in actions]
        pairs = list(zip(actions, before, strict=True))
        if lost := tuple(n for n, (action, item) in enumerate(pairs) if not holds(item, action.when)):
            raise Lost(lost)
        after = {action.key: apply(item, action) for action, item in pairs}
        for item in after.values():
            if item is not None:
                checked(item)
        self.items = {key: item for key, item in {**self.items, **after}.items() if item is not None}

    def due(self) -> list[tuple[str, str, Key]]:
        lines = [(item.get("due_pk"), item.get("due_sk"), key) for key, item in self.items.items()]
        return sorted((pk, sk, key) for pk, sk, key in lines if isinstance(pk, str) and isinstance(sk, str))


def outcome(commit: Callable[[], None]) -> str:
    try:
        commit()
    except (Lost, Refused) as error:
        return repr(error)
    return "written"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(writes, transactions), max_size=12))
def test_any_sequence_of_actions_does_what_the_model_says(steps: list[Action | list[Action]]) -> None:
    model = Model()

    def in_the_model(step: Action | list[Action]) -> None:
        if isinstance(step, list):
            checked_all(step, "token")
            model.commit(step)
        else:
            checked_write(step)
            model.commit([step])

    with SqliteTable(":memory:") as table:
        for step in steps:
            expected = outcome(lambda step=step: in_the_model(step))  # type: ignore[misc]
            if isinstance(step, list):
                found = outcome(lambda step=step: table.transact(step, next(tokens)))  # type: ignore[misc]
            else:
                found = outcome(lambda step=step: table.write(step))  # type: ignore[misc]
            assert found == expected

        assert table.get_many([("A", "1"), ("A", "2"), ("B", "1")]) == model.items
        assert table.scan().items == [item for _, item in sorted(model.items.items())]
        assert table.query("A").items == [item for key, item in sorted(model.items.items()) if key[0] == "A"]
        for due_pk in {pk for pk, _, _ in model.due()}:
            lines = [(due_pk, entry.sort, entry.key) for entry in table.query_index(DUE, due_pk).entries]
            assert lines == [line for line in model.due() if line[0] == due_pk]


@pytest.mark.parametrize("content", [b"", b"no database at all", None])
def test_what_is_no_table_is_not_copied_and_left_as_it_is(path: Path, content: bytes | None) -> None:
    if content is None:
        sqlite3.connect(path).close()
        with closing(sqlite3.connect(path)) as foreign:
            foreign.execute("create table fact (name text, value text)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(Misconfigured, match="is no whole copy of a table"):
        copy_file(path, path.with_name("copy.db"))
    assert path.read_bytes() == before
    assert not path.with_name("copy.db").exists()
