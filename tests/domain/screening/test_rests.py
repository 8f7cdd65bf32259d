from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, Hold, Send, screen
from chalicelib.domain.screening.rests import check
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from tests.factories import case, follow_up
from tests.support.histories import DAY, not_selling, released_when_it_says, selling
from tests.support.properties import quick, thorough
from tests.support.world import NOON

JUNE = NOON + 91 * DAY
RESTING = {"paused_until": stamp(JUNE)}


@pytest.mark.parametrize(("message_class", "restarts"), [(COURTESY, False), (MARKETING, True)])
def test_who_wants_to_be_left_alone_is(message_class: str, *, restarts: bool) -> None:
    objection = check(case(follow_up=follow_up(message_class=message_class), standing=RESTING))
    assert objection == Hold(Reason("resting", {"until": stamp(JUNE)}), JUNE, restarts=restarts)


def test_a_thank_you_that_waited_for_months_is_not_sent() -> None:
    verdict: Any = screen(case(standing=RESTING, now=JUNE, follow_up=follow_up(expires_at=NOON + 5 * DAY)))
    assert (verdict.state, verdict.reason.kind) == ("expired", "expired")


@pytest.mark.parametrize("paused_until", ["", stamp(NOON), stamp(NOON - DAY)])
def test_a_pause_that_is_over_holds_nothing(paused_until: str) -> None:
    assert screen(case(standing={"paused_until": paused_until})) == Send()


def test_what_they_ask_for_comes_all_the_same() -> None:
    @thorough
    @given(not_selling(SERVICE))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()


@quick
@given(st.sampled_from([COURTESY, MARKETING]), st.integers(-100, 100), st.integers(0, 100))
def test_nothing_goes_before_its_last_second(message_class: str, ends: int, hours: int) -> None:
    until, now = NOON + ends * DAY, NOON + timedelta(hours=hours)
    one = follow_up(message_class=message_class, expires_at=None)
    assert (check(case(follow_up=one, now=now, standing={"paused_until": stamp(until)})) is None) == (now >= until)


@thorough
@given(selling())
def test_it_is_released_when_it_says(found: Case) -> None:
    released_when_it_says(check, found)
