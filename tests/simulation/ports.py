"""The simulated world: the real table in memory behind a network that fails, and fakes of everything else."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.adapters.pacing import Pacer
from chalicelib.domain.calendar import stamp
from chalicelib.domain.journal import Line
from chalicelib.domain.order import Learnt
from chalicelib.errors import Busy, Misconfigured, NotFound, Retryable
from chalicelib.ports import Delivery, Heard, Mail, MailRefused, MailUncertain, Rendered
from chalicelib.table import HIGHEST, Action, Check, Entry, IndexPage, Item, Key, Page, Put, Update
from tests.simulation import wire
from tests.simulation.faults import (
    CONFLICT,
    KEEP,
    LOST_APPLIED,
    LOST_NOT_APPLIED,
    LOST_TO_ITSELF,
    MAIL,
    READ,
    REFUSED,
    REJECTED,
    STALE_INDEX,
    STALE_READ,
    THROTTLE,
    TRANSACT,
    UNWRITABLE,
    WRITE,
)
from tests.simulation.scheduler import Scheduler, Task

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

STALE_SECONDS = 2.0
RATE = 14.0
PROBE = "success@simulator.test"
NEWER = "of_a_newer_version"
"""An attribute that only a later version of the worker knows: it must disturb nobody."""


class Change(Struct):
    """One item as it was before a write and after it."""

    at: float
    key: Key
    before: Item | None
    after: Item | None


class Store:
    """The one table itself, and what was written to it lately. `watch` is asked about every write, before anything else happens."""

    def __init__(self, scheduler: Scheduler, watch: Callable[[Task, list[Change]], None]) -> None:
        self.sqlite = SqliteTable(":memory:", clock=lambda: scheduler.time)
        self.lately: deque[Change] = deque(maxlen=40)
        self._scheduler, self._watch = scheduler, watch

    def change(self, task: Task, actions: Sequence[Action], do: Callable[[], None]) -> None:
        """Does it and tells the watch what it did."""
        keys = [action.key for action in actions if not isinstance(action, Check)]
        before = self.sqlite.get_many(keys)
        do()
        after = self.sqlite.get_many(keys)
        changes = [
            Change(self._scheduler.time, key, before.get(key), after.get(key))
            for key in keys
            if before.get(key) != after.get(key)
        ]
        self.lately.extend(changes)
        if changes:
            self._watch(task, changes)

    def items(self) -> list[Item]:
        """All of it."""
        return self.sqlite.scan(limit=100_000).items


class SimTable:
    """ports.Table, as one process reaches it. `newer`: it is of the next version, whose items say more."""

    def __init__(self, simulation: Simulation, task: Task, *, newer: bool) -> None:
        self._simulation, self._task, self._newer = simulation, task, newer
        self._call = simulation.scheduler.call

    @property
    def _store(self) -> Store:
        return self._simulation.store

    def get(self, key: Key, *, strong: bool = True) -> Item | None:
        return self.get_many([key], strong=strong).get(key)

    def get_many(self, keys: Sequence[Key], *, strong: bool = True) -> dict[Key, Item]:
        def read(fault: str) -> dict[Key, Item]:
            _busy(fault)
            found = self._store.sqlite.get_many(keys)
            if not strong and self._simulation.faults.strikes(STALE_READ, 0.05):
                for change in reversed(self._store.lately):
                    if change.at > self._simulation.scheduler.time - STALE_SECONDS and change.key in keys:
                        if change.before is None:
                            found.pop(change.key, None)
                        else:
                            found[change.key] = change.before
            return found

        return self._call(self._task, READ, f"get {len(keys)}", read)

    def query(
        self, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None, newest: bool = False
    ) -> Page:
        def read(fault: str) -> Page:
            _busy(fault)
            return self._store.sqlite.query(pk, low=low, high=high, limit=limit, after=after, newest=newest)

        return self._call(self._task, READ, "query", read)

    def query_index(
        self, index: str, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None
    ) -> IndexPage:
        def read(fault: str) -> IndexPage:
            _busy(fault)
            page = self._store.sqlite.query_index(index, pk, low=low, high=high, limit=limit, after=after)
            if self._simulation.faults.strikes(STALE_INDEX, 0.05):
                return IndexPage(self._as_it_was(page.entries, pk, low, high), page.next)
            return page

        return self._call(self._task, READ, f"due {pk}", read)

    def _as_it_was(self, entries: list[Entry], pk: str, low: str, high: str) -> list[Entry]:
        lines = {entry.key: entry.sort for entry in entries}
        for change in reversed(self._store.lately):
            if change.at > self._simulation.scheduler.time - STALE_SECONDS:
                before = change.before or {}
                sort = str(before.get("due_sk", ""))
                if before.get("due_pk") == pk and low <= sort <= high:
                    lines[change.key] = sort
                else:
                    lines.pop(change.key, None)
        return sorted((Entry(key, sort) for key, sort in lines.items()), key=lambda entry: (entry.sort, entry.key))

    def scan(self, *, limit: int = 1000, after: str | None = None) -> Page:
        def read(fault: str) -> Page:
            _busy(fault)
            return self._store.sqlite.scan(limit=limit, after=after)

        return self._call(self._task, READ, "scan", read)

    def write(self, action: Action) -> None:
        actions = self._as_version([action])

        def put(fault: str) -> None:
            if fault in (THROTTLE, LOST_NOT_APPLIED):
                raise Busy("told so")
            self._store.change(self._task, actions, lambda: self._store.sqlite.write(actions[0]))
            if fault == LOST_TO_ITSELF:  # the SDK had no reply and wrote once more
                self._store.change(self._task, actions, lambda: self._store.sqlite.write(actions[0]))
            if fault == LOST_APPLIED:
                raise Busy("told so")

        self._call(self._task, WRITE, f"write {'/'.join(action.key)}", put)

    def transact(self, actions: Sequence[Action], token: str) -> None:
        written = self._as_version(actions)

        def put(fault: str) -> None:
            if fault in (THROTTLE, CONFLICT, LOST_NOT_APPLIED):
                raise Busy("told so")
            self._store.change(self._task, written, lambda: self._store.sqlite.transact(written, token))
            if fault == LOST_APPLIED:
                raise Busy("told so")

        self._call(self._task, TRANSACT, f"transact {len(actions)}", put)

    def identity(self) -> str:
        return self._store.sqlite.identity()

    def _as_version(self, actions: Sequence[Action]) -> list[Action]:
        return [_newer(action) for action in actions] if self._newer else list(actions)


def _newer(action: Action) -> Action:
    if isinstance(action, Put):
        return msgspec.structs.replace(action, item={**action.item, NEWER: "yes"})
    if isinstance(action, Update):
        return msgspec.structs.replace(action, set={**action.set, NEWER: "yes"})
    return action


def _busy(fault: str) -> None:
    if fault == THROTTLE:
        raise Busy("told so")


class Accepted(Struct):
    """The mail service took it: what it cannot take back."""

    id: str
    to: str
    kind: str
    at: float
    answered: bool = True
    heard: float | None = None
    """When an event of it was first taken in."""


class SimMailer:
    """ports.Mailer: the mail service as one process reaches it. One call is one attempt."""

    name, probe = "ses", PROBE

    def __init__(self, simulation: Simulation, task: Task) -> None:
        self._simulation, self._task = simulation, task
        scheduler = simulation.scheduler
        self._pacer = Pacer(self.rate, monotonic=lambda: scheduler.time, sleep=scheduler.sleep)

    def rate(self) -> float:
        return self._simulation.rate

    def await_turn(self) -> None:
        self._pacer.await_turn()
        self._task.frozen = 0.0  # what lies still from the fence on is counted

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        pass

    def sweep(self, now: datetime) -> int:
        return 0

    def send(self, follow_up_id: str, mail: Mail) -> str:
        def hand_over(fault: str) -> str:
            if self._simulation.wired:
                return wire.hand_over(self._simulation, self._task, follow_up_id, mail, fault)
            if fault in (REFUSED, REJECTED):
                raise MailRefused("told so", permanent=fault == REJECTED)
            if fault == LOST_NOT_APPLIED:
                raise MailUncertain("told so")
            message_id = self._simulation.accept(self._task, follow_up_id, mail, lost=fault == LOST_APPLIED)
            if fault == LOST_APPLIED:
                raise MailUncertain("told so")
            return message_id

        return self._simulation.scheduler.call(self._task, MAIL, f"send {follow_up_id}", hand_over)


class SimQueue:
    """ports.Queue: at least once, in any order; after five tries a message is set aside."""

    def __init__(self, simulation: Simulation, task: Task) -> None:
        self._simulation, self._task = simulation, task

    def put(self, queue: str, body: Mapping[str, object]) -> None:
        _keep(self._simulation, self._task, f"queue {queue}", lambda: self._simulation.enqueue(queue, dict(body)))


class SimBlob:
    """ports.Blob."""

    def __init__(self, simulation: Simulation, task: Task) -> None:
        self._simulation, self._task = simulation, task

    def put(self, name: str, data: bytes) -> None:
        _keep(self._simulation, self._task, "blob put", lambda: self._simulation.blobs.__setitem__(name, data))

    def get(self, name: str) -> bytes:
        def read(fault: str) -> bytes:
            if fault in (THROTTLE, LOST_APPLIED):
                raise Retryable("told so")
            if name not in self._simulation.blobs:
                raise NotFound(name)
            return self._simulation.blobs[name]

        return self._simulation.scheduler.call(self._task, KEEP, "blob get", read)

    def delete(self, name: str) -> None:
        _keep(self._simulation, self._task, "blob delete", lambda: self._simulation.blobs.pop(name, None))

    def names(self, prefix: str) -> list[str]:
        return sorted(name for name in self._simulation.blobs if name.startswith(f"{prefix}/"))

    def sweep(self, older_than: datetime, *, under: str) -> int:
        return 0  # a run is shorter than they are kept


class SimJournal:
    """ports.Journal. It outlives the table."""

    def __init__(self, simulation: Simulation, task: Task) -> None:
        self._simulation, self._task = simulation, task

    def append(self, lines: Sequence[Line]) -> None:
        _keep(self._simulation, self._task, f"journal {len(lines)}", lambda: self._simulation.journal.extend(lines))

    def read(self) -> Iterator[Line]:
        return self._simulation.scheduler.call(self._task, KEEP, "journal read", lambda _: iter(list(self._simulation.journal)))


def _keep(simulation: Simulation, task: Task, name: str, do: Callable[[], object]) -> None:
    def put(fault: str) -> None:
        if fault == THROTTLE:
            raise Retryable("told so")
        do()
        if fault == LOST_APPLIED:
            raise Retryable("told so")

    simulation.scheduler.call(task, KEEP, name, put)


class SimClock:
    """ports.Clock: a process' own. Its wall clock may be wrong, its monotonic clock is not."""

    def __init__(self, scheduler: Scheduler, task: Task) -> None:
        self._scheduler, self._task = scheduler, task

    def now(self) -> datetime:
        return self._scheduler.now(self._task.skew)

    def monotonic(self) -> float:
        return self._scheduler.time


