from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from chalicelib.domain.history import History
from chalicelib.domain.order import Word
from chalicelib.domain.screening import Case, Hold
from chalicelib.domain.screening.undelivered import check
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.factories import parcel
from tests.support.histories import DAY, arrived, bought, case_of, gave, history, not_selling, released_when_it_says, selling
from tests.support.properties import thorough
from tests.support.world import NOON

PLACED = NOON - 30 * DAY
ORDER = bought(PLACED)
UNDER_WAY = msgspec.structs.replace(ORDER, parcels=(parcel(),))


@pytest.mark.parametrize(
    ("known", "waits"),
    [
        (history(), False),
        (history(ORDER), True),
        (history(UNDER_WAY), True),
        (history(gave(PLACED)), True),
        (history(arrived(ORDER, NOON - DAY)), False),
        (history(msgspec.structs.replace(ORDER, arrival_word=Word(NOON, arrived_at=NOON - DAY))), False),
        (history(msgspec.structs.replace(ORDER, arrival_word=Word(NOON, arrived_at=NOON + DAY))), True),
        (history(bought(NOON - 45 * DAY)), False),
        (history(bought(NOON - 44 * DAY)), True),
        (history(msgspec.structs.replace(ORDER, cancelled_at=NOON)), False),
        (history(msgspec.structs.replace(ORDER, history=True)), False),
        (history(arrived(ORDER, NOON - DAY), bought(PLACED + DAY)), True),
    ],
    ids=[
        "nothing ordered",
        "not yet sent",
        "under way",
        "a gift under way",
        "delivered",
        "entered",
        "entered for tomorrow",
        "long ago",
        "not quite long ago",
        "cancelled",
        "from before we knew",
        "one here, one to come",
    ],
)
def test_nobody_is_sold_to_while_they_wait_for_a_parcel(known: History, *, waits: bool) -> None:
    objection = check(case_of(known))
    assert isinstance(objection, Hold) == waits
    assert objection is None or objection.reason.kind == "undelivered"


def test_it_is_looked_at_daily_and_ends_after_45_days() -> None:
    objection = check(case_of(history(ORDER)))
    assert isinstance(objection, Hold)
    assert (objection.until, objection.reason.facts, objection.restarts) == (NOON + DAY, {"until": "2026-03-17T12:00:00Z"}, True)
    last = check(case_of(history(ORDER), now=PLACED + 44.5 * DAY))
    assert isinstance(last, Hold)
    assert last.until == PLACED + 45 * DAY


@thorough
@given(selling())
def test_it_is_released_when_it_says(found: Case) -> None:
    released_when_it_says(check, found)


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_go_all_the_same(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()
