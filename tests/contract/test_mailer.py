"""The outbox plays the mail service: what it took it keeps, counts and tells of, even when it dies in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from chalicelib.adapters.local.mailer_outbox import Outbox
from chalicelib.adapters.local.queue import SqliteQueue
from chalicelib.adapters.ses_events import read
from chalicelib.domain.delivery import ACCEPTED, BOUNCED, COMPLAINED, DELIVERED
from chalicelib.ports import EVENTS, Mail, Mailer
from tests.support.watched import Crash
from tests.support.world import NOON, StillClock

MAIL = Mail(
    to="ruth.okafor@example.com",
    sender='"Pellow & Wren" <hello@pellow-wren.example>',
    reply_to="morwenna@pellow-wren.example",
    subject="Grüße",
    text="Hello\n",
    html="<p>Hello</p>",
    stream="courtesy",
    headers=(("Auto-Submitted", "auto-generated"),),
    kept_days=30,
)


@pytest.fixture
def queue() -> Iterator[SqliteQueue]:
    made = SqliteQueue(":memory:")
    yield made
    made.close()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def outbox(tmp_path: Path, clock: StillClock, queue: SqliteQueue) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db", clock, queue)
    yield made
    made.close()


def told(queue: SqliteQueue) -> list[tuple[str, str, bool]]:
    """The events in the queue, as the worker reads them."""
    found = []
    while (taken := queue.take()) is not None:
        assert taken.queue == EVENTS
        event = read(taken.message.body)
        assert event is not None
        found.append((event.kind, event.follow_up_id, event.permanent))
        queue.done(taken)
    return found


def test_it_is_a_mailer(outbox: Outbox) -> None:
    port: Mailer = outbox
    assert port.send("p-1", MAIL) == "local-p-1"


def test_a_mail_is_kept_as_it_was_handed_over(outbox: Outbox) -> None:
    outbox.send("p-1", MAIL)
    kept = outbox.get("p-1")
    assert kept is not None
    assert (kept.id, kept.mail, kept.accepted_at, kept.times) == ("p-1", MAIL, NOON, 1)
    assert outbox.get("p-2") is None


def test_a_mail_handed_over_twice_is_counted_twice(outbox: Outbox) -> None:
    outbox.send("p-1", MAIL)
    outbox.send("p-1", MAIL)
    outbox.send("p-2", MAIL)
    assert [(kept.id, kept.times) for kept in outbox.all()] == [("p-1", 2), ("p-2", 1)]


def test_each_acceptance_is_told(outbox: Outbox, queue: SqliteQueue) -> None:
    outbox.send("p-1", MAIL)
    assert told(queue) == [(ACCEPTED, "p-1", False)]
    assert outbox.events("p-1") == [("Send", NOON)]


@pytest.mark.parametrize(
    ("kind", "detail", "event"),
    [
        ("Delivery", {}, (DELIVERED, "p-1", False)),
        ("Bounce", {"bounceType": "Permanent"}, (BOUNCED, "p-1", True)),
        ("Bounce", {"bounceType": "Transient"}, (BOUNCED, "p-1", False)),
        ("Complaint", {}, (COMPLAINED, "p-1", False)),
    ],
)
def test_events_read_as_the_mail_services_own(
    outbox: Outbox, queue: SqliteQueue, kind: str, detail: Mapping[str, object], event: tuple[str, str, bool]
) -> None:
    outbox.send("p-1", MAIL)
    outbox.tell("p-1", kind, **detail)
    assert told(queue) == [(ACCEPTED, "p-1", False), event]


def test_nothing_is_told_of_an_unknown_mail(outbox: Outbox, queue: SqliteQueue) -> None:
    outbox.tell("p-1", "Bounce", bounceType="Permanent")
    assert told(queue) == []


class DyingQueue:
    """Dies when it is told something, before or after it kept it."""

    def __init__(self, queue: SqliteQueue, *, keeps: bool) -> None:
        self._queue, self._keeps = queue, keeps

    def put(self, queue: str, body: Mapping[str, object]) -> None:
        if self._keeps:
            self._queue.put(queue, body)
        raise Crash


@pytest.mark.parametrize("keeps", [False, True])
def test_what_was_taken_but_not_told_is_told_again(tmp_path: Path, clock: StillClock, queue: SqliteQueue, keeps: bool) -> None:
    dying = Outbox(tmp_path / "outbox.db", clock, DyingQueue(queue, keeps=keeps))
    with pytest.raises(Crash):
        dying.send("p-1", MAIL)
    dying.close()

    outbox = Outbox(tmp_path / "outbox.db", clock, queue)
    assert outbox.replay() == 1
    assert set(told(queue)) == {(ACCEPTED, "p-1", False)}
    assert outbox.replay() == 0
    assert [kept.times for kept in outbox.all()] == [1]
    outbox.close()


def test_mails_survive_closing_and_opening(tmp_path: Path, clock: StillClock, queue: SqliteQueue) -> None:
    first = Outbox(tmp_path / "outbox.db", clock, queue)
    first.send("p-1", MAIL)
    first.close()
    again = Outbox(tmp_path / "outbox.db", clock, queue)
    assert [kept.mail for kept in again.all()] == [MAIL]
    again.close()


def test_each_mail_is_kept_its_own_time(outbox: Outbox, clock: StillClock) -> None:
    outbox.send("p-1", MAIL)
    outbox.send("p-2", msgspec.structs.replace(MAIL, kept_days=90))
    clock.move(timedelta(days=30))
    assert outbox.sweep(clock.now()) == 0
    clock.move(timedelta(seconds=1))
    assert outbox.sweep(clock.now()) == 1
    assert [kept.id for kept in outbox.all()] == ["p-2"]
    assert outbox.events("p-1") == []


def test_mails_come_oldest_first(outbox: Outbox, clock: StillClock) -> None:
    for id_ in ("p-3", "p-1", "p-2"):
        outbox.send(id_, MAIL)
        clock.move(timedelta(seconds=1))
    assert [kept.id for kept in outbox.all()] == ["p-3", "p-1", "p-2"]
