from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.fact import LIKES, NEVER, SIZE
from chalicelib.domain.gift import ASK
from chalicelib.domain.history import History
from chalicelib.domain.interest import EVIDENCED, PRESUMPTION, STATED, Interest, judge
from chalicelib.domain.purchases import placed_at
from tests.support.histories import DAY, SHELF, bought, gave, histories, history, on, sent_back, told
from tests.support.properties import thorough

FIRST, SECOND = bought(on(2025, 3, 1), "RING"), bought(on(2025, 5, 1), "RING")


def level(known: History) -> str:
    found = judge(known, "rings", SHELF)
    return found.level if found is not None else ""


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (history(), ""),
        (history(FIRST), PRESUMPTION),
        (history(bought(on(2025, 3, 1), "RING", "RING", "RING")), PRESUMPTION),
        (history(FIRST, SECOND), EVIDENCED),
        (history(FIRST, gave(on(2025, 5, 1), "RING")), PRESUMPTION),
        (history(FIRST, bought(on(2025, 5, 1), "RING", gift=ASK)), PRESUMPTION),
        (history(FIRST, sent_back(SECOND, on(2025, 5, 9))), PRESUMPTION),
        (history(gave(on(2025, 3, 1), "RING"), gave(on(2025, 5, 1), "RING")), ""),
        (history(bought(on(2025, 3, 1), "SOCK"), bought(on(2025, 5, 1), "LOC")), ""),
        (history(facts=[told(LIKES, "rings", "yes")]), STATED),
        (history(facts=[told(SIZE, "rings", "J")]), STATED),
        (history(facts=[told(LIKES, "socks", "yes")]), ""),
        (history(facts=[told(NEVER, "rings", "yes")]), ""),
        (history(FIRST, SECOND, facts=[told(LIKES, "rings", "no")]), ""),
        (history(FIRST, SECOND, facts=[told(LIKES, "rings", "no"), told(SIZE, "rings", "J", on(2026, 1, 1))]), ""),
    ],
    ids=[
        "nothing",
        "one purchase",
        "three in one order",
        "two orders",
        "one was a gift",
        "one may be a gift",
        "one went back",
        "gifts alone",
        "other things",
        "they told us",
        "they gave their size",
        "they like something else",
        "an occasion of that name",
        "they told us that it is not so",
        "no outweighs a size",
    ],
)
def test_one_purchase_proves_no_interest(known: History, expected: str) -> None:
    assert level(known) == expected


def test_it_names_its_evidence() -> None:
    assert judge(history(SECOND, FIRST), "rings", SHELF) == Interest(
        "rings", "evidenced", (FIRST.key, SECOND.key), placed_at(SECOND)
    )
    stated = judge(history(facts=[told(LIKES, "rings", "yes")]), "rings", SHELF)
    assert stated == Interest("rings", "stated", ("preference page",), told(LIKES, "rings", "yes").at)


@thorough
@given(histories())
def test_what_is_evidenced_rests_on_two_orders_of_theirs(known: History) -> None:
    own = {order.key for order in known.orders if not order.is_gift and order.cancelled_at is None}
    for category in SHELF.categories:
        found = judge(known, category, SHELF)
        if found is not None and found.level == EVIDENCED:
            assert len({*found.evidence}) >= 2
            assert {*found.evidence} <= own


@thorough
@given(histories(), st.sampled_from(["rings", "socks"]))
def test_their_no_is_the_end_of_it(known: History, category: str) -> None:
    refused = history(*known.orders, facts=[told(LIKES, category, "no", on(2026, 3, 1) - DAY)])
    assert judge(refused, category, SHELF) is None
