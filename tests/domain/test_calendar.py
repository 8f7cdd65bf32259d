from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import (
    NOON,
    at_local,
    clock_time,
    days_after,
    instant,
    local_day,
    long_date,
    quiet_until,
    stamp,
    working_days_after,
)
from tests.support.properties import quick, thorough

LONDON = "Europe/London"
ZONES = (LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Pacific/Chatham", "UTC")
SECOND = timedelta(seconds=1)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001  given its zone at once
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
hours = st.integers(0, 23)


def test_skipped_hour_becomes_the_gaps_end() -> None:
    at = at_local(date(2026, 3, 29), 1, LONDON)
    assert stamp(at) == "2026-03-29T01:00:00Z"
    assert at.astimezone(ZoneInfo(LONDON)).hour == 2


def test_half_hour_gap_ends_at_its_own_end() -> None:
    at = at_local(date(2026, 10, 4), 2, "Australia/Lord_Howe")
    assert at.astimezone(ZoneInfo("Australia/Lord_Howe")).time() == time(2, 30)


def test_repeated_hour_is_its_first_showing() -> None:
    assert stamp(at_local(date(2026, 10, 25), 1, LONDON)) == "2026-10-25T00:00:00Z"


@thorough
@given(days, hours, st.sampled_from(ZONES))
def test_clocks_show_the_hour_or_the_gaps_end(day: date, hour: int, zone: str) -> None:
    shown = at_local(day, hour, zone).astimezone(ZoneInfo(zone))
    before = (shown.astimezone(UTC) - SECOND).astimezone(ZoneInfo(zone))
    is_gap = shown.hour != hour or shown.minute != 0
    assert shown.date() == day
    assert not is_gap or before.replace(tzinfo=None) + SECOND == datetime.combine(day, time(hour))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-03-27T12:00:00Z", "2026-03-30T09:00:00Z"),  # summer time begins between
        ("2026-10-23T12:00:00Z", "2026-10-26T10:00:00Z"),  # and ends
        ("2026-06-01T23:30:00Z", "2026-06-05T09:00:00Z"),  # it is already 2 June in Falmouth
    ],
)
def test_days_are_counted_on_the_wall(since: str, expected: str) -> None:
    assert stamp(days_after(instant(since), 3, 10, LONDON)) == expected


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-03-02T19:59:59Z", None),
        ("2026-03-02T20:00:00Z", "2026-03-03T09:00:00Z"),
        ("2026-03-03T00:00:00Z", "2026-03-03T09:00:00Z"),
        ("2026-03-03T08:59:59Z", "2026-03-03T09:00:00Z"),
        ("2026-03-03T09:00:00Z", None),
        ("2026-03-28T23:00:00Z", "2026-03-29T08:00:00Z"),  # the night that is an hour short
        ("2026-10-24T23:00:00Z", "2026-10-25T09:00:00Z"),  # the night that is an hour long
    ],
)
def test_quiet_hours_span_midnight(at: str, ends: str | None) -> None:
    found = quiet_until(instant(at), 20, 9, LONDON)
    assert (found and stamp(found)) == ends


def test_quiet_hours_within_a_day() -> None:
    assert quiet_until(instant("2026-03-02T13:10:00Z"), 13, 15, LONDON) == instant("2026-03-02T15:00:00Z")
    assert quiet_until(instant("2026-03-02T15:00:00Z"), 13, 15, LONDON) is None


@quick
@given(moments, hours)
def test_equal_hours_mean_no_quiet(at: datetime, hour: int) -> None:
    assert quiet_until(at, hour, hour, LONDON) is None


@thorough
@given(moments, hours, hours, st.sampled_from(ZONES))
def test_quiet_lasts_up_to_its_end(at: datetime, begins: int, ends: int, zone: str) -> None:
    until = quiet_until(at, begins, ends, zone)
    if until is not None:
        assert at < until <= at + timedelta(hours=25)
        assert quiet_until(until, begins, ends, zone) is None
        assert quiet_until(until - SECOND, begins, ends, zone) == until


@quick
@given(st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)))
def test_a_stamp_reads_back(at: datetime) -> None:
    assert instant(stamp(at)) == at


@quick
@given(moments, moments)
def test_stamps_sort_as_instants_do(one: datetime, other: datetime) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)


@pytest.mark.parametrize("text", ["", "2026-03-02", "2026-03-02T12:00:00", "0001-01-01T00:00:00+23:00", "tomorrow", "٢"])
def test_no_instant_without_day_and_offset(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the kind is the contract
        instant(text)


def test_people_read_local_days() -> None:
    late = instant("2026-06-01T23:30:00Z")
    assert (local_day(late, LONDON), long_date(late, LONDON)) == (date(2026, 6, 2), "2 June 2026")
    assert clock_time(late, LONDON) == "2 June at 00:30"


@pytest.mark.parametrize(
    ("sent", "days", "arrives"),
    [
        ("2026-03-03T09:00:00Z", 4, "2026-03-09T12:00:00Z"),  # a Tuesday: over a weekend
        ("2026-03-06T09:00:00Z", 1, "2026-03-09T12:00:00Z"),  # a Friday
        ("2026-03-07T09:00:00Z", 1, "2026-03-09T12:00:00Z"),  # a Saturday
        ("2026-03-27T23:30:00Z", 1, "2026-03-30T11:00:00Z"),  # clocks went on in between
        ("2026-03-03T09:00:00Z", 0, "2026-03-03T12:00:00Z"),
    ],
)
def test_working_days_leave_weekends_out(sent: str, days: int, arrives: str) -> None:
    assert stamp(working_days_after(instant(sent), days, NOON, "Europe/London")) == arrives
