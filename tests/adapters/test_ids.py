from __future__ import annotations

import re

from chalicelib.adapters.ids import RandomIds


def test_tokens_are_26_plain_characters_and_differ() -> None:
    tokens = {RandomIds().token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[a-z2-7]{26}", token) for token in tokens)


def test_bits_stay_below_their_power_of_two() -> None:
    assert {RandomIds().bits(2) for _ in range(200)} == {0, 1, 2, 3}
    assert RandomIds().bits(0) == 0
