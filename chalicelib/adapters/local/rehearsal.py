"""ports.World made from another world, to see what would come of it: nothing that is done here is done there, and nothing leaves the machine.

The table is a copy in memory, mail is accepted at once and goes nowhere, the storefront agrees to everything without being asked. The rules,
the shop, the templates and the keys are the other's own, so what is decided here is what would be decided there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from msgspec import Struct, structs

from chalicelib.adapters.ids import RandomIds
from chalicelib.adapters.local.table_sqlite import MEMORY, SqliteTable
from chalicelib.domain.follow_up import HELD, person_of
from chalicelib.domain.journal import Line as JournalLine
from chalicelib.domain.order import Line
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.voucher import Voucher
from chalicelib.errors import Conflict, NotFound, Retryable
from chalicelib.ports import Blob, Changed, Mail, Proof, Subscribed, Table, World
from chalicelib.stores import keeping
from chalicelib.table import Action, Put, Update

RATE = 1000.0


class Taken(Struct, frozen=True):
    """One mail that would have gone out. Neither its words nor its address is kept."""

    follow_up: str
    person: str
    message_class: str
    at: datetime


class MovedClock:
    """ports.Clock: stands still until moved. Its monotonic time moves along, so that no fence is ever in the way."""

    def __init__(self, at: datetime) -> None:
        self._began = self._at = at

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return (self._at - self._began).total_seconds()

    def advance_to(self, at: datetime) -> None:
        """From now on it is `at`. Errors: Conflict for going back."""
        if at < self._at:
            raise Conflict("A clock cannot go back.")
        self._at = at


_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class CopiedTable(SqliteTable):
    """A table in memory that holds what another holds now. It serves the one thread that made it.

    `held`: follow-up → the kinds of reasons for which it was held since, each with the facts that it was held with last.
    """

    def __init__(self, source: Table) -> None:
        super().__init__(MEMORY)
        self.held: dict[str, dict[str, Any]] = {}
        if isinstance(source, SqliteTable):
            self.take_over(source)
        else:
            self._read_all(source)

    def _read_all(self, source: Table) -> None:
        after = None
        while True:
            page = source.scan(after=after)
            for item in page.items:
                super().write(Put(item))
            if (after := page.next) is None:
                return

    def write(self, action: Action) -> None:
        super().write(action)
        self._note(action)

    def transact(self, actions: Sequence[Action], token: str) -> None:
        super().transact(actions, token)
        for action in actions:
            self._note(action)

    def _note(self, action: Action) -> None:
        if isinstance(action, Update) and action.set.get("state") == HELD:
            reason = action.set["reason"]
            if isinstance(reason, dict):
                self.held.setdefault(action.key[1].removeprefix("F#"), {})[str(reason["kind"])] = reason


class MemoryQueue:
    """ports.Queue: `take` gives what was put, oldest first, once."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, Mapping[str, object]]] = deque()

    def put(self, queue: str, body: Mapping[str, object]) -> None:
        if (queue, body) not in self._waiting:  # a hint said twice is one
            self._waiting.append((queue, body))

    def take(self) -> tuple[str, Mapping[str, object]] | None:
        """The queue's name and the message, or None when nothing waits."""
        return self._waiting.popleft() if self._waiting else None


class NoMailer:
    """ports.Mailer that takes everything at once, sends nothing, and tells of nothing after."""

    name, probe = "rehearsal", ""

    def __init__(self, clock: MovedClock) -> None:
        self._clock = clock
        self.taken: list[Taken] = []

    def rate(self) -> float:
        return RATE

    def await_turn(self) -> None:
        pass

    def send(self, follow_up_id: str, mail: Mail) -> str:
        self.taken.append(Taken(follow_up_id, person_of(follow_up_id), mail.stream, self._clock.now()))
        return f"rehearsal-{len(self.taken)}"

    def forget(self, follow_up_ids: Sequence[str]) -> None:
        pass

    def sweep(self, now: datetime) -> int:
        return 0


class MemoryBlob:
    """ports.Blob in front of another, which is only read."""

    def __init__(self, behind: Blob) -> None:
        self._behind = behind
        self._here: dict[str, bytes | None] = {}

    def put(self, name: str, data: bytes) -> None:
        self._here[name] = data

    def get(self, name: str) -> bytes:
        if name not in self._here:
            return self._behind.get(name)
        found = self._here[name]
        if found is None:
            raise NotFound(name)
        return found

    def delete(self, name: str) -> None:
        self._here[name] = None

    def names(self, prefix: str) -> list[str]:
        gone = {name for name, data in self._here.items() if data is None}
        new = {name for name, data in self._here.items() if data is not None and name.startswith(f"{prefix}/")}
        return sorted({*self._behind.names(prefix), *new} - gone)

    def sweep(self, older_than: datetime, *, under: str) -> int:
        return 0  # what is behind is only read, and nothing here grows old


class MemoryJournal:
    """ports.Journal: what was written here, and nothing of before."""

    def __init__(self) -> None:
        self._lines: list[JournalLine] = []

    def append(self, lines: Sequence[JournalLine]) -> None:
        self._lines += lines

    def read(self) -> Iterator[JournalLine]:
        return iter(self._lines)


class AgreeableOffice:
    """ports.Office that asks nobody: every code is taken at once, no order has changed, and none has lines to tell."""

    def register(self, voucher: Voucher) -> None:
        pass

    def void(self, code: str) -> None:
        pass

    def unsubscribe(self, address: str, at: datetime) -> bool:
        return True

    def lines(self, ask: str) -> tuple[Line, ...]:
        raise Retryable("In a rehearsal nobody is asked.")

    def changed(self, since: datetime, after: str = "") -> Changed:
        return Changed(())

    def prove(self) -> Proof:
        return Proof("", 0, 0, 0, "")

    def subscribe(self, url: str, secret: str) -> Subscribed:
        return Subscribed(())


class Rehearsal:
    """ports.World. `forgets`: nights forget what is past its day, which takes time and changes next to nothing of the mails of some weeks; else
    none does. `playbook`: in place of the world's own. `at`: the time that it begins at, in place of the world's now.

    `close` it, or use it in a `with`. Errors: Misconfigured (the shop's files, its secrets); Retryable (its table).
    """

    def __init__(
        self, world: World, *, playbook: Playbook | None = None, at: datetime | None = None, forgets: bool = False
    ) -> None:
        self.table = CopiedTable(world.table)
        # only a copy of the live table sends, as only that does
        live = world.table.identity() in world.secrets.live_table.split()
        self.secrets = structs.replace(world.secrets, live_table=self.table.identity() if live else "")
        self.clock = MovedClock(at or world.clock.now())
        self.queue = MemoryQueue()
        self.mailer = NoMailer(self.clock)
        self.blob = MemoryBlob(world.blob)
        self.journal = MemoryJournal()
        self.office = AgreeableOffice()
        self.ids = RandomIds()
        self.worker = "rehearsal"
        self.shop, self.products = world.shop, world.products
        self.playbook = playbook or world.playbook
        self.renderer, self.links, self.zones = world.renderer, world.links, world.zones
        self.storefronts = world.storefronts
        if not forgets:
            self.table.write(keeping.no_night_before(_NEVER))

    def name_live_table(self, identity: str) -> None:
        """Here alone."""
        self.secrets = structs.replace(self.secrets, live_table=identity)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the copy."""
        self.table.close()
