"""The machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """ports.Clock."""

    def now(self) -> datetime:
        """Aware, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)

    def monotonic(self) -> float:
        """Seconds."""
        return time.monotonic()
