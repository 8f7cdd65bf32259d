from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.fact import LIKES
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.history import History
from chalicelib.domain.interest import PRESUMPTION, judge
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, End, Hold, Send, screen
from chalicelib.domain.screening.evidence import check
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.support.histories import (
    DAY,
    SHELF,
    bought,
    case_of,
    gave,
    history,
    not_selling,
    on,
    released_when_it_says,
    selling,
    told,
    waiting,
)
from tests.support.properties import thorough
from tests.support.world import NOON

RING = waiting("something-for-you", "estuary-ring", extra={"item": "estuary-ring", "category": "rings"})
ONE, TWO = bought(on(2025, 3, 1), "RING"), bought(on(2025, 5, 1), "RING")
HELD = Hold(Reason("presumption", {"category": "rings", "orders": 1}), NOON + DAY)
ENDED = End(CANCELLED, Reason("no-longer-true"))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (history(facts=[told(LIKES, "rings", "yes")]), None),
        (history(ONE, TWO), None),
        (history(ONE), HELD),
        (history(ONE, gave(on(2025, 5, 1), "RING")), HELD),
        (history(), ENDED),
        (history(ONE, TWO, facts=[told(LIKES, "rings", "no")]), ENDED),
    ],
    ids=["they told us", "they bought twice", "they bought once", "the other was a gift", "nothing", "they told us no"],
)
def test_what_rests_on_a_presumption_is_held(known: History, expected: object) -> None:
    assert check(case_of(known, RING)) == expected


def test_its_time_runs_on() -> None:
    assert not HELD.restarts


def test_rules_that_need_no_interest_are_not_asked_for_one() -> None:
    assert check(case_of(history(), waiting("care"))) is None


@thorough
@given(selling())
def test_nothing_goes_on_a_presumption(found: Case) -> None:
    released_when_it_says(check, found)
    assert found.history is not None
    if found.follow_up.rule == "something-for-you" and screen(found) == Send():
        shown = judge(found.history, found.follow_up.extra["category"], SHELF)
        assert shown is not None
        assert shown.level != PRESUMPTION


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_go_all_the_same(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()
