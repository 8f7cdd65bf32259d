from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED
from chalicelib.domain.history import History
from chalicelib.domain.screening import Case, End, Hold
from chalicelib.domain.screening.response import check
from chalicelib.domain.standing import COURTESY, SERVICE
from tests.support.histories import (
    DAY,
    bought,
    by_hand,
    case_of,
    history,
    not_selling,
    on,
    released_when_it_says,
    selling,
    waiting,
    wrote,
)
from tests.support.properties import thorough
from tests.support.world import NOON

PATIENCE = timedelta(days=120)
FIRST, SECOND = wrote(NOON - 100 * DAY), wrote(NOON - 50 * DAY)
ENDS = FIRST.due_at + PATIENCE
TWO = history(follow_ups=[FIRST, SECOND])


def said(known: History, name: str = "care", now: datetime = NOON) -> str:
    objection = check(case_of(known, waiting(name), now))
    return objection.reason.kind if objection is not None else ""


@pytest.mark.parametrize(
    ("known", "name", "now", "why"),
    [
        (history(), "care", NOON, ""),
        (history(follow_ups=[FIRST]), "care", NOON, ""),
        (TWO, "care", NOON, "no-response"),
        (TWO, "care", ENDS, "rung-passed"),
        (TWO, "letter", NOON, "rung-passed"),
        (TWO, "letter", ENDS, ""),
        (TWO, "call", ENDS, "rung-passed"),
        (TWO, "still-welcome", NOON, ""),
        (TWO, "still-welcome", ENDS, ""),
        (history(bought(NOON - 40 * DAY), follow_ups=[FIRST, SECOND]), "care", ENDS, ""),
        (history(bought(NOON - 40 * DAY), follow_ups=[FIRST, SECOND]), "letter", ENDS, "rung-passed"),
        (
            history(follow_ups=[FIRST, SECOND], tasks=[by_hand("letter", ENDS, ENDS, "posted")]),
            "letter",
            ENDS + DAY,
            "rung-passed",
        ),
        (history(follow_ups=[FIRST, SECOND], tasks=[by_hand("letter", ENDS, ENDS, "posted")]), "call", ENDS + PATIENCE, ""),
    ],
    ids=[
        "nothing was sent",
        "one is unanswered",
        "two wait for an answer",
        "beyond mail",
        "a letter comes too early",
        "a letter has its turn",
        "a call comes too early",
        "whether we are welcome is asked",
        "and even beyond mail",
        "they responded",
        "no letter for who responded",
        "no second letter",
        "a call has its turn",
    ],
)
def test_who_does_not_respond_is_not_mailed_more(known: History, name: str, now: datetime, why: str) -> None:
    assert said(known, name, now) == why


def test_it_says_how_long_it_waits() -> None:
    objection = check(case_of(TWO))
    assert isinstance(objection, Hold)
    assert (objection.reason.facts, objection.until, objection.restarts) == ({"count": 2, "until": stamp(ENDS)}, NOON + DAY, True)


def test_what_has_had_its_turn_is_cancelled() -> None:
    objection = check(case_of(TWO, now=ENDS))
    assert isinstance(objection, End)
    assert (objection.state, objection.reason.facts) == (CANCELLED, {"count": 2, "rung": "post"})


@thorough
@given(selling())
def test_it_waits_no_longer_than_it_says(found: Case) -> None:
    released_when_it_says(check, found)


@pytest.mark.parametrize("message_class", [SERVICE, COURTESY])
def test_receipts_and_thanks_go_all_the_same(message_class: str) -> None:
    @thorough
    @given(not_selling(message_class))
    def is_left_alone(found: Any) -> None:
        assert check(found) is None

    is_left_alone()


def test_an_order_lets_them_be_mailed_again() -> None:
    assert said(TWO) == "no-response"
    assert said(history(bought(on(2026, 3, 1)), follow_ups=[FIRST, SECOND])) == ""
