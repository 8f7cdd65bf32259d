from __future__ import annotations

from chalicelib.domain.calendar import stamp
from tests.support.histories import DAY, bought, by_hand, history, moments, on, times, wrote
from tests.support.world import NOON

IGNORED = [wrote(on(2025, 9, 1)), wrote(on(2025, 10, 1))]
BEYOND = on(2025, 12, 30)
"""120 days after the first of them."""


def test_a_letter_the_day_after_patience_ends() -> None:
    (found,) = moments("letter", history(follow_ups=IGNORED))
    assert times([found]) == ["2025-12-31T10:00:00Z"]
    assert (found.why.kind, found.why.facts) == ("no-response-yet", {"count": 2, "since": "2024-04-01T12:00:00Z"})


def test_neither_before_nor_for_who_responds() -> None:
    assert moments("letter", history(follow_ups=IGNORED), BEYOND - DAY) == []
    assert moments("letter", history(bought(on(2025, 10, 2)), follow_ups=IGNORED)) == []


def test_no_call_while_the_letter_has_its_turn() -> None:
    known = history(follow_ups=IGNORED)
    assert moments("call", known) == []
    posted = history(follow_ups=IGNORED, tasks=[by_hand("letter", BEYOND, on(2026, 1, 5), "posted")])
    assert (moments("letter", posted), moments("call", posted)) == ([], [])


def test_a_call_after_the_letters_patience() -> None:
    posted = history(follow_ups=IGNORED, tasks=[by_hand("letter", BEYOND, on(2026, 1, 5), "posted")])
    assert times(moments("call", posted, on(2026, 5, 6))) == ["2026-05-06T09:00:00Z"]


def test_a_hard_bounce_needs_no_patience() -> None:
    bounced = history(standing={"unreachable_at": stamp(NOON), "unreachable_why": "bounced"})
    (found,) = moments("letter", bounced)
    assert (times([found]), found.why.kind) == (["2026-03-03T10:00:00Z"], "unreachable-by-mail")


def test_once_for_each_silence() -> None:
    known = history(follow_ups=IGNORED)
    assert moments("letter", known) == moments("letter", known, NOON + 100 * DAY)
    again = history(bought(NOON), follow_ups=[*IGNORED, wrote(NOON + DAY), wrote(NOON + 2 * DAY)])
    assert moments("letter", again, NOON + 130 * DAY)[0].occurrence != moments("letter", known)[0].occurrence
