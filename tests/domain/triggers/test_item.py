from __future__ import annotations

from datetime import date

import msgspec
import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.fact import LIKES, SIZE
from chalicelib.domain.history import History
from chalicelib.domain.products import Item, Products
from tests.support.histories import DAY, SHELF, bought, gave, history, moments, on, times, told
from tests.support.world import NOON

RING = msgspec.structs.replace(SHELF.items[0], since=date(2026, 2, 16))
LIKES_RINGS = told(LIKES, "rings", "yes")


def shelf(**changes: object) -> Products:
    return msgspec.structs.replace(SHELF, items=(msgspec.structs.replace(RING, **changes),))


def found(known: History, **changes: object) -> list[str]:
    return [one.anchor for one in moments("something-for-you", known, products=shelf(**changes))]


@pytest.mark.parametrize(
    ("known", "fits"),
    [
        (history(), False),
        (history(facts=[LIKES_RINGS]), True),
        (history(facts=[told(LIKES, "rings", "no")]), False),
        (history(bought(on(2025, 5, 1), "RING"), facts=[told(LIKES, "rings", "no")]), False),
        (history(facts=[told(LIKES, "socks", "yes")]), False),
        (history(facts=[told(SIZE, "rings", "J")]), True),
        (history(facts=[told(SIZE, "rings", "L")]), False),
        (history(facts=[LIKES_RINGS, told(SIZE, "rings", "l")]), False),
        (history(facts=[LIKES_RINGS, told(SIZE, "rings", "k")]), True),
        (history(bought(on(2025, 5, 1), "RING"), bought(on(2025, 7, 1), "RING")), True),
        (history(bought(on(2025, 5, 1), "RING", size="L"), facts=[LIKES_RINGS]), False),
        (history(bought(on(2025, 5, 1), "RING", size="L"), facts=[LIKES_RINGS, told(SIZE, "rings", "J")]), True),
        (history(gave(on(2025, 5, 1), "RING")), False),
    ],
)
def test_it_fits_what_they_like_and_wear(known: History, *, fits: bool) -> None:
    assert found(known) == (["estuary-ring"] if fits else [])


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({"stock": 0}, False),
        ({"stock": 1}, True),
        ({"stock": None}, True),
        ({"until": date(2026, 3, 1)}, False),
        ({"until": date(2026, 3, 2)}, True),
        ({"sizes": ()}, True),
    ],
)
def test_what_is_gone_is_told_to_nobody(changes: dict[str, object], *, there: bool) -> None:
    assert bool(found(history(facts=[LIKES_RINGS]), **changes)) == there


def test_one_purchase_is_found_but_proves_nothing() -> None:
    assert found(history(bought(on(2025, 5, 1), "RING"))) == ["estuary-ring"]  # the check of evidence holds it


def test_it_is_told_from_its_first_day() -> None:
    known = history(facts=[LIKES_RINGS])
    assert times(moments("something-for-you", known, products=shelf(since=date(2026, 3, 16)))) == ["2026-03-16T10:00:00Z"]


@pytest.mark.parametrize(("hour", "day"), [(8, "2026-03-02"), (12, "2026-03-03")])
def test_who_agreed_since_is_told_at_the_next_send_hour(hour: int, day: str) -> None:
    known = history(facts=[LIKES_RINGS], agreed_at=on(2026, 3, 2, hour))
    assert times(moments("something-for-you", known, products=shelf())) == [f"{day}T10:00:00Z"]


@pytest.mark.parametrize(("closing", "why"), [(True, "closing-out"), (False, "new-item")])
def test_it_says_whether_it_is_new_or_the_last(closing: bool, why: str) -> None:
    (one,) = moments("something-for-you", history(facts=[LIKES_RINGS]), products=shelf(closing_out=closing))
    assert (one.why.kind, one.why.facts) == (why, {"item": "Estuary ring", "category": "rings"})


def test_it_carries_their_size_where_that_is_known() -> None:
    (one,) = moments("something-for-you", history(facts=[told(SIZE, "rings", "J")]), products=shelf())
    assert one.extra == {"item": "estuary-ring", "category": "rings", "size": "J"}


def test_each_item_is_told_once() -> None:
    known = history(facts=[LIKES_RINGS])
    now, later = (moments("something-for-you", known, at, shelf()) for at in (NOON, NOON + 90 * DAY))
    assert now == later


def test_who_agrees_no_more_is_looked_at_without_harm() -> None:
    assert found(history(facts=[LIKES_RINGS], standing={"consents": {}})) == ["estuary-ring"]


def test_two_items_are_two() -> None:
    other = Item("cove-ring", "Cove ring", "rings", "https://shop.example/cove", since=date(2026, 3, 1))
    both = msgspec.structs.replace(SHELF, items=(RING, other))
    assert {one.anchor for one in moments("something-for-you", history(facts=[LIKES_RINGS]), products=both)} == {
        "estuary-ring",
        "cove-ring",
    }


def test_no_date_lies_before_its_first_day_or_their_yes() -> None:
    known = history(facts=[LIKES_RINGS], agreed_at=on(2026, 2, 1))
    assert all(stamp(one.at) >= "2026-02-16" for one in moments("something-for-you", known, products=shelf()))