class SimIds:
    """ports.Ids, from the seed."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._random = scheduler.random

    def token(self) -> str:
        return f"{self._random.getrandbits(100):026x}"

    def bits(self, count: int) -> int:
        return self._random.getrandbits(count)


class SimRenderer:
    """ports.Renderer: a mail says which one it is and what links it has."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def languages(self, template: str) -> tuple[str, ...]:
        return ("en",)

    def mail(self, template: str, context: Mapping[str, object], language: str = "en") -> Rendered:
        if self._simulation.faults.strikes(UNWRITABLE, 0.004):
            raise Misconfigured("told so")
        said = {name: str(value) for name, value in context.items() if name == "code" or str(value).startswith("https://")}
        return Rendered(template, json.dumps(said), "")

    def page(self, template: str, context: Mapping[str, object]) -> str:
        raise NotImplementedError

    def sheet(self, template: str, context: Mapping[str, object]) -> str:
        raise NotImplementedError


class SimStorefront:
    """ports.Storefront: what it sends is what is to be learnt."""

    def greets(self, headers: Mapping[str, str], raw: bytes) -> bool:
        return False

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str], now: datetime) -> None:
        pass

    def sign(self, topic: str, raw: bytes, secret: str, now: datetime, nonce: str) -> dict[str, str]:
        return {"topic": topic, "id": nonce}

    def identify(self, headers: Mapping[str, str], raw: bytes) -> Delivery:
        return Delivery(headers["topic"], headers["id"])

    def learn(self, topic: str, raw: bytes) -> Heard:
        return msgspec.json.decode(raw, type=Learnt)


def envelope(kind: str, message_id: str, follow_up_id: str, at: datetime, **told: object) -> dict[str, Any]:
    """An event as SES tells it and EventBridge wraps it."""
    when = stamp(at)
    name = {"Send": "send", "Delivery": "delivery", "Bounce": "bounce", "Complaint": "complaint"}[kind]
    mail = {"messageId": message_id, "timestamp": when, "tags": {"follow_up": [follow_up_id]}}
    return {"detail": {"eventType": kind, "mail": mail, name: {"timestamp": when, **told}}}
