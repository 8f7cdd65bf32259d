from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.gift import ASK
from chalicelib.domain.order import Order
from tests.support.histories import DAY, bought, gave, history, moments, on, times
from tests.support.properties import quick

XMAS = gave(on(2025, 12, 10), "RING")


def test_a_gift_is_remembered_three_weeks_before_its_year_is_over() -> None:
    (found,) = moments("last-years-gift", history(XMAS))
    assert (times([found]), found.anchor, found.extra) == (["2026-11-19T10:00:00Z"], XMAS.key, {"date": "2026-12-10"})


@pytest.mark.parametrize(
    "order",
    [bought(on(2025, 12, 10)), bought(on(2025, 12, 10), gift=ASK), msgspec.structs.replace(XMAS, cancelled_at=on(2025, 12, 11))],
)
def test_what_was_no_gift_or_was_called_off_is_not(order: Order) -> None:
    assert moments("last-years-gift", history(order)) == []


def test_once_a_season_however_many_they_gave() -> None:
    season = [gave(on(2025, 12, day), "RING") for day in (1, 10, 20)]
    assert [one.anchor for one in moments("last-years-gift", history(*season[::-1]))] == [season[0].key]


def test_the_next_season_is_another() -> None:
    assert times(moments("last-years-gift", history(XMAS, gave(on(2026, 2, 14), "RING")))) == [
        "2026-11-19T10:00:00Z",
        "2027-01-24T10:00:00Z",
    ]


@pytest.mark.parametrize(("now", "found"), [(on(2026, 12, 10), 1), (on(2026, 12, 11), 0)])
def test_nobody_is_reminded_of_a_day_that_is_past(now: object, found: int) -> None:
    assert len(moments("last-years-gift", history(XMAS), now)) == found  # type: ignore[arg-type]


def test_a_gift_of_the_29th_of_february_comes_round_on_the_28th() -> None:
    (found,) = moments("last-years-gift", history(gave(on(2028, 2, 29))), on(2028, 3, 1))
    assert found.extra["date"] == "2029-02-28"


@quick
@given(st.lists(st.integers(0, 300), min_size=1, max_size=6, unique=True), st.randoms())
def test_never_two_within_one_season(days: list[int], shuffled: object) -> None:
    gifts = [gave(on(2025, 4, 1) + day * DAY) for day in days]
    shuffled.shuffle(gifts)  # type: ignore[attr-defined]
    found = sorted(moments("last-years-gift", history(*gifts), on(2026, 3, 2)), key=lambda one: one.at)
    assert all(later.at - earlier.at > 29 * DAY for earlier, later in pairwise(found))
