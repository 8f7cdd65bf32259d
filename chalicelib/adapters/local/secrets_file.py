"""Secrets in a file that is made on the first run."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chalicelib.adapters.local.blob_file import make_folder, sync_folder
from chalicelib.adapters.secret_names import CHECKOUT, LIVE_TABLE, keepable, secret_values
from chalicelib.errors import Misconfigured
from chalicelib.ports import SecretValues

STOREFRONTS = ("shopify", "woocommerce", "stripe", "standard")


class FileSecrets:
    """ports.Secrets over one JSON object of names and values (secret_names.py), readable by its owner alone.

    Read for the first time it makes itself, with random values; two processes that start at once read the same. Only which table
    is live, and what storefronts gave, may change later. Nothing else is ever replaced: with a new `people` nobody's stop would be found again.
    """

    def __init__(self, path: Path, *, storefronts: Sequence[str] = STOREFRONTS) -> None:
        self._path = path
        self._storefronts = storefronts

    def read(self) -> SecretValues:
        """Errors: Misconfigured (open to others, unreadable, incomplete), with the way to mend it."""
        with self._as_misconfigured():
            if not self._path.exists():
                with self._locked():
                    self._make()
            found = self._found()
        return secret_values(found, f"{self._path}: ")

    def name_live_table(self, identity: str) -> None:
        """Errors: Misconfigured, as when reading, and then nothing has changed."""
        with self._as_misconfigured(), self._locked():
            self._make()
            self._store({**self._found(), LIVE_TABLE: identity})

    def keep(self, name: str, value: str) -> None:
        """Errors: Misconfigured, as when reading, and then nothing has changed."""
        with self._as_misconfigured(), self._locked():
            self._make()
            self._store({**self._found(), keepable(name, value): value.strip()})

    def forget_live_table(self) -> None:
        """No table is live: for a shop that forgets all that its table held. Errors: Misconfigured, and then nothing has changed."""
        if not self._path.exists():
            return
        with self._as_misconfigured(), self._locked():
            found = self._found()
            if found.pop(LIVE_TABLE, None) is not None:
                self._store(found)

    def _found(self) -> dict[str, str]:
        with self._path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise Misconfigured(f"Others can read the secrets in {self._path}. Close it to them: chmod 600 {self._path}")
            try:
                return msgspec.json.decode(file.read(), type=dict[str, str])
            except msgspec.DecodeError:
                raise Misconfigured(f"The secrets file {self._path} is damaged. Put its backup in its place.") from None

    def _make(self) -> None:
        if not self._path.exists():
            self._store(_fresh(self._storefronts))

    def _store(self, values: dict[str, str]) -> None:
        self._write(msgspec.json.format(msgspec.json.encode(values), indent=2) + b"\n")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, among processes too."""
        make_folder(self._path.parent)
        handle = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # falls with the process, so a crash leaves nothing locked
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _as_misconfigured(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Misconfigured(f"The secrets file {self._path} cannot be used: {error.strerror}.") from None

    def _write(self, data: bytes) -> None:
        handle, unfinished = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)  # mode 600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(self._path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        sync_folder(self._path.parent)


def _fresh(storefronts: Sequence[str]) -> dict[str, str]:
    return {
        "people": secrets.token_urlsafe(32),
        "link_key": "k1",
        "links/k1": secrets.token_urlsafe(32),
        "origin": secrets.token_urlsafe(32),
        CHECKOUT: secrets.token_urlsafe(32),
        **{f"webhooks/{storefront}/current": _webhook_secret(storefront) for storefront in storefronts},
    }


def _webhook_secret(storefront: str) -> str:
    if storefront == "standard":  # Standard Webhooks signs with bytes, written as base64 behind this prefix
        return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(32)
