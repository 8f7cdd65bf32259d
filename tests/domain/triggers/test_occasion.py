from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.fact import DATE, LIKES, NEVER
from chalicelib.domain.triggers.occasion import next_showing, read
from tests.support.histories import DAY, history, moments, on, times, told
from tests.support.properties import thorough
from tests.support.world import NOON


def birthday(value: str) -> list[str]:
    return times(moments("occasion", history(facts=[told(DATE, "birthday", value)])))


def test_a_birthday_is_told_fourteen_days_before() -> None:
    assert birthday("--03-20") == ["2026-03-06T10:00:00Z"]


@pytest.mark.parametrize("value", ["--06-01", "1988-06-01"])
def test_the_year_may_be_left_out(value: str) -> None:
    assert birthday(value) == ["2026-05-18T09:00:00Z"]


def test_what_is_past_comes_round_next_year() -> None:
    assert birthday("--03-01") == ["2027-02-15T10:00:00Z"]
    assert birthday("--03-02") == ["2026-02-16T10:00:00Z"]  # today, and so too late for the mail to be wanted any more


@pytest.mark.parametrize(("year", "shown"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))])
def test_the_29th_of_february_is_kept_on_the_28th(year: int, shown: date) -> None:
    assert next_showing((2, 29), date(year, 1, 1)) == shown
    assert next_showing((2, 29), shown + timedelta(days=1)) > shown


@pytest.mark.parametrize("value", ["", "20 March", "2026-13-01", "--02-30", "2026-02-31", "26-03-20", "0000-01-01"])
def test_what_is_no_date_finds_nothing(value: str) -> None:
    assert read(value) is None
    assert birthday(value) == []


def test_a_partners_date_carries_its_label_and_no_name() -> None:
    known = history(facts=[told(DATE, "partner's birthday", "--03-20")])
    (found,) = moments("occasion", known)
    assert found.extra == {"label": "partner's birthday", "date": "2026-03-20"}
    assert (found.anchor, found.occurrence) == ("occasion", "2026 partner's birthday")


def test_never_ends_that_occasion_alone() -> None:
    facts = [told(DATE, "birthday", "--03-20"), told(DATE, "anniversary", "--03-21"), told(NEVER, "birthday", "yes")]
    assert [one.extra["label"] for one in moments("occasion", history(facts=facts))] == ["anniversary"]


def test_only_dates_are_occasions() -> None:
    assert moments("occasion", history(facts=[told(LIKES, "rings", "--03-20")])) == []


@thorough
@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)), st.integers(1, 12), st.integers(1, 29))
def test_the_next_showing_is_within_a_year_and_never_past(today: date, month: int, day: int) -> None:
    shown = next_showing((month, day), today)
    assert today <= shown <= today + timedelta(days=366)
    assert shown.month == month
    assert shown.day in (day, 28)


@thorough
@given(st.integers(0, 400), st.integers(0, 400))
def test_until_its_day_it_is_one_and_the_same(first: int, second: int) -> None:
    known = history(facts=[told(DATE, "birthday", "--06-01")])
    one, other = (moments("occasion", known, on(2026, 1, 1) + days * DAY)[0] for days in (first, second))
    assert (one == other) == (one.occurrence == other.occurrence)
    assert one.at > NOON - 500 * DAY
