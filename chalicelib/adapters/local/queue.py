"""Queues in one SQLite file: at least once, a message that is not done with comes again, after five tries it is set aside."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from chalicelib.adapters.local.sqlite_file import SqliteFile
from chalicelib.ports import Message

VISIBILITY_SECONDS = 60
TRIES = 5

_SCHEMA = """
create table if not exists message (
    id integer primary key, queue text not null, body text not null, visible_at real not null, receives integer not null default 0
);
create index if not exists by_queue on message (queue, visible_at);
"""


class Taken(Struct, frozen=True):
    """A message in hand, until `done` or its visibility ends."""

    id: int
    queue: str
    message: Message


class SqliteQueue:
    """ports.Queue, and the worker's side of it. One connection, one thread at a time: it is a hint's width of traffic."""

    def __init__(self, path: Path | str) -> None:
        self.woken = threading.Event()
        """Set by each put, for a worker in the same process to wait on."""
        self._file = SqliteFile(path, _SCHEMA)

    def close(self) -> None:
        """Done with the file."""
        self._file.close()

    def put(self, queue: str, body: Mapping[str, object]) -> None:
        """Queue one message."""
        with self._file.writing() as db:
            db.execute(
                "insert into message (queue, body, visible_at) values (?, ?, ?)",
                (queue, msgspec.json.encode(body).decode(), time.time()),
            )
        self.woken.set()

    def take(self, now: float | None = None) -> Taken | None:
        """The oldest message that waits, hidden from others for a minute. `now`: seconds since 1970."""
        at = time.time() if now is None else now
        with self._file.writing() as db:
            row = db.execute(
                "select id, queue, body, receives from message where visible_at <= ? and queue not like 'dead:%' order by id limit 1",
                (at,),
            ).fetchone()
            if row is None:
                return None
            id_, queue, body, receives = row
            db.execute(
                "update message set visible_at = ?, receives = ? where id = ?", (at + VISIBILITY_SECONDS, receives + 1, id_)
            )
        return Taken(id_, queue, Message(msgspec.json.decode(body), receives + 1))

    def done(self, taken: Taken) -> None:
        """It need not come again."""
        with self._file.writing() as db:
            db.execute("delete from message where id = ?", (taken.id,))

    def failed(self, taken: Taken) -> None:
        """It comes again at once, or is set aside after five tries."""
        queue = f"dead:{taken.queue}" if taken.message.receives >= TRIES else taken.queue
        with self._file.writing() as db:
            db.execute("update message set queue = ?, visible_at = ? where id = ?", (queue, time.time(), taken.id))

    def waiting(self) -> dict[str, int]:
        """How many messages each queue holds, those in hand and set aside included."""
        return dict(self._file.rows("select queue, count(*) from message group by queue"))
