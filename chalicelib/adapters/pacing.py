"""Keeping to a mail service's rate, within one process."""

from __future__ import annotations

import time
from collections.abc import Callable

from chalicelib.domain import pacing


class Pacer:
    """`rate`: calls a second, asked for each time. Another process has a bucket of its own: what is too much then is refused for now."""

    def __init__(
        self,
        rate: Callable[[], float],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._monotonic, self._sleep = rate, monotonic, sleep
        self._bucket: pacing.Bucket | None = None

    def await_turn(self) -> None:
        """Comes back when one more call keeps to the rate."""
        rate, now = self._rate(), self._monotonic()
        self._bucket, wait = pacing.take(self._bucket or pacing.full(rate, now), rate, now)
        if wait:
            self._sleep(wait)
