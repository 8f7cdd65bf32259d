"""The journal in a folder: a file a month, a line an append, never rewritten."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from chalicelib.adapters.local.blob_file import make_folder, sync_folder
from chalicelib.domain.journal import Line
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.logs import failed

_SUFFIX = ".jsonl"


class FileJournal:
    """ports.Journal. Several threads and processes may append: each writes its lines in one go, at the file's end.

    All lines of one append are one JSON array on one line of the file, so that they are there together or not at all. A crash may
    leave half of it behind, of something that was then not committed either. Readers pass over it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writing = threading.Lock()
        self._open: tuple[str, int] | None = None

    def append(self, lines: Sequence[Line]) -> None:
        """Errors: Retryable."""
        if not lines:
            return
        # a line break first, too: it ends what a crash may have left unfinished, and an empty line says nothing
        text = b"\n" + msgspec.json.encode(lines) + b"\n"
        try:
            with self._writing:
                handle = self._handle(f"{lines[0].at:%Y-%m}")
                if os.write(handle, text) != len(text):
                    raise Retryable("The journal cannot be written (its disk is full).")
                os.fsync(handle)
        except OSError as error:
            raise Retryable(f"The journal cannot be written ({error.strerror}).") from error

    def read(self) -> Iterator[Line]:
        """Errors: Retryable; Misconfigured for a line that this version does not understand."""
        try:
            for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
                with path.open("rb") as file:
                    for text in file:
                        yield from _lines(path, text)
        except OSError as error:
            raise Retryable(f"The journal cannot be read ({error.strerror}).") from error

    def close(self) -> None:
        """Done with the file."""
        with self._writing:
            self._close()

    def forget(self) -> None:
        """For a shop that forgets everything."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            path.unlink()

    def _close(self) -> None:
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _handle(self, month: str) -> int:
        if self._open is not None and self._open[0] == month:
            return self._open[1]
        self._close()
        make_folder(self._folder)
        handle = os.open(self._folder / f"{month}{_SUFFIX}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            sync_folder(self._folder)
        except BaseException:
            os.close(handle)
            raise
        self._open = month, handle
        return handle


def _lines(path: Path, text: bytes) -> list[Line]:
    if not text.strip():
        return []
    try:
        return msgspec.json.decode(text, type=list[Line])
    except msgspec.ValidationError:
        # whole, so no crash left it: it was meant, and must not be passed over
        raise Misconfigured(f"A line in {path} cannot be read by this version of Courtesy.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        failed("a line of the journal is unfinished", error)
        return []
