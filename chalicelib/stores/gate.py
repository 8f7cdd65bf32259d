"""The gate of a shard: whether sending is paused, and how much of today's budget is used."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import local_day
from chalicelib.domain.shop import Shop
from chalicelib.table import Below, Condition, Item, Key, Lacks, Update


class Gate(Struct, frozen=True):
    """As it was read."""

    paused: bool
    used_today: int


def key(shard: str) -> Key:
    """One gate a shard."""
    return f"GATE#{shard}", "GATE"


def _counter(now: datetime, shop: Shop) -> str:
    return f"used_{local_day(now, shop.zone):%Y%m%d}"


def load(item: Item | None, now: datetime, shop: Shop) -> Gate:
    """An unwritten gate is open."""
    used = (item or {}).get(_counter(now, shop), 0)
    return Gate(paused=bool(item and "paused_at" in item), used_today=used if isinstance(used, int) else 0)


def authorised(shard: str, count: int, now: datetime, shop: Shop, *, counted: bool) -> Update:
    """Counts against today. Loses while paused, and for what is `counted` when today's share would be passed."""
    today = _counter(now, shop)
    when: tuple[Condition, ...] = (Lacks("paused_at"),)
    if counted:
        when = (*when, Below(today, shop.manners.daily_budget - count + 1))
    old = tuple(_counter(now - timedelta(days=days), shop) for days in range(2, 9))
    return Update(key(shard), add={today: count}, remove=old, when=when)
