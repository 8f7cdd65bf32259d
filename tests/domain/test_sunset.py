from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.history import History
from chalicelib.domain.ladder import last_response
from chalicelib.domain.shop import Manners
from chalicelib.domain.sunset import sunset_at
from tests.support.histories import DAY, bought, by_hand, histories, history, on, wrote
from tests.support.properties import thorough
from tests.support.world import NOON, shipped_playbook

MANNERS = Manners()
ASKED = wrote(on(2026, 2, 1), "still-welcome")
ENDS = on(2026, 3, 3)


def ends(known: History) -> object:
    return sunset_at(known, shipped_playbook(), MANNERS)


def test_a_month_without_an_answer_is_one() -> None:
    assert ends(history(follow_ups=[ASKED])) == ENDS


@pytest.mark.parametrize(
    "known",
    [
        history(),
        history(follow_ups=[wrote(on(2026, 2, 1), "care")]),
        history(follow_ups=[wrote(on(2026, 2, 1), "still-welcome", state="held", sent_at=None)]),
        history(follow_ups=[wrote(on(2026, 2, 1), "still-welcome", answered="yes", answered_at=on(2026, 2, 2))]),
        history(bought(on(2026, 2, 2)), follow_ups=[ASKED]),
        history(follow_ups=[ASKED], tasks=[by_hand("call", on(2026, 2, 1), on(2026, 2, 5), "away")]),
        history(follow_ups=[ASKED], standing={"consents": {}}),
    ],
    ids=["nobody asked", "another mail", "not yet asked", "a yes", "an order", "a call", "nothing to end"],
)
def test_nothing_ends_without_a_question_or_after_a_sign(known: History) -> None:
    assert ends(known) is None


def test_the_newest_question_counts() -> None:
    old = wrote(on(2025, 1, 1), "still-welcome")
    assert ends(history(follow_ups=[ASKED, old])) == ENDS


@thorough
@given(histories())
def test_only_who_was_asked_and_silent_is_let_go(known: History) -> None:
    found: Any = ends(known)
    if found is None:
        return
    asked = found - timedelta(days=MANNERS.sunset_days)
    responded = last_response(known)
    assert any(one.rule == "still-welcome" and one.sent_at == asked for one in known.follow_ups)
    assert responded is None or responded <= asked <= NOON + DAY
