from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.doubt import ASK_AGAIN, DOUBT, Step, look_again, next_step
from chalicelib.domain.follow_up import UNSURE, FollowUp
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from tests.factories import follow_up
from tests.support.properties import quick
from tests.support.world import NOON

SECOND, DAY = timedelta(seconds=1), timedelta(hours=24)
moments = st.one_of(st.none(), st.integers(-100, 100).map(lambda hours: NOON + timedelta(hours=hours)))


def doubted(**changes: object) -> FollowUp:
    """A receipt of which nobody knows since noon whether it was taken."""
    return follow_up(**{"message_class": SERVICE, "state": UNSURE, "authorised_at": NOON, **changes})


@pytest.mark.parametrize(
    ("heard_of", "after", "step"),
    [
        (None, SECOND, "ask"),
        (None, 3 * DAY, "ask"),
        (NOON - SECOND, SECOND, "ask"),
        (NOON - SECOND, 3 * DAY, "ask"),
        (NOON, SECOND, "wait"),
        (NOON, DAY - SECOND, "wait"),
        (NOON, DAY, "once more"),
        (NOON + DAY, DAY + SECOND, "once more"),
        (NOON + 2 * DAY, 3 * DAY, "once more"),
    ],
)
def test_service_mail_goes_once_more_after_a_day_in_which_events_flowed(
    heard_of: datetime | None, after: timedelta, step: Step
) -> None:
    assert next_step(doubted(), heard_of, NOON + after) == step


@quick
@given(st.sampled_from([COURTESY, MARKETING]), moments, st.integers(0, 100))
def test_courtesy_and_marketing_are_always_the_owners(message_class: str, heard_of: datetime | None, days: int) -> None:
    assert next_step(doubted(message_class=message_class), heard_of, NOON + days * DAY) == "leave to the owner"


@quick
@given(moments, st.integers(0, 100))
def test_what_was_tried_again_is_the_owners(heard_of: datetime | None, days: int) -> None:
    assert next_step(doubted(tried_again=True), heard_of, NOON + days * DAY) == "leave to the owner"


def test_what_was_never_authorised_is_the_owners() -> None:
    assert next_step(doubted(authorised_at=None), NOON, NOON + 3 * DAY) == "leave to the owner"


@quick
@given(moments, st.integers(0, 24 * 3600 - 1))
def test_within_a_day_nothing_goes_again(heard_of: datetime | None, seconds: int) -> None:
    assert next_step(doubted(), heard_of, NOON + seconds * SECOND) in ("ask", "wait")


@pytest.mark.parametrize(
    ("step", "at"),
    [("ask", NOON + DAY / 2 + ASK_AGAIN), ("wait", NOON + DOUBT), ("leave to the owner", NOON + DAY / 2 + DOUBT)],
)
def test_it_is_looked_at_when_there_may_be_something_to_do(step: Step, at: datetime) -> None:
    assert look_again(doubted(), step, NOON + DAY / 2) == at


@quick
@given(moments, st.integers(0, 10 * 24 * 3600))
def test_looking_again_always_lies_ahead(heard_of: datetime | None, seconds: int) -> None:
    now = NOON + seconds * SECOND
    step = next_step(doubted(), heard_of, now)
    assert step == "once more" or look_again(doubted(), step, now) > now
