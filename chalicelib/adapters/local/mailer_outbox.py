"""The outbox: where mail goes on a laptop. It plays the mail service, so it keeps what it accepted, and tells of it in events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from chalicelib.adapters.local.sqlite_file import SqliteFile
from chalicelib.domain.calendar import instant, stamp
from chalicelib.ports import EVENTS, Clock, Mail, Queue

RATE = 1000.0

_SCHEMA = """
create table if not exists mail (
    id text primary key, message_id text not null, accepted_at text not null, times integer not null, told integer not null, keep_until text not null, mail blob not null
);
create table if not exists event (id text not null, kind text not null, at text not null);
"""


class Kept(Struct, frozen=True):
    """One accepted mail. `id`: its follow-up's. `times`: how often it was handed in; more than once is a doubling."""

    id: str
    message_id: str
    accepted_at: datetime
    times: int
    mail: Mail


class Outbox:
    """ports.Mailer over one SQLite file, keyed by the follow-up's id. It knows itself what it took, so it needs no probe."""

    name, probe = "outbox", ""

    def __init__(self, path: Path | str, clock: Clock, queue: Queue) -> None:
        self._clock, self._queue = clock, queue
        self._file = SqliteFile(path, _SCHEMA)

    def close(self) -> None:
        """Done with the file."""
        self._file.close()

    def rate(self) -> float:
        """As good as no limit."""
        return RATE

    def await_turn(self) -> None:
        """At once."""

    def send(self, follow_up_id: str, mail: Mail) -> str:
        """Kept durably before it is answered; the event follows."""
        now = self._clock.now()
        message_id, at, keep_until = f"local-{follow_up_id}", stamp(now), stamp(now + timedelta(days=mail.kept_days))
        with self._file.writing() as db:
            db.execute(
                "insert into mail values (?, ?, ?, 1, 0, ?, ?) on conflict (id) do update set times = times + 1",
                (follow_up_id, message_id, at, keep_until, msgspec.json.encode(mail)),
            )
        self.tell(follow_up_id, "Send")
        return message_id

    def tell(self, follow_up_id: str, kind: str, **detail: object) -> None:
        """Queues an event as SES words it: `kind` Send, Delivery, Bounce or Complaint. Without such a mail nothing happens."""
        with self._file.writing() as db:
            row = db.execute("select message_id, accepted_at from mail where id = ?", (follow_up_id,)).fetchone()
            if row is None:
                return
            at = row[1] if kind == "Send" else stamp(self._clock.now())
            self._queue.put(EVENTS, _envelope(kind, row[0], follow_up_id, at, detail))
            db.execute("insert into event values (?, ?, ?)", (follow_up_id, kind, at))
            db.execute("update mail set told = 1 where id = ?", (follow_up_id,))

    def replay(self) -> int:
        """Tells again of what was accepted but perhaps never told, because the process died in between. How many."""
        untold = [str(row[0]) for row in self._file.rows("select id from mail where told = 0")]
        for id_ in untold:
            self.tell(id_, "Send")
        return len(untold)

    def sweep(self, now: datetime) -> int:
        """Forgets what has been kept long enough. How many."""
        with self._file.writing() as db:
            db.execute("delete from event where id in (select id from mail where keep_until < ?)", (stamp(now),))
            return db.execute("delete from mail where keep_until < ?", (stamp(now),)).rowcount

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        with self._file.writing() as db:
            for table in ("event", "mail"):
                db.executemany(f"delete from {table} where id = ?", [(id_,) for id_ in follow_up_ids])  # noqa: S608 - both are ours

    def all(self) -> list[Kept]:
        """Every mail, oldest first."""
        return self._kept("select id, message_id, accepted_at, times, mail from mail order by accepted_at, rowid")

    def get(self, follow_up_id: str) -> Kept | None:
        """One mail, or None."""
        found = self._kept("select id, message_id, accepted_at, times, mail from mail where id = ?", follow_up_id)
        return found[0] if found else None

    def events(self, follow_up_id: str) -> list[tuple[str, datetime]]:
        """What was told of a mail: kind and time."""
        rows = self._file.rows("select kind, at from event where id = ? order by rowid", (follow_up_id,))
        return [(kind, instant(at)) for kind, at in rows]

    def _kept(self, statement: str, *values: str) -> list[Kept]:
        rows = self._file.rows(statement, values)
        return [
            Kept(id_, message_id, instant(at), times, msgspec.json.decode(mail, type=Mail))
            for id_, message_id, at, times, mail in rows
        ]


def _envelope(kind: str, message_id: str, follow_up_id: str, at: str, detail: dict[str, object]) -> dict[str, object]:
    told = {"timestamp": at, **detail}
    return {
        "detail": {
            "eventType": kind,
            "mail": {"messageId": message_id, "timestamp": at, "tags": {"follow_up": [follow_up_id]}},
            kind.lower(): told,
        }
    }
