"""ports.World on one machine: everything in the data folder."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import msgspec

from chalicelib.adapters.ids import RandomIds
from chalicelib.adapters.local.blob_file import FileBlob
from chalicelib.adapters.local.clock import LocalClock
from chalicelib.adapters.local.mailer_outbox import Outbox
from chalicelib.adapters.local.queue import SqliteQueue
from chalicelib.adapters.local.secrets_file import FileSecrets
from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.adapters.shop_files import read_playbook, read_shop
from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.adapters.templates import Templates
from chalicelib.adapters.tokens import Links
from chalicelib.config import ROOT, Settings
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.shop import Shop
from chalicelib.ports import SecretValues

KEPT_HERE = (
    *(f"{name}.db{more}" for name in ("table", "queue", "outbox") for more in ("", "-wal", "-shm")),
    "blobs", "clock", "site", "running.json",
)  # fmt: skip
"""What a shop leaves in its data folder, beside its secrets."""


class LocalWorld:
    """Survives kill -9 at any point. `close` when done with it."""

    storefronts = STOREFRONTS

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def _file(self, name: str) -> Path:
        return self.settings.data / name

    @cached_property
    def table(self) -> SqliteTable:
        """table.db."""
        return SqliteTable(self._file("table.db"))

    @cached_property
    def queue(self) -> SqliteQueue:
        """queue.db."""
        return SqliteQueue(self._file("queue.db"))

    @cached_property
    def mailer(self) -> Outbox:
        """outbox.db."""
        return Outbox(self._file("outbox.db"), self.clock, self.queue)

    @cached_property
    def blob(self) -> FileBlob:
        """blobs/."""
        return FileBlob(self._file("blobs"), now=self.clock.now)

    @cached_property
    def renderer(self) -> Templates:
        """templates/."""
        return Templates(ROOT / "templates")

    @cached_property
    def clock(self) -> LocalClock:
        """The machine's, and how far it was advanced."""
        return LocalClock(self._file("clock"))

    @cached_property
    def secrets(self) -> SecretValues:
        """secrets.json, made on first use."""
        return FileSecrets(self._file("secrets.json")).read()

    @cached_property
    def links(self) -> Links:
        """Signed with the secrets' keys."""
        return Links(self.secrets)

    @cached_property
    def ids(self) -> RandomIds:
        """The system's randomness."""
        return RandomIds()

    @cached_property
    def shop(self) -> Shop:
        """shop.toml, with its links leading to this machine."""
        shop = read_shop(self.settings.shop / "shop.toml")
        return msgspec.structs.replace(shop, url=self.settings.url) if self.settings.url else shop

    @cached_property
    def playbook(self) -> Playbook:
        """playbook.toml."""
        return read_playbook(self.settings.shop / "playbook.toml")

    def ready(self) -> None:
        """Makes everything now, for from here on several threads will ask. Errors: Misconfigured, before anybody was served."""
        for name in ("clock", "table", "queue", "mailer", "blob", "renderer", "secrets", "links", "ids", "shop", "playbook"):
            getattr(self, name)

    def close(self) -> None:
        """Lets go of the files."""
        for name in ("table", "queue", "mailer"):
            if name in self.__dict__:
                self.__dict__[name].close()
