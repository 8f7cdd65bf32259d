from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.inquiry import ANSWER_WITHIN, hushed_until, urgency, waited
from tests.support.histories import DAY, inquiry, on
from tests.support.properties import thorough
from tests.support.world import NOON

ZONE = "Europe/London"


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (on(2026, 3, 2, 18), 0),
        (on(2026, 3, 3), 1),
        (on(2026, 3, 6), 4),
        (on(2026, 3, 8), 4),
        (on(2026, 3, 9), 5),
        (on(2026, 3, 1), 0),
    ],
)
def test_they_wait_in_working_days(now: datetime, days: int) -> None:
    assert waited(inquiry(NOON), now, ZONE) == days


def test_nobody_waits_longer_than_a_week() -> None:
    assert waited(inquiry(NOON), NOON + 7 * DAY, ZONE) == ANSWER_WITHIN


@pytest.mark.parametrize(
    ("found", "until"),
    [
        ([], None),
        ([inquiry(NOON - DAY)], None),
        ([inquiry(NOON - DAY, NOON, "good")], NOON + 7 * DAY),
        ([inquiry(NOON - DAY, NOON, "bad")], None),
        ([inquiry(NOON - 9 * DAY, NOON - 7 * DAY, "good")], None),
        ([inquiry(NOON - 9 * DAY, NOON - 6 * DAY, "good"), inquiry(NOON - 8 * DAY, NOON - 2 * DAY, "good")], NOON + 5 * DAY),
    ],
    ids=["none", "an open one", "a good close", "a bad close", "long enough ago", "the latest of two"],
)
def test_a_good_close_hushes_for_a_week(found: list[object], until: datetime | None) -> None:
    assert hushed_until(found, NOON, 7) == until  # type: ignore[arg-type]


@thorough
@given(st.lists(st.integers(0, 30), max_size=4), st.integers(0, 14))
def test_the_hush_ends_when_it_says(ago: list[int], days: int) -> None:
    found = [inquiry(NOON - 40 * DAY, NOON - n * DAY) for n in ago]
    until = hushed_until(found, NOON, days)
    if until is not None:
        assert until > NOON
        assert hushed_until(found, until, days) is None
        assert hushed_until(found, until - timedelta(seconds=1), days) == until


@pytest.mark.parametrize(("days", "how"), [(0, ""), (2, ""), (3, "nudged"), (4, "on top"), (9, "on top")])
def test_the_owner_is_nudged_and_then_told_to_answer_first(days: int, how: str) -> None:
    assert urgency(days) == how
