"""How often within the hour: for limits on sign-ups. Addresses and networks stand there as keyed hashes, and vanish by themselves."""

from __future__ import annotations

from datetime import datetime

from chalicelib.table import TTL, Below, Update

WINDOW = 3600


def count(kind: str, hashed: str, limit: int, now: datetime) -> Update:
    """One more in this hour; loses when the limit is reached."""
    hour = int(now.timestamp()) // WINDOW
    return Update(
        (f"RATE#{kind}#{hashed}", str(hour)), set={TTL: (hour + 2) * WINDOW}, add={"count": 1}, when=(Below("count", limit),)
    )
