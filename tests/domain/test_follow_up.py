from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.follow_up import (
    CANCELLED,
    EXPIRED,
    FAILED,
    HANDED_OVER,
    HELD,
    LANES,
    NEXT,
    OPEN,
    PLANNED,
    SENDING,
    SENT,
    STATES,
    UNSURE,
    before,
    follow_up_id,
    lane_of,
    lifetime,
    person_of,
)
from chalicelib.domain.standing import CLASSES, SERVICE
from tests.support.properties import quick

people = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=20)

TABLE = {
    PLANNED: {SENDING, HELD, CANCELLED, EXPIRED, HANDED_OVER, UNSURE, SENT},
    HELD: {PLANNED, CANCELLED, EXPIRED, SENT},
    SENDING: {SENT, PLANNED, UNSURE, FAILED},
    UNSURE: {SENT, PLANNED, FAILED},
    SENT: set(), FAILED: set(), CANCELLED: set(), EXPIRED: set(), HANDED_OVER: set(),
}  # fmt: skip
"""PRODUCT.md, "A follow-up's states", and one more: a late event also settles what is held after it was planned once more."""


@pytest.mark.parametrize(("state", "to"), list(product(STATES, STATES)))
def test_moves_are_those_of_the_table(state: str, to: str) -> None:
    assert (to in NEXT[state]) == (to in TABLE[state]) == (state in before(to))


def test_open_states_lead_somewhere() -> None:
    assert set(OPEN) == {PLANNED, HELD, SENDING, UNSURE}
    assert set(NEXT) == set(TABLE)


def test_an_id_is_always_the_same() -> None:
    # what was planned by an older version must be found by a newer one
    assert follow_up_id("thank-you", "isobel", "shopify:x:1041") == "isobel-db4ml3cyaggfd3c4"


@quick
@given(st.lists(st.tuples(people, people, people, people), min_size=2, max_size=2, unique=True))
def test_different_messages_have_different_ids(both: list[tuple[str, str, str, str]]) -> None:
    one, other = (follow_up_id(*parts) for parts in both)
    assert one != other


@quick
@given(people, st.text(max_size=20))
def test_an_id_tells_its_person(person: str, anchor: str) -> None:
    id_ = follow_up_id("thank-you", person, anchor)
    assert person_of(id_) == person
    assert re.fullmatch(r"[a-z2-7]{16}", id_.removeprefix(f"{person}-"))


@pytest.mark.parametrize("text", ["", "-", "isobel", "isobel-", "-abc"])
def test_other_texts_are_no_ids(text: str) -> None:
    with pytest.raises(ValueError, match="not a follow-up"):
        person_of(text)


def test_service_has_a_lane_and_life_of_its_own() -> None:
    assert {lane_of(one) for one in CLASSES} == set(LANES)
    assert [one for one in CLASSES if lane_of(one) == LANES[0]] == [SERVICE]
    assert [lifetime(one).days for one in CLASSES] == [7, 5, 5]
