"""The local queue: at least once, in order, and what cannot be done is set aside where it is seen."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chalicelib.adapters.local.queue import TRIES, VISIBILITY_SECONDS, SqliteQueue
from chalicelib.ports import DUE_NOW, EVENTS, WEBHOOKS, Message, Queue


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def queue(path: Path) -> Iterator[SqliteQueue]:
    made = SqliteQueue(path)
    yield made
    made.close()


def test_it_is_a_queue(queue: SqliteQueue) -> None:
    port: Queue = queue
    port.put(DUE_NOW, {})
    assert queue.waiting() == {DUE_NOW: 1}


def test_a_message_comes_out_as_it_was_put(queue: SqliteQueue) -> None:
    body = {"note": 'Ünïcode "quoted"\n', "detail": {"tags": {"follow_up": ["a-b"]}}}
    queue.put(EVENTS, body)
    taken = queue.take()
    assert taken is not None
    assert (taken.queue, taken.message) == (EVENTS, Message(body, receives=1))


def test_an_empty_queue_gives_nothing(queue: SqliteQueue) -> None:
    assert queue.take() is None


def test_messages_come_in_the_order_of_putting(queue: SqliteQueue) -> None:
    for n in range(5):
        queue.put((DUE_NOW, WEBHOOKS)[n % 2], {"n": n})
    found = []
    while (taken := queue.take()) is not None:
        found.append(taken.message.body["n"])
        queue.done(taken)
    assert found == [0, 1, 2, 3, 4]


def test_a_message_in_hand_is_hidden_from_others(queue: SqliteQueue) -> None:
    now = time.time()
    queue.put(DUE_NOW, {})
    assert queue.take(now + 1) is not None
    assert queue.take(now + VISIBILITY_SECONDS) is None


def test_a_message_not_done_with_comes_again(queue: SqliteQueue) -> None:
    now = time.time()
    queue.put(DUE_NOW, {"n": 1})
    first = queue.take(now + 1)
    again = queue.take(now + 2 + VISIBILITY_SECONDS)
    assert first is not None
    assert again is not None
    assert (again.id, again.message) == (first.id, Message({"n": 1}, receives=2))


def test_what_is_done_never_comes_again(queue: SqliteQueue) -> None:
    queue.put(DUE_NOW, {})
    taken = queue.take()
    assert taken is not None
    queue.done(taken)
    assert queue.take(time.time() + 10 * VISIBILITY_SECONDS) is None
    assert queue.waiting() == {}


def test_after_five_failures_it_is_set_aside(queue: SqliteQueue) -> None:
    queue.put(WEBHOOKS, {"n": 1})
    queue.put(WEBHOOKS, {"n": 2})
    for _ in range(TRIES):
        taken = queue.take()
        assert taken is not None
        assert taken.message.body == {"n": 1}
        queue.failed(taken)
    assert queue.waiting() == {WEBHOOKS: 1, f"dead:{WEBHOOKS}": 1}
    behind = queue.take(time.time() + 10 * VISIBILITY_SECONDS)
    assert behind is not None
    assert behind.message.body == {"n": 2}


def test_a_put_wakes_who_waits(queue: SqliteQueue) -> None:
    assert not queue.woken.is_set()
    queue.put(DUE_NOW, {})
    assert queue.woken.is_set()


def test_messages_survive_closing_and_opening(path: Path) -> None:
    first = SqliteQueue(path)
    first.put(DUE_NOW, {"n": 1})
    assert first.take() is not None
    first.put(DUE_NOW, {"n": 2})
    first.close()
    again = SqliteQueue(path)
    taken = again.take()
    hidden = again.take(time.time() + 1 + VISIBILITY_SECONDS)
    again.close()
    assert taken is not None
    assert hidden is not None
    assert [taken.message.body, hidden.message] == [{"n": 2}, Message({"n": 1}, receives=2)]


def test_messages_survive_the_death_of_their_process(path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from chalicelib.adapters.local.queue import SqliteQueue;"
        "SqliteQueue(Path(sys.argv[1])).put('due-now', {'n': 1}); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    queue = SqliteQueue(path)
    taken = queue.take()
    queue.close()
    assert taken is not None
    assert taken.message.body == {"n": 1}


def test_each_message_goes_to_one_of_many_takers(queue: SqliteQueue) -> None:
    for n in range(60):
        queue.put(DUE_NOW, {"n": n})

    def work(_: int) -> list[object]:
        mine: list[object] = []
        while (taken := queue.take()) is not None:
            mine.append(taken.message.body["n"])
            queue.done(taken)
        return mine

    with ThreadPoolExecutor(6) as threads:
        found = [n for mine in threads.map(work, range(6)) for n in mine]
    assert sorted(map(str, found)) == sorted(map(str, range(60)))
