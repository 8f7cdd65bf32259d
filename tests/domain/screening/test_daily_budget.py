from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.screening import Hold
from chalicelib.domain.screening.daily_budget import check
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from tests.factories import case, follow_up
from tests.support.properties import quick

counts = st.integers(0, 1000)


@quick
@given(st.sampled_from([COURTESY, MARKETING]), counts, counts)
def test_the_budget_is_the_days_limit(message_class: str, used: int, budget: int) -> None:
    found = case(follow_up=follow_up(message_class=message_class), used_today=used, manners={"daily_budget": budget})
    assert (check(found) is not None) == (used >= budget)


@quick
@given(counts, counts, st.integers(1, 8))
def test_each_shard_keeps_to_its_share(used: int, budget: int, shards: int) -> None:
    found = case(used_today=used, shards=shards, manners={"daily_budget": budget})
    assert (check(found) is not None) == (used >= budget // shards)


@quick
@given(counts, counts)
def test_service_is_left_alone(used: int, budget: int) -> None:
    found = case(follow_up=follow_up(message_class=SERVICE), used_today=used, manners={"daily_budget": budget})
    assert check(found) is None


def test_the_rest_waits_for_tomorrows_send_hour() -> None:
    objection = check(case(used_today=200))
    assert isinstance(objection, Hold)
    assert stamp(objection.until) == "2026-03-03T10:00:00Z"
    assert objection.reason.facts == {"budget": 200, "until": "2026-03-03T10:00:00Z"}
