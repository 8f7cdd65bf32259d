from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.triggers.overdue import EXPECTED_WITHIN, LEAST, MOST, expected_gap
from tests.support.histories import DAY, bought, gave, history, moments, on, times
from tests.support.properties import thorough
from tests.support.world import NOON


def test_of_one_order_half_a_year_is_expected_and_three_months_forgiven() -> None:
    (found,) = moments("invitation", history(bought(on(2025, 3, 1))))
    assert times([found]) == ["2025-11-26T10:00:00Z"]  # 180 and 90 days
    assert (found.why.kind, found.why.facts) == ("overdue", {"since": "2025-03-01T12:00:00Z"})


def test_their_own_habit_counts() -> None:
    quarterly = [bought(on(2025, month, 1)) for month in (1, 4, 7, 10)]
    assert times(moments("invitation", history(*quarterly))) == ["2026-03-31T09:00:00Z"]  # 91 and 90 days after 1 October


@pytest.mark.parametrize(("apart", "expected"), [(1, LEAST), (100, 100), (3000, MOST)])
def test_within_reason(apart: int, expected: int) -> None:
    assert expected_gap([(on(2005, 1, 1) + times_ * apart * DAY).date() for times_ in range(3)]) == expected


def test_two_orders_are_no_habit_yet() -> None:
    assert expected_gap([on(2015, 1, 1).date(), on(2015, 1, 11).date()]) == EXPECTED_WITHIN


def test_gifts_are_dealings_with_us_too() -> None:
    assert len(moments("invitation", history(gave(on(2025, 3, 1))))) == 1


def test_who_never_ordered_is_not_invited_back() -> None:
    assert moments("invitation", history()) == []
    assert moments("invitation", history(msgspec.structs.replace(bought(on(2025, 3, 1)), cancelled_at=on(2025, 3, 2)))) == []


def test_once_for_each_silence() -> None:
    first = bought(on(2025, 3, 1))
    before, since = moments("invitation", history(first)), moments("invitation", history(first, bought(on(2025, 12, 1))))
    assert before == moments("invitation", history(first), NOON + 300 * DAY)
    assert before[0].anchor != since[0].anchor


@thorough
@given(st.lists(st.integers(0, 4000), min_size=1, max_size=8))
def test_nobody_is_expected_before_two_months_or_after_two_years(days: list[int]) -> None:
    found = expected_gap([(on(2015, 1, 1) + day * DAY).date() for day in days])
    assert LEAST <= found <= MOST
    assert len({*days}) > 1 or found == EXPECTED_WITHIN
