from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.history import History
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, Hold, Send, screen
from chalicelib.domain.screening.quiet_window import check
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.support.histories import DAY, arrived, bought, case_of, gave, history, not_selling, released_when_it_says, selling
from tests.support.properties import thorough
from tests.support.world import NOON

LATELY = NOON - 10 * DAY


@pytest.mark.parametrize(
    ("known", "until"),
    [
        (history(), None),
        (history(bought(LATELY)), NOON + 11 * DAY),
        (history(gave(LATELY)), NOON + 11 * DAY),
        (history(arrived(bought(LATELY), NOON - DAY)), NOON + 11 * DAY),
        (history(bought(NOON - 21 * DAY)), None),
        (history(bought(NOON - 300 * DAY), bought(LATELY), bought(NOON - 20 * DAY)), NOON + 11 * DAY),
        (history(msgspec.structs.replace(bought(LATELY), cancelled_at=NOON)), None),
    ],
    ids=["no order", "their order", "a gift", "arrived", "21 days ago", "the newest of three", "cancelled"],
)
def test_an_order_is_followed_by_quiet(known: History, until: Any) -> None:
    objection = check(case_of(known))
    assert objection == (Hold(Reason("quiet-window", {"until": stamp(until)}), until, restarts=True) if until else None)


def test_the_owner_may_have_none() -> None:
    assert check(case_of(history(bought(NOON)), manners={"quiet_window_days": 0})) is None


@thorough
@given(selling())
def test_it_is_released_when_it_says(found: Case) -> None:
    objection = check(found)
    released_when_it_says(check, found)
    if isinstance(objection, Hold):
        assert check(msgspec.structs.replace(found, now=objection.until)) is None
        assert screen(found) != Send()


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_go_all_the_same(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()
