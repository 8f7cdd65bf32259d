from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.screening import Hold
from chalicelib.domain.screening.cap import check
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from tests.factories import case, follow_up
from tests.support.properties import quick
from tests.support.world import NOON

SECOND = timedelta(seconds=1)
capped = st.sampled_from([COURTESY, MARKETING])
seconds_ago = st.lists(st.one_of(st.integers(0, 40 * 86400), st.sampled_from([0, 30 * 86400 - 1, 30 * 86400])), max_size=6)


def heard(*ago: int) -> dict[str, dict[str, str]]:
    return {"heard": {f"p-{n}": stamp(NOON - seconds * SECOND) for n, seconds in enumerate(ago)}}


@quick
@given(capped, seconds_ago, st.integers(0, 4))
def test_no_more_than_the_cap_in_thirty_days(message_class: str, ago: list[int], cap: int) -> None:
    within = sum(seconds < 30 * 86400 for seconds in ago)
    objection = check(case(follow_up=follow_up(message_class=message_class), standing=heard(*ago), manners={"cap": cap}))
    assert isinstance(objection, Hold) == (within >= cap)


@quick
@given(seconds_ago, st.integers(1, 4))
def test_it_is_released_as_soon_as_it_may_go(ago: list[int], cap: int) -> None:
    held = case(standing=heard(*ago), manners={"cap": cap})
    objection = check(held)
    if isinstance(objection, Hold):
        assert objection.until > NOON
        assert check(msgspec.structs.replace(held, now=objection.until)) is None
        assert check(msgspec.structs.replace(held, now=objection.until - SECOND)) is not None


@quick
@given(seconds_ago)
def test_service_is_never_capped(ago: list[int]) -> None:
    assert check(case(follow_up=follow_up(message_class=SERVICE), standing=heard(*ago), manners={"cap": 0})) is None


def test_a_cap_of_none_holds_everything() -> None:
    objection = check(case(manners={"cap": 0}))
    assert isinstance(objection, Hold)
    assert objection.until > NOON


def test_deferring_is_visible_and_stops_the_count() -> None:
    objection = check(case(standing=heard(86400, 2 * 86400)))
    assert isinstance(objection, Hold)
    assert objection.restarts
    assert objection.reason.facts == {"count": 2, "until": "2026-03-30T12:00:00Z"}


@pytest.mark.parametrize(("own", "goes"), [(True, True), (False, False)])
def test_its_own_retry_does_not_hold_it(*, own: bool, goes: bool) -> None:
    id_ = follow_up().id if own else "another"
    assert (check(case(standing={"heard": {id_: stamp(NOON)}}, manners={"cap": 1})) is None) == goes
