"""The gate of a shard: whether sending is paused, how much of today's budget is used, and which worker holds the shard's lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import local_day, stamp
from chalicelib.domain.shop import Shop, daily_share
from chalicelib.stores import follow_ups
from chalicelib.table import Below, Condition, Equals, Item, Key, Lacks, Update

LEASE = timedelta(seconds=30)
"""Longer than the longest time from one authorisation to the next: a chunk's fence (10 s), and the call that was begun just before (12 s)."""


class Gate(Struct, frozen=True):
    """As it was read. `leased_by` is "" when nobody holds the lease; `leased_until` in seconds since 1970."""

    paused: bool = False
    used_today: int = 0
    leased_by: str = ""
    leased_until: int = 0


def key(shard: str) -> Key:
    """One gate a shard."""
    return f"GATE#{shard}", "GATE"


def _counter(now: datetime, shop: Shop, *, days_ago: int = 0) -> str:
    # by the calendar, not by 24 hours: late on the day after clocks go back, that would name one day twice
    return f"used_{local_day(now, shop.zone) - timedelta(days=days_ago):%Y%m%d}"


def load(item: Item | None, now: datetime, shop: Shop) -> Gate:
    """An unwritten gate is open."""
    found = item or {}
    used, until = found.get(_counter(now, shop), 0), found.get("leased_until", 0)
    return Gate(
        paused="paused_at" in found,
        used_today=used if isinstance(used, int) else 0,
        leased_by=str(found.get("leased_by", "")),
        leased_until=until if isinstance(until, int) else 0,
    )


def is_free(gate: Gate, worker: str, now: datetime) -> bool:
    """Whether the worker may take the lease. One that ends later than any lease can was taken by a clock that ran ahead."""
    seconds = int(now.timestamp())
    ended = not seconds <= gate.leased_until <= seconds + LEASE // timedelta(seconds=1)
    return ended or gate.leased_by in ("", worker)


def take_lease(shard: str, gate: Gate, worker: str, now: datetime) -> Update:
    """The worker's, from this commit on. Loses when another took it since `gate` was read."""
    as_read: tuple[Condition, ...] = (Lacks("leased_by"),)
    if gate.leased_by:
        as_read = (Equals("leased_by", gate.leased_by), Equals("leased_until", gate.leased_until))
    return Update(key(shard), set={"leased_by": worker, "leased_until": _lease_ends(now)}, when=as_read)


def give_back(shard: str, worker: str) -> Update:
    """Anybody's. Loses when it was no longer the worker's."""
    return Update(key(shard), remove=("leased_by", "leased_until"), when=(Equals("leased_by", worker),))


def _lease_ends(now: datetime) -> int:
    return int((now + LEASE).timestamp())


def authorised(shard: str, worker: str, count: int, now: datetime, shop: Shop, *, counted: bool) -> Update:
    """Counts against today, and renews the lease.

    Loses while paused, when the lease is no longer the worker's, and for what is `counted` when today's budget would be passed.
    """
    today = _counter(now, shop)
    when: tuple[Condition, ...] = (Lacks("paused_at"), Equals("leased_by", worker))
    if counted:
        when = (*when, Below(today, daily_share(shop, len(follow_ups.SHARDS)) - count + 1))
    old = tuple(_counter(now, shop, days_ago=days) for days in range(2, 9))
    return Update(key(shard), set={"leased_until": _lease_ends(now)}, add={today: count}, remove=old, when=when)


def used_at_least(shard: str, count: int, now: datetime, shop: Shop) -> Update:
    """So many of today's mails are used, whatever the gate says; loses when it says more."""
    return Update(key(shard), set={_counter(now, shop): count}, when=(Below(_counter(now, shop), count),))


def pause(shard: str, now: datetime) -> Update:
    """Nothing is authorised from this commit on."""
    return Update(key(shard), set={"paused_at": stamp(now)})


def resume(shard: str) -> Update:
    """Authorised again from this commit on."""
    return Update(key(shard), remove=("paused_at",))
