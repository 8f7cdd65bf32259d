"""A clock that can be advanced: the machine's, and what it was moved by. One file keeps the offset, so that a restart keeps the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.errors import Conflict


class LocalClock:
    """ports.Clock. `path` holds the offset in whole seconds; without the file it is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = timedelta(seconds=int(path.read_text())) if path.exists() else timedelta()

    def now(self) -> datetime:
        """Aware, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0) + self._offset

    def monotonic(self) -> float:
        """Seconds; not moved by advancing."""
        return time.monotonic()

    def advance_to(self, at: datetime) -> None:
        """From now on it is `at` and later. Errors: Conflict for going back."""
        ahead = at - self.now()
        if ahead < timedelta():
            raise Conflict("A clock cannot go back: start anew with courtesy up --fresh.")
        offset = self._offset + ahead
        new = self._path.with_suffix(".new")
        new.write_text(str(int(offset.total_seconds())))
        new.replace(self._path)
        self._offset = offset
