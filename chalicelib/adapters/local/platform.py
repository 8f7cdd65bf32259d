"""ports.World on one machine: everything in the data folder."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from chalicelib.adapters.ids import RandomIds
from chalicelib.adapters.local.blob_file import FileBlob
from chalicelib.adapters.local.clock import LocalClock
from chalicelib.adapters.local.journal_file import FileJournal
from chalicelib.adapters.local.mailer_outbox import Outbox
from chalicelib.adapters.local.mailer_smtp import SmtpMailer
from chalicelib.adapters.local.queue import SqliteQueue
from chalicelib.adapters.local.secrets_file import FileSecrets
from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.adapters.mail_logo import shown_size
from chalicelib.adapters.offices import open_office
from chalicelib.adapters.shop_files import read_playbook, read_products, read_shop
from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.adapters.templates import Templates
from chalicelib.adapters.tokens import Links
from chalicelib.adapters.words_file import read_words
from chalicelib.adapters.zones import TzZones
from chalicelib.config import ROOT, Settings
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.products import Products
from chalicelib.domain.shop import Shop
from chalicelib.ports import Office, SecretValues

KEPT_HERE = (
    *(f"{name}.db{more}" for name in ("table", "queue", "outbox") for more in ("", "-wal", "-shm")),
    "blobs", "clock", "journal", "site", "running.json", "replaced", "table.new",
)  # fmt: skip
"""What a shop leaves in its data folder, beside its secrets."""

_PARTS = (
    "clock", "table", "queue", "outbox", "mailer", "blob", "journal", "renderer", "secrets", "links", "ids", "shop", "playbook", "products",
)  # fmt: skip

T = TypeVar("T")


class _once(cached_property[T]):  # noqa: N801 - a decorator
    """cached_property as it was before Python 3.12: made by one thread, also when several ask at the same time."""

    def __get__(self, world: LocalWorld, owner: type[Any] | None = None) -> T:  # type: ignore[override]  # never asked of the class
        with world.making:
            return super().__get__(world, owner)


class LocalWorld:
    """Survives kill -9 at any point. `close` when done with it. `table`: a file to use in place of the data folder's own table."""

    storefronts = STOREFRONTS

    def __init__(self, settings: Settings, *, table: Path | None = None) -> None:
        self.settings = settings
        self._table = table
        self.making = threading.RLock()

    def _file(self, name: str) -> Path:
        return self.settings.data / name

    @_once
    def table(self) -> SqliteTable:
        """table.db."""
        return SqliteTable(self._table or self._file("table.db"))

    @_once
    def queue(self) -> SqliteQueue:
        """queue.db."""
        return SqliteQueue(self._file("queue.db"))

    @_once
    def outbox(self) -> Outbox:
        """outbox.db: what it took can be read, also after mail has gone over to a server."""
        return Outbox(self._file("outbox.db"), self.clock, self.queue)

    @_once
    def mailer(self) -> Outbox | SmtpMailer:
        """The server that COURTESY_SMTP names, else the outbox."""
        return SmtpMailer(self.settings.smtp) if self.settings.smtp else self.outbox

    @_once
    def blob(self) -> FileBlob:
        """blobs/."""
        return FileBlob(self._file("blobs"), now=self.clock.now)

    @_once
    def journal(self) -> FileJournal:
        """journal/, or where COURTESY_JOURNAL puts it."""
        return FileJournal(self.settings.journal or self._file("journal"))

    @property
    def worker(self) -> str:
        """The same in each process: the data folder's lock lets only one run."""
        return "local"

    @_once
    def renderer(self) -> Templates:
        """templates/, in the shop's colours, and with the owner's words in words.toml."""
        folder, brand = self.settings.shop, self.shop.brand
        logo = shown_size(folder, brand.mail_logo) if brand.mail_logo else None
        return Templates(ROOT / "templates", brand, read_words(folder / "words.toml"), logo)

    @_once
    def clock(self) -> LocalClock:
        """The machine's, and how far it was advanced."""
        return LocalClock(self._file("clock"))

    @_once
    def zones(self) -> TzZones:
        """The tz database's."""
        return TzZones()

    @_once
    def secrets(self) -> SecretValues:
        """secrets.json, made on first use."""
        return self._secrets.read()

    @_once
    def _secrets(self) -> FileSecrets:
        return FileSecrets(self._file("secrets.json"))

    @_once
    def office(self) -> Office | None:
        """The storefront's API."""
        return open_office(self.shop, self.secrets.api)

    def try_keys(self, given: Mapping[str, str]) -> Office | None:
        """The storefront's API as it would be opened with these secrets besides those that are known; nothing is kept. Errors: Misconfigured."""
        api = {name.removeprefix("api/"): value for name, value in given.items() if name.startswith("api/")}
        return open_office(self.shop, {**self.secrets.api, **api})

    def keep_secret(self, name: str, value: str) -> None:
        """In secrets.json, and here."""
        self._secrets.keep(name, value)
        self.__dict__["secrets"] = self._secrets.read()
        self.__dict__.pop("office", None)

    def name_live_table(self, identity: str) -> None:
        """In secrets.json, and here."""
        self._secrets.name_live_table(identity)
        self.__dict__["secrets"] = self._secrets.read()

    @_once
    def links(self) -> Links:
        """Signed with the secrets' keys."""
        return Links(self.secrets)

    @_once
    def ids(self) -> RandomIds:
        """The system's randomness."""
        return RandomIds()

    @_once
    def shop(self) -> Shop:
        """shop.toml, with its links leading to this machine."""
        shop = read_shop(self.settings.shop / "shop.toml")
        return msgspec.structs.replace(shop, url=self.settings.url) if self.settings.url else shop

    @_once
    def playbook(self) -> Playbook:
        """playbook.toml."""
        return read_playbook(self.settings.shop / "playbook.toml")

    @_once
    def products(self) -> Products:
        """products.toml, where there is one."""
        return read_products(self.settings.shop / "products.toml")

    def ready(self) -> None:
        """Makes everything now, so that what is wrong is said before anybody is served. Errors: Misconfigured."""
        for name in _PARTS:
            getattr(self, name)
        self._redraw()

    def _redraw(self) -> None:
        """The live table is another from each start on, so that an older copy of its file is not taken for it when it is put in its place."""
        found, live = self.table.identity(), self.secrets.live_table
        if not live and next(self.journal.read(), None) is None:
            self.name_live_table(found)  # the very first start
        elif found in live.split():
            drawn = self.ids.token()
            self.name_live_table(f"{found} {drawn}")  # whichever of the next two a crash leaves undone
            self.table.redraw_identity(drawn)
            self.name_live_table(drawn)

    def close(self) -> None:
        """Lets go of the files."""
        for name in ("table", "queue", "outbox", "mailer", "journal"):
            if name in self.__dict__:
                self.__dict__[name].close()
