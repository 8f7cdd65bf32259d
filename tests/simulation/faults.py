"""What may go wrong, how often, and how often it did."""

from __future__ import annotations

from collections import Counter
from random import Random

READ, WRITE, TRANSACT, MAIL, KEEP = "read", "write", "transact", "mail", "keep"
"""What a call is: a table's read, a single write, a transaction; handing a mail over; queue, blob and journal."""

CRASH_BEFORE, CRASH_AFTER, PAUSE = "crash before", "crash after", "pause"
THROTTLE, CONFLICT = "throttle", "conflict"
LOST_APPLIED, LOST_NOT_APPLIED, LOST_TO_ITSELF = "lost reply, applied", "lost reply, not applied", "write lost to itself"
REFUSED, REJECTED = "mail refused for now", "mail rejected"
STALE_INDEX, STALE_READ = "stale index", "stale read"

ODDS = {
    READ: {CRASH_BEFORE: 3, CRASH_AFTER: 3, THROTTLE: 6, PAUSE: 5},
    WRITE: {CRASH_BEFORE: 8, CRASH_AFTER: 8, THROTTLE: 8, LOST_APPLIED: 8, LOST_NOT_APPLIED: 4, LOST_TO_ITSELF: 12, PAUSE: 8},
    TRANSACT: {CRASH_BEFORE: 8, CRASH_AFTER: 8, THROTTLE: 6, CONFLICT: 8, LOST_APPLIED: 10, LOST_NOT_APPLIED: 4, PAUSE: 20},
    MAIL: {CRASH_BEFORE: 20, CRASH_AFTER: 30, REFUSED: 30, REJECTED: 4, LOST_APPLIED: 40, LOST_NOT_APPLIED: 20, PAUSE: 15},
    KEEP: {CRASH_BEFORE: 4, CRASH_AFTER: 4, THROTTLE: 5, LOST_APPLIED: 5, PAUSE: 3},
}  # fmt: skip
"""Of a thousand calls of that kind, so many meet it."""

EVENT_LOST, EVENT_DOUBLED, EVENT_LATE, EVENT_OUTAGE = "event lost", "event doubled", "event late", "no events for hours"
MESSAGE_DOUBLED, MESSAGE_LATE = "message doubled", "message out of order"
CLOCK_JUMP, CLOCK_OUTAGE = "clock jumped an hour", "no tick for hours"
TWO_WORKERS, TWO_VERSIONS = "two workers at once", "two versions at once"
BOUNCE, COMPLAINT, STOP, CANCEL = "bounce", "complaint", "stop", "order cancelled"
OWNER_PAUSE, SETTLE, RESTORE, DST, UNWRITABLE = (
    "pause and resume",
    "settled by the owner",
    "restore",
    "change of clocks",
    "mail cannot be written",
)

KINDS = (
    *dict.fromkeys(kind for odds in ODDS.values() for kind in odds),
    STALE_INDEX, STALE_READ, EVENT_LOST, EVENT_DOUBLED, EVENT_LATE, EVENT_OUTAGE, MESSAGE_DOUBLED, MESSAGE_LATE, CLOCK_JUMP, CLOCK_OUTAGE, TWO_WORKERS, TWO_VERSIONS,
    BOUNCE, COMPLAINT, STOP, CANCEL, OWNER_PAUSE, SETTLE, RESTORE, DST, UNWRITABLE,
)  # fmt: skip
"""Every one of these must have happened in a run of many seeds."""


class Faults:
    """The seed's bad luck. `strength` scales it; `on` is switched off for the last part of a run. `happened` counts."""

    def __init__(self, random: Random, strength: float) -> None:
        self._random = random
        self._tables = {call: _ladder(odds, strength) for call, odds in ODDS.items()}
        self.on = strength > 0
        self.happened: Counter[str] = Counter()
        self.scripted: dict[str, list[str]] = {}
        """What the next calls of a kind (or the next chances of a fault) meet, whether faults are on or not."""

    def of_call(self, call: str) -> str:
        """What this call meets, "" for nothing."""
        if script := self.scripted.get(call):
            return script.pop(0)
        if not self.on:
            return ""
        draw = self._random.random() * 1000
        for limit, kind in self._tables[call]:
            if draw < limit:
                self.happened[kind] += 1
                return kind
        return ""

    def strikes(self, kind: str, chance: float) -> bool:
        """Whether this happens now."""
        if script := self.scripted.get(kind):
            return script.pop(0) == kind
        if self.on and self._random.random() < chance:
            self.happened[kind] += 1
            return True
        return False


def _ladder(odds: dict[str, int], strength: float) -> list[tuple[float, str]]:
    ladder, limit = [], 0.0
    for kind, share in odds.items():
        limit += share * strength
        ladder.append((limit, kind))
    return ladder
