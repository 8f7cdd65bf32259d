from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.fact import Fact, observed
from chalicelib.domain.money import Money
from chalicelib.domain.order import Line, Order, Refund, Word
from chalicelib.domain.products import Product, Products
from tests.factories import view
from tests.support.properties import thorough
from tests.support.world import NOON

RINGS = Product("Rings", "rings", skus=("RING",))
SOCKS = Product("Socks", "socks", skus=("SOCK",), sizes=("S", "M", "L"))
PRODUCTS = Products((RINGS, SOCKS))
DAY = timedelta(days=1)


def ring(size: str = "M", **changes: Any) -> Line:
    plain = Line("Tide ring", 1, 4800, id="1", sku="RING", options=(("Size", size),))
    return msgspec.structs.replace(plain, **changes)


def socks(*options: tuple[str, str]) -> Line:
    return Line("Socks", 1, 1800, id="2", sku="SOCK", options=options)


def order(*lines: Line, key: str = "shopify:1", days: int = 0, seen: dict[str, Any] | None = None, **changes: Any) -> Order:
    return Order(key, view=view(lines=lines, placed_at=NOON + days * DAY, **(seen or {})), **changes)


def sizes(*orders: Order) -> dict[str, str]:
    return {fact.about: fact.value for fact in observed(orders, PRODUCTS)}


def test_a_size_that_was_bought_is_observed() -> None:
    assert observed([order(ring("L½"))], PRODUCTS) == (Fact("size", "rings", "L½", "observed", NOON, "shopify:1"),)


def test_facts_are_kept_for_each_category() -> None:
    assert sizes(order(ring("M"), socks(("Size", "L")))) == {"rings": "M", "socks": "L"}


def test_the_newest_size_wins() -> None:
    assert sizes(order(ring("M"), days=2), order(ring("N"), key="shopify:2", days=1)) == {"rings": "M"}


def test_of_two_orders_at_one_time_always_the_same_counts() -> None:
    one, other = order(ring("M"), key="shopify:1"), order(ring("N"), key="shopify:2")

    assert sizes(one, other) == sizes(other, one)


def test_two_sizes_in_one_order_state_nothing() -> None:
    two = order(ring("M"), ring("N", id="2"), key="shopify:2", days=1)

    assert sizes(two) == {}
    assert sizes(order(ring("K")), two) == {"rings": "K"}


def test_one_size_twice_is_one() -> None:
    assert sizes(order(ring(" m "), ring("M", id="2"))) == {"rings": "m"}


def test_of_two_sizes_the_one_that_was_kept_counts() -> None:
    back = (Refund("r", NOON, Money(4800, "GBP"), {"2": 1}),)

    assert sizes(order(ring("M"), ring("N", id="2"), seen={"total": Money(9600, "GBP")}, refunds=back)) == {"rings": "M"}


@pytest.mark.parametrize(
    "changes",
    [
        {"gift": "gift"},
        {"gift": "ask"},
        {"gift_word": Word(NOON, gift=True)},
        {"cancelled_at": NOON},
        {"deleted": True},
        {"erased": True},
        {"refunds": (Refund("r", NOON, Money(4800, "GBP")),)},
        {"refunds": (Refund("r", NOON, Money(0, "GBP"), {"1": 1}),)},
        {"seen": {"test": True}},
        {"seen": {"unpaid": True}},
        {"seen": {"more_lines": 1}},
    ],
)
def test_what_is_no_purchase_of_their_own_states_nothing(changes: dict[str, Any]) -> None:
    assert sizes(order(ring(), **changes)) == {}


def test_a_line_for_somebody_else_states_nothing() -> None:
    assert sizes(order(ring("M"), ring("N", id="2", for_gift=True))) == {"rings": "M"}
    assert sizes(order(ring(for_gift=True))) == {}


def test_what_the_owner_calls_no_gift_is_their_own() -> None:
    assert sizes(order(ring(), gift="ask", gift_word=Word(NOON, gift=False))) == {"rings": "M"}


