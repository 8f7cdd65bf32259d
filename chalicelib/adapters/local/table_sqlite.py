"""The table in one SQLite file: no account, no server, and it survives being killed at any point.

Items are JSON documents; their key, index keys and ttl stand beside them in columns. A write reads the items, asks `table.holds`,
applies `table.apply` and stores the result, all under BEGIN IMMEDIATE: conditions are plain Python and nobody comes between.
Text sorts by its UTF-8 bytes, as SQLite's own order for text is.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import msgspec

from chalicelib.errors import Busy, Lost, Misconfigured, Refused
from chalicelib.table import (
    DUE,
    HIGHEST,
    INDEXES,
    TTL,
    Action,
    Check,
    Entry,
    IndexPage,
    Item,
    Key,
    Page,
    Update,
    apply,
    checked,
    checked_all,
    checked_key,
    checked_write,
    holds,
    mark,
    marked,
)

MEMORY = ":memory:"
TOKEN_SECONDS = 600
SWEEP_EVERY = 16
"""At each so-many-th transaction twice as many old tokens go: their list shrinks, and no transaction waits long for it."""

_SCHEMA = """
begin immediate;
create table if not exists item (
    pk text, sk text, doc text not null, due_pk text, due_sk text, ttl integer, primary key (pk, sk)
) without rowid;
create index if not exists due on item (due_pk, due_sk, pk, sk) where due_pk is not null and due_sk is not null;
create index if not exists ttl on item (ttl) where ttl is not null;
create table if not exists token (n integer primary key, token text not null unique, actions blob not null, at integer not null);
create table if not exists fact (name text primary key, value text not null) without rowid;
commit;
"""

_ONE = "select doc from item where pk = ? and sk = ?"
_UP = "select doc, sk from item where pk = ? and sk >= ? and sk <= ? and sk > ? order by sk limit ?"
_DOWN = "select doc, sk from item where pk = ? and sk >= ? and sk <= ? and sk < ? order by sk desc limit ?"
_BEYOND = HIGHEST + HIGHEST
_ALL = "select doc, pk, sk from item where (pk, sk) > (?, ?) order by pk, sk limit ?"
_ENTRIES = {
    DUE: """
        select due_sk, pk, sk from item
        where due_pk = ? and due_sk >= ? and due_sk <= ? and (due_sk, pk, sk) > (?, ?, ?) order by due_sk, pk, sk limit ?
    """,
}

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class SqliteTable:
    """The Table port in one file, for any number of threads and processes.

    In memory (":memory:") it serves the one thread that made it. `clock` gives seconds since 1970 and is asked only for the
    age of tokens. Writers that hold the file for `patience` seconds make the next one Busy. `close` it, or use it in a `with`.
    """

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time, patience: float = 10) -> None:
        self._path, self._clock, self._patience = str(path), clock, patience
        self._mine = threading.local()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()
        # SQLite's own waiting sleeps ever longer and serves in no order; within a process a lock is faster and fairer
        self._turn = threading.Lock()
        try:
            self._create()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads. None of them may be using the table, now or later."""
        with self._opening:
            while self._open:
                self._open.pop()[1].close()

    def identity(self) -> str:
        """What was drawn when the table was made, and by each `redraw_identity` since: a copy made before the last has another."""
        return str(self._read("select value from fact where name = 'identity'")[0][0])

    def redraw_identity(self, identity: str = "") -> None:
        """From now on this is another table than any that was copied from it, or that it was copied from."""
        with self._writing() as db:
            db.execute("update fact set value = ? where name = 'identity'", (identity or secrets.token_hex(16),))

    def copy_to(self, path: Path) -> None:
        """A whole copy as of now, while others go on writing, with an identity of its own. Errors: FileExistsError."""
        _copy(self._db, path)

    def take_over(self, other: SqliteTable) -> None:
        """Everything that the other holds as of now, its identity included, in place of what was here. The other is only read."""
        other._db.backup(self._db)

    def get(self, key: Key, *, strong: bool = True) -> Item | None:
        rows = self._read(_ONE, *checked_key(key))
        return _decode(rows[0][0]) if rows else None

    def get_many(self, keys: Sequence[Key], *, strong: bool = True) -> dict[Key, Item]:
        """In one read transaction: it never sees half of a write."""
        with self._transaction("begin") as db:
            return {key: item for key in dict.fromkeys(keys) if (item := _item(db, checked_key(key))) is not None}

    def query(
        self, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None, newest: bool = False
    ) -> Page:
        statement, start = (_DOWN, _BEYOND) if newest else (_UP, "")
        if after is not None:
            (start,) = marked(after, 1)
        return _page(self._read(statement, pk, low, high, start, limit + 1), limit)

    def query_index(
        self, index: str, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None
    ) -> IndexPage:
        start = ["", "", ""] if after is None else marked(after, 3)
        rows = self._read(_ENTRIES[index], pk, low, high, *start, limit + 1)
        entries = [Entry((pk, sk), sort) for sort, pk, sk in rows[:limit]]
        return IndexPage(entries, mark(*rows[limit - 1]) if len(rows) > limit else None)

    def scan(self, *, limit: int = 1000, after: str | None = None) -> Page:
        start = ["", ""] if after is None else marked(after, 2)
        return _page(self._read(_ALL, *start, limit + 1), limit)

    def write(self, action: Action) -> None:
        checked_write(action)
        with self._writing() as db:
            _commit(db, [action])

    def transact(self, actions: Sequence[Action], token: str) -> None:
        """As the port says; the same token with other actions within ten minutes is Refused, as in DynamoDB."""
        checked_all(actions, token)
        fingerprint = hashlib.blake2b(repr(tuple(actions)).encode(), digest_size=16).digest()
        with self._writing() as db:
            if self._is_new(db, token, fingerprint):
                _commit(db, actions)

    def sweep(self, now_epoch: int) -> int:
        """Delete what is past its ttl, as DynamoDB does by itself within days. Returns how many items went."""
        with self._writing() as db:
            return db.execute("delete from item where ttl < ?", (now_epoch,)).rowcount

    def _is_new(self, db: sqlite3.Connection, token: str, fingerprint: bytes) -> bool:
        """Note the token. It is kept only if the transaction commits; a clock that is set back forgets none."""
        now = int(self._clock())
        old = now - TOKEN_SECONDS
        added = db.execute("insert or ignore into token (token, actions, at) values (?, ?, ?)", (token, fingerprint, now))
        if added.rowcount:
            if (added.lastrowid or 0) % SWEEP_EVERY == 0:
                db.execute(
                    "delete from token where n in (select n from token order by n limit ?) and at < ?", (2 * SWEEP_EVERY, old)
                )
            return True
        known, at = db.execute("select actions, at from token where token = ?", (token,)).fetchone()
        if at < old:
            db.execute("update token set actions = ?, at = ? where token = ?", (fingerprint, now, token))
            return True
        if known != fingerprint:
            raise Refused("this token stood for other actions within the last ten minutes")
        return False

    def _create(self) -> None:
        try:
            self._db.executescript(_SCHEMA)
            self._db.execute("insert or ignore into fact values ('identity', ?)", (secrets.token_hex(16),))
        except sqlite3.OperationalError as error:
            _raise_if_busy(error)
            raise

    @property
    def _db(self) -> sqlite3.Connection:
        """The connection of the thread that asks."""
        db: sqlite3.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = self._connect()
        return db

    def _connect(self) -> sqlite3.Connection:
        with self._opening:
            for ended in [entry for entry in self._open if not entry[0].is_alive()]:
                self._open.remove(ended)
                ended[1].close()
            if self._path == MEMORY and self._open:  # a second connection would be a second, empty table
                raise RuntimeError("a table in memory serves only the thread that made it")
            db = sqlite3.connect(self._path, isolation_level=None, timeout=self._patience, check_same_thread=False)
            try:
                db.execute("pragma journal_mode=wal")
                db.execute("pragma synchronous=full")
            except sqlite3.OperationalError as error:
                db.close()
                _raise_if_busy(error)
                raise
            self._open.append((threading.current_thread(), db))
        return db

    def _read(self, statement: str, *values: str | int) -> list[tuple[str, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.OperationalError as error:
            _raise_if_busy(error)
            raise

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self._turn.acquire(timeout=self._patience):
            raise Busy("another thread holds the table")
        try:
            with self._transaction("begin immediate") as db:
                yield db
        finally:
            self._turn.release()

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        db = self._db
        try:
            db.execute(begin)
            yield db
            db.execute("commit")
        except sqlite3.OperationalError as error:
            _raise_if_busy(error)
            raise
        finally:
            if db.in_transaction:
                db.execute("rollback")


def _item(db: sqlite3.Connection, key: Key) -> Item | None:
    row = db.execute(_ONE, key).fetchone()
    return None if row is None else _decode(row[0])


def _page(rows: list[tuple[str, ...]], limit: int) -> Page:
    """Of rows that begin with the document and go on with its place; there is one more than `limit` if there are more pages."""
    return Page([_decode(row[0]) for row in rows[:limit]], mark(*rows[limit - 1][1:]) if len(rows) > limit else None)


def _commit(db: sqlite3.Connection, actions: Sequence[Action]) -> None:
    before = [_item(db, action.key) for action in actions]
    pairs = list(zip(actions, before, strict=True))
    if lost := tuple(n for n, (action, item) in enumerate(pairs) if not holds(item, action.when)):
        raise Lost(lost)
    for action, item in pairs:
        if not isinstance(action, Check):
            _store(db, action, apply(item, action))


def _store(db: sqlite3.Connection, action: Action, item: Item | None) -> None:
    if item is None:
        db.execute("delete from item where pk = ? and sk = ?", action.key)
        return
    if isinstance(action, Update):  # a Put was checked before, an Update may have outgrown the limit only here
        checked(item)
    due_pk, due_sk = (item.get(name) for name in INDEXES[DUE])
    ttl = item.get(TTL)
    past_the_column = not isinstance(ttl, int) or abs(ttl) >= 2**63
    row = (*action.key, _encode(item), due_pk, due_sk, None if past_the_column else ttl)
    db.execute("insert or replace into item values (?, ?, ?, ?, ?, ?)", row)


def _raise_if_busy(error: sqlite3.OperationalError) -> None:
    if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise Busy("another process holds the table") from error


def copy_file(source: Path, path: Path) -> None:
    """As SqliteTable.copy_to, of a file that is only looked at. Errors: Misconfigured when it is no table; FileExistsError."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as db:
            found = db.execute("select count(*) from fact where name = 'identity'").fetchone()
            if found == (1,):
                _copy(db, path)
                return
    except sqlite3.DatabaseError:
        pass
    raise Misconfigured(f"{source} is no whole copy of a table: give a file that courtesy backup made.")


def _copy(db: sqlite3.Connection, path: Path) -> None:
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, 0o600))  # every address is in it
    with contextlib.closing(sqlite3.connect(unfinished)) as target:
        db.backup(target)
    with SqliteTable(unfinished) as copy:
        copy.redraw_identity()
    os.link(unfinished, path)  # whole or not there, and never in another's place
    unfinished.unlink()
