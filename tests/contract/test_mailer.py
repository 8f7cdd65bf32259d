"""Both mailers of one machine, asked the same: the outbox, and an SMTP server.

The outbox also plays the mail service: what it took it keeps, counts and tells of, even when it dies in between.
"""

from __future__ import annotations

import email
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec
import pytest

from chalicelib.adapters.local.mailer_outbox import Outbox
from chalicelib.adapters.local.mailer_smtp import SmtpMailer
from chalicelib.adapters.local.queue import SqliteQueue
from chalicelib.adapters.ses_events import read
from chalicelib.domain.delivery import ACCEPTED, BOUNCED, COMPLAINED, DELIVERED
from chalicelib.domain.headers import headers_for
from chalicelib.ports import EVENTS, Mail, Mailer
from tests.support.smtp_sink import Sink, sinking
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
    headers=headers_for("thank-you", "courtesy", "hello@pellow-wren.example", "https://shop.example/api/stop?t=" + "k1.x.y" * 30),
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


Taken = Callable[[], list[tuple[str, Mail]]]


@pytest.fixture(params=["outbox", "smtp"])
def asked(request: pytest.FixtureRequest, outbox: Outbox) -> Iterator[tuple[Mailer, Taken]]:
    """A mailer, and what reached the other end: follow-up ids and mails, in order."""
    if request.param == "outbox":
        yield outbox, lambda: [(kept.id, kept.mail) for kept in outbox.all() for _ in range(kept.times)]
        return
    with sinking() as sink, closing(SmtpMailer(f"smtp://127.0.0.1:{sink.port}")) as mailer:
        yield mailer, lambda: arrived(sink)


def arrived(sink: Sink) -> list[tuple[str, Mail]]:
    """As a mail program reads them. What does not travel is taken as sent."""
    return [(one.follow_up, read_back(one.to, one.message)) for one in sink.accepted]


def read_back(to: str, raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert message["to"] == to
    (sender,) = message["from"].addresses
    headers = tuple((name, message[name]) for name, _ in MAIL.headers)
    return msgspec.structs.replace(
        MAIL,
        to=to,
        sender=f'"{sender.display_name}" <{sender.addr_spec}>',
        reply_to=message["reply-to"],
        subject=message["subject"],
        text=text.get_content().replace("\r\n", "\n"),
        html=html.get_content(),
        headers=headers,
    )


# --- asked of both ---


def test_a_mail_arrives_as_it_was_handed_over(asked: tuple[Mailer, Taken]) -> None:
    mailer, taken = asked
    mailer.send("p-1", MAIL)
    assert taken() == [("p-1", MAIL)]


def test_each_call_hands_over_one_mail(asked: tuple[Mailer, Taken]) -> None:
    mailer, taken = asked
    for id_ in ("p-1", "p-1", "p-2"):
        mailer.send(id_, MAIL)
    assert [id_ for id_, _ in taken()] == ["p-1", "p-1", "p-2"]


def test_each_follow_up_has_a_message_id_of_its_own(asked: tuple[Mailer, Taken]) -> None:
    mailer, _ = asked
    first, second = mailer.send("p-1", MAIL), mailer.send("p-2", MAIL)
    assert first
    assert second
    assert first != second


def test_ordinary_mail_need_not_wait_for_its_turn(asked: tuple[Mailer, Taken]) -> None:
    mailer, _ = asked
    began = time.monotonic()
    mailer.await_turn()
    assert time.monotonic() - began < 1
    assert mailer.rate() > 1
    assert mailer.probe == ""


# --- the outbox alone ---


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
