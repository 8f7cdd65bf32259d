from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End
from chalicelib.domain.screening.once import check, happens_once
from chalicelib.domain.standing import SERVICE, had_by
from tests.factories import case, follow_up
from tests.support.histories import DAY, not_selling, on
from tests.support.properties import thorough
from tests.support.world import NOON


def asking(once: str, *, had_at: datetime | None = NOON, by: str = "another", now: datetime = NOON, **changes: Any) -> Case:
    had = {"thank-you": had_by(by, had_at)} if had_at is not None else {}
    return msgspec.structs.replace(case(rule={"once": once}, standing={"had": had}, **changes), now=now)


@pytest.mark.parametrize(("once", "reason"), [("person", "had-once"), ("year", "had-this-year"), ("order", ""), ("", "")])
def test_who_had_it_is_left_alone(once: str, reason: str) -> None:
    objection = check(asking(once, now=NOON + DAY))
    assert objection == (End(CANCELLED, Reason(reason, {"at": "2026-03-02T12:00:00Z"})) if reason else None)


@pytest.mark.parametrize("once", ["person", "year", "order", ""])
def test_who_never_had_it_gets_it(once: str) -> None:
    assert check(asking(once, had_at=None)) is None


@pytest.mark.parametrize("once", ["person", "year"])
def test_its_own_retry_counts_once(once: str) -> None:
    assert check(asking(once, by=follow_up().id)) is None


def test_another_rules_once_is_not_its_own() -> None:
    assert check(case(rule={"once": "person"}, standing={"had": {"expectation": had_by("another", NOON)}})) is None


@pytest.mark.parametrize(
    ("now", "goes"),
    [(on(2027, 3, 1, 23), False), (on(2027, 3, 2, 0), True), (on(2027, 3, 2, 10), True), (on(2027, 3, 2, 13), True)],
)
def test_a_year_later_it_comes_round_again(now: datetime, *, goes: bool) -> None:
    """Also an hour earlier in the day: asked at noon, answered at one, it is due next year at ten."""
    assert (check(asking("year", now=now)) is None) == goes


def test_once_ever_is_for_ever() -> None:
    assert check(asking("person", now=NOON + 5000 * DAY)) is not None


def test_of_a_rule_that_is_gone_nothing_is_kept() -> None:
    assert not happens_once(None)
    assert check(msgspec.structs.replace(asking("person"), rule=None)) is None


@thorough
@given(not_selling(SERVICE))
def test_service_mail_comes_as_often_as_it_is_due(found: Case) -> None:
    assert check(found) is None


@thorough
@given(st.integers(0, 800 * 24))
def test_never_twice_within_364_days(hours: int) -> None:
    after = timedelta(hours=hours)
    if check(asking("year", now=NOON + after)) is None:
        assert after > 364 * DAY
    else:
        assert after < 366 * DAY
