from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.follow_up import EXPIRED
from chalicelib.domain.screening import Case, End, Send, screen
from chalicelib.domain.screening.expired import check
from chalicelib.domain.standing import CLASSES
from tests.factories import case, follow_up
from tests.support.properties import cases, quick, thorough
from tests.support.world import NOON


@pytest.mark.parametrize("message_class", CLASSES)
@quick
@given(late=st.integers(-(10**7), 10**7))
def test_a_late_message_never_goes(message_class: str, late: int) -> None:
    subject = follow_up(message_class=message_class, expires_at=NOON - timedelta(seconds=late))
    objection = check(case(follow_up=subject))
    assert (objection is not None) == (late > 0)
    assert objection is None or (isinstance(objection, End) and objection.state == EXPIRED)


def test_while_a_hold_stops_the_count_nothing_expires() -> None:
    assert check(case(follow_up=follow_up(expires_at=None), now=NOON + timedelta(days=365))) is None


@thorough
@given(cases())
def test_no_manner_lets_a_late_one_through(found: Case) -> None:
    assert check(found) is None or screen(found) != Send()
