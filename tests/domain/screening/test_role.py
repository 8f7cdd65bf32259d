from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.follow_up import CANCELLED, follow_up_id
from chalicelib.domain.playbook import BUYER, CLAIMANT, CONTACT, GIVER
from chalicelib.domain.screening import End, Send, screen
from chalicelib.domain.screening.role import check
from tests.factories import PERSON, case, follow_up
from tests.support.properties import quick

NOTE = follow_up(role="recipient", rule="gift-note")


@quick
@given(st.text(min_size=1))
def test_a_second_note_never_goes(order: str) -> None:
    earlier = follow_up_id("gift-note", PERSON, order)
    objection = screen(case(follow_up=NOTE, standing={"noted": earlier}))
    assert isinstance(objection, End)
    assert (objection.state, objection.reason.kind) == (CANCELLED, "already-noted")


def test_the_first_note_may_be_tried_again() -> None:
    assert screen(case(follow_up=NOTE)) == screen(case(follow_up=NOTE, standing={"noted": NOTE.id})) == Send()


def test_without_their_data_no_note_goes() -> None:
    objection = check(case(follow_up=NOTE, gift=None))
    assert isinstance(objection, End)
    assert objection.reason.kind == "data-gone"


@pytest.mark.parametrize("role", [BUYER, GIVER, CLAIMANT, CONTACT])
def test_a_note_closes_no_other_role(role: str) -> None:
    assert check(case(follow_up=follow_up(role=role), standing={"noted": "an earlier note"})) is None
