from __future__ import annotations

import msgspec
import pytest

from chalicelib.domain.fact import LIKES
from chalicelib.domain.history import History
from tests.support.histories import DAY, bought, by_hand, history, inquiry, moments, on, times, told, wrote
from tests.support.world import NOON

LONG = on(2024, 4, 1)
LATELY = on(2025, 6, 1)


def due(known: History) -> list[str]:
    return times(moments("still-welcome", known))


def test_a_year_without_a_sign_of_life_is_asked_about() -> None:
    (found,) = moments("still-welcome", history(agreed_at=LATELY))
    assert times([found]) == ["2026-06-01T09:00:00Z"]
    assert (found.why.kind, found.extra) == ("silent", {"since": "2025-06-01T12:00:00Z"})


@pytest.mark.parametrize(
    "known",
    [
        history(bought(LATELY), agreed_at=LONG),
        history(facts=[told(LIKES, "rings", "yes", LATELY)], agreed_at=LONG),
        history(inquiries=[inquiry(LATELY)], agreed_at=LONG),
        history(inquiries=[inquiry(LATELY, source="owner")], agreed_at=LONG),
        history(tasks=[by_hand("call", LONG, LATELY, "happy")], agreed_at=LONG),
        history(follow_ups=[wrote(LONG, answered="yes", answered_at=LATELY)], agreed_at=LONG),
    ],
    ids=["an order", "a preference", "a question", "a reply to the owner", "a call", "an answer"],
)
def test_any_response_is_a_sign(known: History) -> None:
    assert due(known) == ["2026-06-01T09:00:00Z"]


@pytest.mark.parametrize(
    "known",
    [
        history(follow_ups=[wrote(LATELY)], agreed_at=LONG),
        history(tasks=[by_hand("call", LONG, LATELY, "no answer")], agreed_at=LONG),
        history(tasks=[by_hand("letter", LONG, LATELY, "posted")], agreed_at=LONG),
        history(msgspec.structs.replace(bought(LATELY), cancelled_at=LATELY), agreed_at=LONG),
    ],
    ids=["a mail of ours", "a call in vain", "a letter of ours", "a cancelled order"],
)
def test_what_we_did_is_not(known: History) -> None:
    assert due(known) == ["2025-04-01T09:00:00Z"]


@pytest.mark.parametrize(
    ("until", "asked"),
    [("2025-08-31T23:00:00Z", "2026-09-01T09:00:00Z"), ("2025-01-01T00:00:00Z", "2026-06-01T09:00:00Z")],
    ids=["it ended after their last sign", "... or before"],
)
def test_a_silence_that_they_asked_for_does_not_count(until: str, asked: str) -> None:
    assert due(
        history(agreed_at=LATELY, standing={"paused_until": until, "consents": {"newsletter/e-mail": "2025-06-01T12:00:00Z"}})
    ) == [asked]


def test_the_day_they_came_counts_where_nothing_else_does() -> None:
    assert due(msgspec.structs.replace(history(agreed_at=LATELY), standing=history().standing)) != []
    nobody = history(standing={"consents": {}})
    assert len(due(nobody)) == 1
    assert due(msgspec.structs.replace(nobody, contact=None)) == []


def test_once_for_each_silence() -> None:
    known = history(agreed_at=LATELY)
    assert moments("still-welcome", known) == moments("still-welcome", known, NOON + 200 * DAY)
    again = history(bought(NOON), agreed_at=LATELY)
    assert moments("still-welcome", again)[0].occurrence != moments("still-welcome", known)[0].occurrence
