"""A world for tests: the real local adapters over memory, a clock that stands still until moved, and randomness that repeats."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

import msgspec

from chalicelib.adapters.local.mailer_outbox import Kept, Outbox
from chalicelib.adapters.local.queue import SqliteQueue
from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.adapters.shop_files import read_playbook, read_products, read_shop
from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.adapters.templates import Templates
from chalicelib.adapters.tokens import Links
from chalicelib.adapters.zones import TzZones
from chalicelib.config import ROOT
from chalicelib.domain.journal import Line
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.shop import Shop
from chalicelib.entrypoints.queues import handle
from chalicelib.errors import NotFound
from chalicelib.ports import Blob, Journal, Mailer, Office, SecretValues, Table
from chalicelib.usecases.list_follow_ups import Listed, list_follow_ups
from chalicelib.usecases.tick import tick

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday in winter time, outside quiet hours in Europe/London."""

SECRETS = SecretValues(
    people="pepper for tests",
    links={"k1": "link key for tests"},
    link_key="k1",
    webhooks={"shopify": ("shopify secret", "older shopify secret")},
    origin="origin secret for tests",
)


class StillClock:
    """ports.Clock: moves when told. `seconds` is its monotonic time."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def move(self, by: timedelta) -> None:
        self.at += by
        self.seconds += by.total_seconds()


class CountedIds:
    """ports.Ids: the same in every run."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        self._random = random.Random(7)

    def token(self) -> str:
        return f"token{next(self._count):021}"

    def bits(self, count: int) -> int:
        return self._random.getrandbits(count)


class MemoryBlob:
    """ports.Blob in a dict. `now`: when something is put."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.kept: dict[str, bytes] = {}
        self._put_at: dict[str, datetime] = {}
        self._now = now

    def put(self, name: str, data: bytes) -> None:
        self.kept[name] = data
        self._put_at[name] = self._now()

    def get(self, name: str) -> bytes:
        try:
            return self.kept[name]
        except KeyError:
            raise NotFound(name) from None

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)

    def names(self, prefix: str) -> list[str]:
        return sorted(name for name in self.kept if name.startswith(f"{prefix}/"))

    def sweep(self, older_than: datetime, *, under: str) -> int:
        old = [name for name in self.names(under) if self._put_at[name] < older_than]
        for name in old:
            del self.kept[name]
        return len(old)


class RememberedOutbox(Outbox):
    """The outbox, and what it once had: a test of what went out need not ask before it is forgotten. `swept`: that, oldest first."""

    swept: tuple[Kept, ...] = ()

    def sweep(self, now: datetime) -> int:
        before = self.all()
        count = super().sweep(now)
        left = {kept.id for kept in self.all()}
        self.swept += tuple(kept for kept in before if kept.id not in left)
        return count


class MemoryJournal:
    """ports.Journal in a list."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, lines: Sequence[Line]) -> None:
        self.lines += lines

    def read(self) -> Iterator[Line]:
        return iter(self.lines)


def demo_shop(**changes: object) -> Shop:
    """Pellow & Wren as shipped, its links leading to https://shop.example, with changes."""
    shop = msgspec.structs.replace(_SHOP, url="https://shop.example")
    for table in ("manners", "storefront", "limits", "vouchers", "gifts", "arrivals"):
        part = getattr(shop, table)
        changed = {name: changes.pop(name) for name in list(changes) if name in part.__struct_fields__}
        changes.setdefault(table, msgspec.structs.replace(part, **changed))
    return msgspec.structs.replace(shop, **changes)


def shipped_playbook() -> Playbook:
    """shop/playbook.toml."""
    return _PLAYBOOK


def quiet_mornings(playbook: Playbook) -> Playbook:
    """Without the owner's mail of each working day, which would stand between all others."""
    return Playbook(tuple(rule for rule in playbook.rules if rule.trigger != "working day"))


_SHOP = read_shop(ROOT / "shop" / "shop.toml")
_PLAYBOOK = read_playbook(ROOT / "shop" / "playbook.toml")
_PRODUCTS = read_products(ROOT / "shop" / "products.toml")
_TEMPLATES = Templates(ROOT / "templates")
_ZONES = TzZones()


class TestWorld:
    """ports.World. `close` it, or use it in a `with`. `mornings`: whether the owner gets a mail each working day."""

    __test__ = False
    storefronts = STOREFRONTS

    def __init__(
        self, *, path: Path | None = None, table: Table | None = None, at: datetime = NOON, mornings: bool = False, **shop: object
    ) -> None:
        self._path = path
        self.sqlite = SqliteTable(path / "table.db" if path else ":memory:")
        self.table: Table = table or self.sqlite
        self.clock = StillClock(at)
        self.queue = SqliteQueue(path / "queue.db" if path else ":memory:")
        self.outbox = RememberedOutbox(path / "outbox.db" if path else ":memory:", self.clock, self.queue)
        self.mailer: Mailer = self.outbox
        self.blob: Blob = MemoryBlob(self.clock.now)
        self.journal: Journal = MemoryJournal()
        self.ids = CountedIds()
        self.worker = "worker"
        self.secrets = msgspec.structs.replace(SECRETS, live_table=self.table.identity())
        self.renderer = _TEMPLATES
        self.zones = _ZONES
        self.shop = demo_shop(**shop)
        self.playbook = shipped_playbook() if mornings else quiet_mornings(shipped_playbook())
        self.products = _PRODUCTS
        self.office: Office | None = None

    @cached_property
    def links(self) -> Links:
        return Links(self.secrets)

    def name_live_table(self, identity: str) -> None:
        self.secrets = msgspec.structs.replace(self.secrets, live_table=identity)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for one in (self.sqlite, self.queue, self.outbox):
            one.close()

    def work(self) -> None:
        """Works off the queues, ticks, and works off what came of it. A failing message raises."""
        self._drain()
        tick(self)
        self._drain()

    def _drain(self) -> None:
        while (taken := self.queue.take()) is not None:
            handle(self, taken.queue, taken.message.body)
            self.queue.done(taken)

    def pass_time(self, **by: float) -> None:
        """Moves the clock there at once and works."""
        self.clock.move(timedelta(**by))
        self.work()

    def live(self, *, days: int) -> None:
        """Moves the clock hour by hour and works at each: what is due at ten goes at ten."""
        for _ in range(days * 24):
            self.pass_time(hours=1)

    def mails(self, to: str = "") -> list[Kept]:
        """What went out, oldest first, also what is kept no longer."""
        return [kept for kept in (*self.outbox.swept, *self.outbox.all()) if to in ("", kept.mail.to)]

    def follow_ups(self, address: str = "") -> dict[str, Listed]:
        """By rule; fails when a rule planned two for what is asked."""
        found = list_follow_ups(self, address)
        kinds = [one.kind for one in found]
        assert len(set(kinds)) == len(kinds), kinds
        return {one.kind: one for one in found}
