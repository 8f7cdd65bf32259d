from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.gift import ASK, GIFT
from chalicelib.domain.order import Order, Word
from chalicelib.domain.purchases import is_own, of_order, own, own_gap, placed_at, standing_orders
from tests.factories import view
from tests.support.histories import DAY, SHELF, bought, gave, histories, on, sent_back
from tests.support.properties import thorough

MINE = bought(on(2025, 3, 1), "SOCK", "RING")
OFF = {
    "cancelled": {"cancelled_at": on(2025, 3, 2)},
    "deleted": {"deleted": True},
    "a test": {"view": view(test=True)},
    "unpaid": {"view": view(unpaid=True)},
    "refunded": {"view": view(refunded=True)},
    "forgotten": {"erased": True},
    "unknown": {"view": None},
}


@pytest.mark.parametrize("changes", OFF.values(), ids=OFF)
def test_what_is_off_is_no_dealing_with_us(changes: dict[str, object]) -> None:
    order = msgspec.structs.replace(MINE, **changes)
    assert (is_own(order), list(of_order(order, SHELF)), standing_orders([order])) == (False, [], [])


@pytest.mark.parametrize(
    ("changes", "theirs"),
    [
        ({}, True),
        ({"gift": GIFT}, False),
        ({"gift": ASK}, False),
        ({"gift": ASK, "gift_word": Word(on(2025, 4, 1), gift=False)}, True),
        ({"gift_word": Word(on(2025, 4, 1), gift=True)}, False),
    ],
)
def test_a_gift_is_no_purchase_of_ones_own(changes: dict[str, object], *, theirs: bool) -> None:
    order = msgspec.structs.replace(MINE, **changes)
    assert (is_own(order), bool(own([order], SHELF)), standing_orders([order])) == (theirs, theirs, [order])


def test_what_went_back_does_not_count() -> None:
    assert [one.line.sku for one in own([sent_back(MINE, on(2025, 3, 9), "1")], SHELF)] == ["RING"]


def test_what_products_toml_does_not_know_is_a_purchase_of_nothing() -> None:
    (found,) = own([bought(on(2025, 3, 1), "UNKNOWN")], SHELF)
    assert found.product is None


def test_nothing_but_fragments_has_no_day() -> None:
    with pytest.raises(ValueError, match="nothing is known"):
        placed_at(Order("shopify:x:1"))


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        ([], None),
        ([1], None),
        ([1, 1], None),
        ([1, 11], None),
        ([1, 2, 30], 14.5),
        ([1, 11, 21, 30], 10),
        ([1, 1, 11, 11, 21], 10),
    ],
)
def test_their_gap_is_the_median_of_days(days: list[int], gap: float | None) -> None:
    assert own_gap(date(2025, 1, day) for day in days) == gap


@thorough
@given(histories(), st.randoms())
def test_no_order_of_orders_matters(known: object, shuffled: object) -> None:
    orders = list(known.orders)  # type: ignore[attr-defined]
    expected = own(orders, SHELF), standing_orders(orders)
    shuffled.shuffle(orders)  # type: ignore[attr-defined]
    assert (own(orders, SHELF), standing_orders(orders)) == expected


@thorough
@given(histories())
def test_evidence_never_comes_from_gifts_or_returns(known: object) -> None:
    for purchase in own(known.orders, SHELF):  # type: ignore[attr-defined]
        assert not purchase.order.is_gift
        assert purchase.order.cancelled_at is None
        assert not any(refund.lines.get(purchase.line.id) for refund in purchase.order.refunds)


def test_they_are_told_oldest_first() -> None:
    orders = [gave(on(2025, 5, 1)), MINE, bought(on(2025, 3, 1) - DAY)]
    assert [one.at for one in own(orders, SHELF)] == [on(2025, 2, 28), on(2025, 3, 1), on(2025, 3, 1)]
