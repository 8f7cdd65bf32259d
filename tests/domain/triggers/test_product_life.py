from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.gift import ASK, GIFT
from chalicelib.domain.order import Line, Order, Word
from tests.factories import view
from tests.support.histories import arrived, bought, gave, history, moments, on, sent_back, times
from tests.support.properties import quick

MARCH = bought(on(2025, 3, 1))


def due(*orders: Order) -> list[str]:
    return times(moments("care", history(*orders)))


def test_socks_of_march_last_until_december() -> None:
    assert due(MARCH) == ["2025-12-01T10:00:00Z"]  # nine months, at the send hour


def test_the_send_hour_keeps_to_the_shops_clock() -> None:
    assert due(bought(on(2025, 9, 15))) == ["2026-06-15T09:00:00Z"]  # ten in summer time


def test_their_life_begins_with_their_arrival() -> None:
    assert due(arrived(MARCH, on(2025, 3, 6))) == ["2025-12-06T10:00:00Z"]


def test_buying_again_moves_it_to_the_newest() -> None:
    again = bought(on(2025, 7, 1))
    (found,) = moments("care", history(MARCH, again))
    assert found.anchor == again.key
    assert times([found]) == ["2026-04-01T09:00:00Z"]  # one gap is no habit yet


def test_their_own_habit_moves_it() -> None:
    half_years = [bought(on(year, month, 1)) for year, month in ((2024, 7), (2025, 1), (2025, 7))]
    (found,) = moments("care", history(*half_years))
    assert (times([found]), found.why.kind) == (["2025-12-30T10:00:00Z"], "repeat-gap")  # 184 days and 181
    assert found.why.facts["days"] == 182


def test_a_frequent_habit_ends_no_life_before_half_of_it() -> None:
    monthly = [bought(on(2025, month, 1)) for month in (5, 6, 7)]
    (found,) = moments("care", history(*monthly))
    assert times([found]) == ["2025-11-15T10:00:00Z"]


def test_a_rare_habit_moves_it_later_but_not_for_ever() -> None:
    years_apart = [bought(on(year, 3, 1)) for year in (2017, 2021, 2025)]
    (found,) = moments("care", history(*years_apart))
    assert found.why.facts["days"] == 550  # twice the 275 days of their life


def test_two_on_one_day_are_one_purchase() -> None:
    assert due(MARCH, bought(on(2025, 3, 1, 18))) == ["2025-12-01T10:00:00Z"]


@pytest.mark.parametrize(
    "order",
    [
        sent_back(MARCH, on(2025, 3, 20)),
        msgspec.structs.replace(MARCH, cancelled_at=on(2025, 3, 2)),
        msgspec.structs.replace(MARCH, gift=GIFT),
        msgspec.structs.replace(MARCH, gift=ASK),
        msgspec.structs.replace(MARCH, gift_word=Word(on(2025, 4, 1), gift=True)),
        msgspec.structs.replace(MARCH, erased=True),
        bought(on(2025, 3, 1), "LOC"),
        bought(on(2025, 3, 1), "UNKNOWN"),
    ],
    ids=["returned", "cancelled", "a gift", "perhaps a gift", "turned out a gift", "forgotten", "lasts", "unmapped"],
)
def test_nothing_of_theirs_wears(order: Order) -> None:
    assert due(order) == []


def test_a_line_for_somebody_else_is_not_theirs() -> None:
    both = bought(
        on(2025, 3, 1),
        view=view(
            placed_at=on(2025, 3, 1),
            lines=(
                Line("Lambswool socks", 1, 1000, id="1", sku="SOCK", for_gift=True),
                Line("Ring", 1, 1000, id="2", sku="RING-1"),
            ),
        ),
    )
    assert [one.occurrence for one in moments("care", history(both))] == ["Rings"]


def test_what_goes_back_leaves_the_older_pair() -> None:
    assert due(MARCH, sent_back(bought(on(2025, 7, 1)), on(2025, 7, 9))) == ["2025-12-01T10:00:00Z"]


def test_each_product_has_a_life_of_its_own() -> None:
    assert due(bought(on(2025, 3, 1), "SOCK", "RING")) == ["2025-12-01T10:00:00Z", "2027-03-01T10:00:00Z"]


@pytest.mark.parametrize(
    ("day", "ends"), [((2024, 2, 29), "2024-11-29"), ((2025, 5, 31), "2026-02-28"), ((2023, 5, 31), "2024-02-29")]
)
def test_months_end_on_days_that_there_are(day: tuple[int, int, int], ends: str) -> None:
    assert due(bought(on(*day))) == [f"{ends}T10:00:00Z"]


def test_it_says_what_was_bought() -> None:
    (found,) = moments("care", history(MARCH))
    assert found.extra == {"product": "Lambswool socks", "item": "Sock", "months": "9"}
    assert (found.why.kind, found.why.facts["at"]) == ("life-over", "2025-03-01T12:00:00Z")


@quick
@given(st.permutations([MARCH, bought(on(2025, 7, 1)), bought(on(2025, 9, 1), "RING", "SOCK"), gave(on(2025, 10, 1))]))
def test_orders_may_come_in_any_order(orders: list[Order]) -> None:
    assert sorted(moments("care", history(*orders)), key=str) == sorted(moments("care", history(*orders[::-1])), key=str)
