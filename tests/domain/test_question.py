"""Questions: what is asked again or too often is added to one that is open, and the first that was said is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.inquiry import MAX_KEPT, MAX_OPEN, MORE, Inquiry, adds_to, with_more
from tests.factories import PERSON
from tests.support.world import NOON


def question(number: int, words: str = "", **changes: Any) -> Inquiry:
    made = Inquiry(f"{PERSON}-{number}", PERSON, NOON + timedelta(hours=number), "question", words=words or f"Question {number}?")
    return msgspec.structs.replace(made, **changes)


def test_a_new_question_stands_by_itself() -> None:
    assert adds_to([question(1)], "Another?") is None


def test_the_same_words_are_the_same_question() -> None:
    first = question(1)
    assert adds_to([first, question(2)], "Question 1?") is first


@pytest.mark.parametrize("ended", [{"closed_at": NOON, "outcome": "good"}, {"source": "expectation"}])
def test_only_open_questions_are_added_to(ended: dict[str, Any]) -> None:
    known = [question(number, **ended) for number in range(MAX_OPEN)]
    assert adds_to(known, "Question 0?") is None
    assert adds_to(known, "Another?") is None


def test_beyond_so_many_open_ones_the_newest_takes_the_words() -> None:
    known = [question(number) for number in range(MAX_OPEN)]
    assert adds_to(known[1:], "Another?") is None
    assert adds_to(list(reversed(known)), "Another?") is known[-1]


@given(st.lists(st.text(max_size=2500), max_size=12))
def test_what_was_said_first_stays_and_there_is_an_end(said: list[str]) -> None:
    words = "Is it mended?"
    for more in said:
        words = with_more(words, more)
        assert words.startswith("Is it mended?")
        assert len(words) <= MAX_KEPT + len(MORE) + 2
        assert more.strip() in words or words.endswith(MORE)


def test_what_is_left_out_is_told_once() -> None:
    full = "x" * MAX_KEPT
    told = with_more(full, "one more thing")
    assert told == f"{full}\n\n{MORE}"
    assert with_more(told, "and another") == told