def test_an_unmapped_line_states_nothing() -> None:
    assert sizes(order(ring(sku="OTHER"))) == {}


def test_an_order_of_which_only_a_parcel_is_known_states_nothing() -> None:
    assert sizes(Order("shopify:1")) == {}


@pytest.mark.parametrize("name", ["size", "Ring size", "RING SIZE:", "Größe", "Grosse", "Taille"])
def test_common_names_of_a_size_are_known(name: str) -> None:
    assert sizes(order(ring(options=((name, "M"),)))) == {"rings": "M"}


@pytest.mark.parametrize("name", ["Colour", "Engraving", "Size of the box", "—"])
def test_other_options_are_no_size(name: str) -> None:
    assert sizes(order(ring(options=((name, "M"),)))) == {}


def test_an_option_without_a_name_needs_the_sizes_that_there_are() -> None:
    assert sizes(order(ring(options=(("", "M"),)))) == {}
    assert sizes(order(socks(("", "Grey"), ("", "m")))) == {"socks": "M"}


def test_where_the_sizes_are_listed_no_other_is_one() -> None:
    assert sizes(order(socks(("Size", "Not sure")))) == {}


def test_a_line_that_states_two_sizes_states_none() -> None:
    assert sizes(order(socks(("Size", "M"), ("", "L")))) == {}


def test_the_owner_can_say_that_no_option_is_a_size() -> None:
    plain = msgspec.structs.replace(RINGS, size_options=())

    assert observed([order(ring())], Products((plain,))) == ()


some_lines = st.lists(
    st.builds(
        ring,
        size=st.sampled_from(["K", "M", "N"]),
        id=st.sampled_from(["1", "2"]),
        sku=st.sampled_from(["RING", "SOCK", "OTHER"]),
        for_gift=st.sampled_from([False, False, True]),
        left=st.sampled_from([None, None, 0]),
    ),
    max_size=3,
)


@st.composite
def some_orders(draw: st.DrawFn, /, **fixed: Any) -> list[Order]:
    count = draw(st.integers(0, 4))
    return [
        order(
            *draw(some_lines),
            key=f"shopify:{number}",
            days=draw(st.integers(0, 2)),
            **{
                "gift": draw(st.sampled_from(["not", "not", "ask", "gift"])),
                "cancelled_at": draw(st.sampled_from([None, None, NOON])),
                **fixed,
            },
        )
        for number in range(count)
    ]


@thorough
@given(some_orders(), st.randoms(use_true_random=False))
def test_the_order_of_orders_does_not_matter(orders: list[Order], random: Any) -> None:
    shuffled = [*orders, *orders[:1]]
    random.shuffle(shuffled)

    assert observed(shuffled, PRODUCTS) == observed(orders, PRODUCTS)


@thorough
@given(some_orders(gift="not", cancelled_at=None), some_orders(), st.sampled_from(["gift", "ask", "returned"]))
def test_a_gift_or_a_return_never_leaves_a_fact(own: list[Order], others: list[Order], why: str) -> None:
    everything_back = Refund("r", NOON, Money(0, "GBP"), {"1": 9, "2": 9})
    changes: dict[str, Any] = {"refunds": (everything_back,)} if why == "returned" else {"gift": why}
    not_theirs = [msgspec.structs.replace(one, key=f"{one.key}0", **changes) for one in others]

    assert observed([*not_theirs, *own], PRODUCTS) == observed(own, PRODUCTS)


@thorough
@given(some_orders())
def test_every_fact_stands_on_a_line_that_they_have(orders: list[Order]) -> None:
    by_key = {one.key: one for one in orders}

    for fact in observed(orders, PRODUCTS):
        source = by_key[fact.source]
        assert source.view is not None
        assert (source.verdict, source.cancelled_at, source.view.placed_at) == ("not", None, fact.at)
        held = [one for one in source.view.lines if one.left is None and not one.for_gift]
        assert fact.value in {value for one in held for _, value in one.options}
