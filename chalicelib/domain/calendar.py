"""Instants, days and hours. Instants are aware, UTC, whole seconds; wall times keep the IANA zone they were meant in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_zone = cache(ZoneInfo)
"""ZoneInfo itself keeps only the eight asked for last, and one country alone has more."""


def stamp(at: datetime) -> str:
    """The instant as text that sorts: 2026-11-22T09:30:00Z."""
    return at.astimezone(UTC).isoformat()[:19] + "Z"


def instant(text: str) -> datetime:
    """From `stamp`'s text, or any ISO 8601 text with an offset. Errors: ValueError, also for a time without an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs an offset")
    try:
        return at.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError("a time needs a year from 1 to 9999") from None


def at_local(day: date, hour: int, zone: str) -> datetime:
    """The instant at which clocks in the zone show that hour on that day.

    In the hour that spring skips: the first instant after the gap. In the hour that autumn repeats: its first showing.
    """
    # fold=0 counts a skipped hour by the offset before the gap, which lands on the gap's end, and a repeated one as its first showing
    return datetime.combine(day, time(hour), _zone(zone)).astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day in the zone."""
    return at.astimezone(_zone(zone)).date()


def days_after(at: datetime, days: int, hour: int, zone: str) -> datetime:
    """That many calendar days after the instant's own day in the zone, at the hour."""
    return at_local(local_day(at, zone) + timedelta(days=days), hour, zone)


NOON = 12


def working_days_after(at: datetime, days: int, hour: int, zone: str) -> datetime:
    """That many days from Monday to Friday after the instant's own day in the zone, at the hour. Public holidays count as working days."""
    day = local_day(at, zone)
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return at_local(day, hour, zone)


def working_days_between(start: datetime, end: datetime, zone: str) -> int:
    """How many days from Monday to Friday lie after the first instant's own day in the zone, up to the second's. 0 where it lies before."""
    first, last = local_day(start, zone), local_day(end, zone)
    weeks, rest = divmod(max(0, (last - first).days), 7)
    return 5 * weeks + sum((first.weekday() + 1 + day) % 7 < 5 for day in range(rest))


def is_quiet(hour: int, begins: int, ends: int) -> bool:
    """Whether an hour of the day lies in the quiet hours. `begins` > `ends`: they span midnight. Equal: there are none."""
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


def quiet_until(at: datetime, begins: int, ends: int, zone: str) -> datetime | None:
    """When the quiet hours in which the instant lies end, or None outside them."""
    local = at.astimezone(_zone(zone))
    if not is_quiet(local.hour, begins, ends):
        return None
    tomorrow = begins > ends and local.hour >= begins
    return at_local(local.date() + timedelta(days=1 if tomorrow else 0), ends, zone)


_LONGEST_NIGHT = timedelta(days=2)


def quiet_everywhere_until(at: datetime, begins: int, ends: int, zones: Sequence[str], otherwise: str) -> datetime | None:
    """When it is night in none of the zones any more, or None where it is in none already.

    Where there is no such hour (a country too wide for its quiet hours), the zone `otherwise` counts alone.
    """
    day = at
    while nights := [until for zone in zones if (until := quiet_until(day, begins, ends, zone)) is not None]:
        day = max(nights)
        if day - at > _LONGEST_NIGHT:
            return quiet_until(at, begins, ends, otherwise)
    return day if day > at else None


def long_date(at: datetime, zone: str) -> str:
    """For people: 22 November 2026."""
    return written_date(local_day(at, zone))


def written_date(day: date) -> str:
    """For people: 22 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def clock_time(at: datetime, zone: str) -> str:
    """For people: 22 November at 10:00."""
    local = at.astimezone(_zone(zone))
    return f"{local.day} {MONTHS[local.month - 1]} at {local:%H:%M}"


def day_name(at: datetime, zone: str) -> str:
    """For people: Monday 2 March."""
    local = at.astimezone(_zone(zone))
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
