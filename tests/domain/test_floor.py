from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.calendar import stamp
from chalicelib.domain.floor import floor_at, unheard
from chalicelib.domain.history import History
from chalicelib.domain.shop import Manners
from tests.support.histories import DAY, by_hand, histories, history, inquiry, on, waiting, wrote
from tests.support.properties import thorough
from tests.support.world import NOON

MANNERS = Manners()
HALF_A_YEAR = timedelta(days=MANNERS.floor_days)
AGREED = NOON - HALF_A_YEAR
IGNORED = [wrote(on(2025, 1, 1)), wrote(on(2025, 2, 1))]


def suggested(known: History) -> str:
    found = unheard(known, MANNERS, NOON)
    return found.suggestion if found is not None else ""


def test_who_agreed_hears_something_twice_a_year() -> None:
    known = history(agreed_at=AGREED)
    assert unheard(known, MANNERS, NOON - DAY) is None
    found = unheard(known, MANNERS, NOON)
    assert found is not None
    assert (found.since, found.suggestion) == (AGREED, "newsletter")


@pytest.mark.parametrize(
    ("one", "below"),
    [
        (wrote(NOON - DAY), False),
        (wrote(NOON - DAY, message_class="courtesy"), False),
        (wrote(NOON - DAY, message_class="service"), True),
        (wrote(NOON - DAY, "letter", state="handed over", sent_at=None), False),
        (wrote(NOON - DAY, state="cancelled", sent_at=None), True),
        (wrote(NOON - HALF_A_YEAR), True),
    ],
    ids=["marketing", "courtesy", "service", "a letter", "what never went", "long ago"],
)
def test_what_they_heard_counts(one: Any, *, below: bool) -> None:
    assert (unheard(history(follow_ups=[one], agreed_at=AGREED - DAY), MANNERS, NOON) is not None) == below


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (history(agreed_at=AGREED), "newsletter"),
        (history(standing={"consents": {"care/e-mail": stamp(AGREED)}}), "preferences"),
        (history(follow_ups=[waiting("care")], agreed_at=AGREED), "planned"),
        (history(follow_ups=[waiting("receipt", message_class="service")], agreed_at=AGREED), "newsletter"),
        (history(follow_ups=IGNORED), "letter"),
        (history(follow_ups=IGNORED, standing={"consents": {"offers/call": stamp(on(2024, 1, 1))}}), "call"),
        (history(follow_ups=IGNORED, standing={"consents": {"newsletter/e-mail": stamp(on(2024, 1, 1))}}), ""),
        (history(standing={"consents": {}}), ""),
        (history(agreed_at=AGREED, standing={"stopped_at": stamp(NOON)}), ""),
        (history(agreed_at=AGREED, standing={"never_at": stamp(NOON)}), ""),
    ],
    ids=[
        "newsletter",
        "preferences",
        "planned",
        "a receipt is no help",
        "post",
        "call",
        "peace",
        "no consent",
        "stopped",
        "never",
    ],
)
def test_it_suggests_what_may_help(known: History, expected: str) -> None:
    assert suggested(known) == expected


@pytest.mark.parametrize(
    ("chosen", "missed"),
    [
        ({"pace": "orders"}, False),
        ({"pace": "quarterly"}, True),
        ({"paused_until": stamp(NOON + DAY)}, False),
        ({"paused_until": stamp(NOON - HALF_A_YEAR + DAY)}, False),
        ({"paused_until": stamp(NOON - HALF_A_YEAR)}, True),
    ],
    ids=["orders only", "seldom is not never", "resting", "rested till lately", "rested long ago"],
)
def test_silence_that_they_asked_for_is_none_of_ours(chosen: dict[str, str], *, missed: bool) -> None:
    consents = {"newsletter/e-mail": stamp(AGREED - DAY)}
    assert (unheard(history(standing={"consents": consents, **chosen}), MANNERS, NOON) is not None) == missed


def test_a_question_of_theirs_is_nothing_that_they_heard() -> None:
    assert suggested(history(inquiries=[inquiry(NOON - DAY)], agreed_at=AGREED)) != ""


def test_a_call_by_hand_moves_the_rung() -> None:
    posted = by_hand("letter", on(2025, 6, 1), on(2025, 6, 2), "posted")
    assert suggested(history(follow_ups=IGNORED, tasks=[posted])) == "call"


@thorough
@given(histories())
def test_it_is_looked_at_on_the_very_day(known: History) -> None:
    at = floor_at(known, MANNERS, NOON)
    if at is None:
        return
    assert at > NOON
    assert unheard(known, MANNERS, at - timedelta(seconds=1)) is None


@thorough
@given(histories())
def test_nobody_who_did_not_agree_is_missed(known: History) -> None:
    found = unheard(known, MANNERS, NOON)
    assert found is None or (known.standing.consents and not known.standing.stopped_at)
