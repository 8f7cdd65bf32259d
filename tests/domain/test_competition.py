"""Rounds: one each month, in the shop's zone, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.competition import (
    FIXING,
    awaited,
    before,
    called,
    closes_at,
    entry_of,
    following,
    is_round,
    link_scope,
    open_round,
    parse_county,
    surname,
)
from chalicelib.errors import Invalid
from tests.support.properties import quick

LONDON = "Europe/London"
zones = st.sampled_from([LONDON, "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe", "UTC"])
hours = st.integers(0, 23)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("round_", "closes"),
    [
        ("2026-12", "2026-12-31T18:00:00+00:00"),
        ("2026-06", "2026-06-30T17:00:00+00:00"),
        ("2027-10", "2027-10-31T18:00:00+00:00"),  # the night on which summer time ends
        ("2030-03", "2030-03-31T17:00:00+00:00"),  # ... and begins
        ("2028-02", "2028-02-29T18:00:00+00:00"),
    ],
)
def test_a_round_closes_at_the_hour_that_the_shops_clocks_show(round_: str, closes: str) -> None:
    assert closes_at(round_, 18, LONDON).isoformat() == closes


@quick
@given(instants, hours, zones)
def test_a_list_is_awaited_of_the_open_round_and_for_an_hour_of_the_last(now: datetime, hour: int, zone: str) -> None:
    open_ = open_round(now, hour, zone)
    last, closed = before(open_), closes_at(before(open_), hour, zone)
    assert awaited(open_, now, hour, zone) == closes_at(open_, hour, zone)
    assert awaited(last, now, hour, zone) == (closed if now < closed + FIXING else None)
    assert awaited(last, closed, hour, zone) == awaited(last, closed + FIXING - timedelta(seconds=1), hour, zone) == closed
    assert awaited(last, closed + FIXING, hour, zone) is None
    assert awaited(following(open_), now, hour, zone) is awaited(before(last), now, hour, zone) is None


def test_in_the_hour_that_spring_skips_and_autumn_repeats_there_is_one_closing() -> None:
    assert closes_at("2030-03", 1, LONDON).isoformat() == "2030-03-31T01:00:00+00:00"
    assert closes_at("2027-10", 1, LONDON).isoformat() == "2027-10-31T00:00:00+00:00"


@quick
@given(instants, hours, zones)
def test_there_is_always_one_open_round_and_it_closes_next(now: datetime, hour: int, zone: str) -> None:
    round_ = open_round(now, hour, zone)
    assert closes_at(before(round_), hour, zone) <= now < closes_at(round_, hour, zone)
    assert closes_at(round_, hour, zone) - now < timedelta(days=32)


@quick
@given(instants, hours, zones)
def test_the_last_day_of_its_month_closes_a_round(now: datetime, hour: int, zone: str) -> None:
    round_ = open_round(now, hour, zone)
    local = closes_at(round_, hour, zone).astimezone(ZoneInfo(zone))
    assert f"{local:%Y-%m}" == round_
    assert (local + timedelta(days=1)).month != local.month


@quick
@given(instants)
def test_after_a_round_comes_the_next(now: datetime) -> None:
    round_ = open_round(now, 18, LONDON)
    assert before(following(round_)) == round_ < following(round_)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "1999-12", "2026-12-01", "2026-12\n"])
def test_what_names_no_round(text: str) -> None:
    assert not is_round(text)
    with pytest.raises(Invalid, match="year and month"):
        called(text)


def test_what_people_call_it() -> None:
    assert (called("2026-12"), surname("Isobel Trant"), surname("Björk")) == ("December 2026", "Trant", "Björk")


def test_a_link_is_for_one_entry_in_one_round() -> None:
    assert entry_of(link_scope("2026-12", "abc")) == ("2026-12", "abc")


@pytest.mark.parametrize(
    ("typed", "county"), [("", ""), ("  ", ""), (" Cornwall ", "Cornwall"), ("Tyne  and Wear", "Tyne and Wear")]
)
def test_a_county_may_be_left_out(typed: str, county: str) -> None:
    assert parse_county(typed) == county


@pytest.mark.parametrize("typed", ["C" * 61, "a\u202eb", "https://x.example", "a@b.example"])
def test_what_is_no_county(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_county(typed)
    assert refused.value.field == "county"
