"""How often within the hour: for limits on sign-ups. Addresses and networks stand there as keyed hashes, and vanish by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.calendar import instant, stamp
from chalicelib.table import TTL, Below, Equals, Item, Key, Missing, Put, Update

WINDOW = 3600


ONE_LINK_PER = timedelta(hours=24)


def link_key(hashed: str) -> Key:
    """When an address last asked for the link to its own page; known or not."""
    return f"RATE#link#{hashed}", "LAST"


def asked_lately(item: Item | None, now: datetime) -> bool:
    """Whether the last 24 hours have seen one already."""
    return item is not None and now < instant(str(item["at"])) + ONE_LINK_PER


def asks_for_link(hashed: str, before: Item | None, now: datetime) -> Put:
    """In place of what was read; loses when another came between."""
    pk, sk = link_key(hashed)
    item: Item = {"pk": pk, "sk": sk, "at": stamp(now), TTL: int((now + ONE_LINK_PER).timestamp()) + WINDOW}
    return Put(item, when=(Missing() if before is None else Equals("at", str(before["at"])),))


def asks_again(hashed: str) -> Update:
    """Within the same 24 hours."""
    return Update(link_key(hashed), add={"times": 1})


def count(kind: str, hashed: str, limit: int, now: datetime) -> Update:
    """One more in this hour; loses when the limit is reached."""
    hour = int(now.timestamp()) // WINDOW
    return Update(
        (f"RATE#{kind}#{hashed}", str(hour)), set={TTL: (hour + 2) * WINDOW}, add={"count": 1}, when=(Below("count", limit),)
    )
