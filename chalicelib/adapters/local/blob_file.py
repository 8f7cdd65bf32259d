"""Bytes under a name in a folder, for a shop on one machine."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.adapters.blob_s3 import checked_name
from chalicelib.errors import NotFound, Retryable

_SUFFIX = ".blob"
_UNFINISHED = ".unfinished"


def _now() -> datetime:
    return datetime.now(UTC)


class FileBlob:
    """ports.Blob over a folder: what `put` returned from survives a crash, and a reader sees the old bytes or the new ones.

    The folder and all in it belong to its owner alone (it holds orders as the storefront sent them).
    `now`: the shop's time, which a file is dated by, so that `sweep` agrees with a clock that was advanced.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = _now) -> None:
        self._folder = folder
        self._now = now

    def put(self, name: str, data: bytes) -> None:
        """Errors: Invalid for the name, Retryable."""
        path = self._path(name)
        with _as_retryable("stored"):
            make_folder(path.parent)
            handle, unfinished = tempfile.mkstemp(suffix=_UNFINISHED, dir=path.parent)  # mode 600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    stamp = self._now().timestamp()
                    os.utime(unfinished, (stamp, stamp))
                    os.fsync(file.fileno())
                Path(unfinished).replace(path)
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise
            sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        """Errors: Invalid for the name, NotFound, Retryable."""
        path = self._path(name)
        with _as_retryable("read"):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                raise NotFound("There is no such blob.") from None

    def delete(self, name: str) -> None:
        """Errors: Invalid for the name, Retryable."""
        path = self._path(name)
        with _as_retryable("deleted"), contextlib.suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def names(self, prefix: str) -> list[str]:
        """Errors: Invalid for the prefix, Retryable."""
        top = self._folder / checked_name(prefix.removesuffix("/"))
        with _as_retryable("listed"):
            found = (path.relative_to(self._folder).as_posix() for path in top.rglob(f"*{_SUFFIX}"))
            return sorted(name.removesuffix(_SUFFIX) for name in found)

    def sweep(self, older_than: datetime, *, under: str = "") -> int:
        """Delete what was put before `older_than`, with all that a crash left unfinished by then; the count of blobs deleted.

        `under`: only names below this one. Errors: Invalid for the name, Retryable.
        """
        top = self._folder / checked_name(under) if under else self._folder
        deleted = 0
        with _as_retryable("swept"):
            for path in [*top.rglob(f"*{_SUFFIX}"), *top.rglob(f"*{_UNFINISHED}")]:
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime < older_than.timestamp():
                        path.unlink()
                        deleted += path.suffix == _SUFFIX
        return deleted

    def _path(self, name: str) -> Path:
        # the suffix, which no name can hold, lets "a" and "a/b" stand side by side as they do in S3
        return self._folder / f"{checked_name(name)}{_SUFFIX}"


def sync_folder(folder: Path) -> None:
    """Make a file's coming or going in this folder survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """With those above it that are missing: for their owner alone, and still there after a crash."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


@contextlib.contextmanager
def _as_retryable(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Retryable(f"A blob could not be {done} ({error.strerror}).") from error
