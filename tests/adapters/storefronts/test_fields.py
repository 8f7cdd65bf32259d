"""Fields that may hold anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from chalicelib.adapters.storefronts.fields import MAX_OPTIONS, options, quantity
from chalicelib.strict_json import Fraction
from tests.support.properties import hostile_text, quick


@pytest.mark.parametrize(
    ("said", "many"),
    [
        (2, 2), ("2", 2), ("1.00", 1), (Fraction("1.5"), 2), ("0.25", 1), ("0", 0), ("0.0", 0), (0, 0), (-3, 0), ("-3", 0), (True, 0), (None, 0),
        ("two", 0), ("", 0), ("1e3", 0), ("\u0662", 0), (10**30, 10**6), ("9" * 40, 0), ([2], 0), ({}, 0),
    ],
)  # fmt: skip
def test_a_quantity_is_what_can_be_counted(said: Any, many: int) -> None:
    assert quantity(said) == many


@quick
@given(hostile_text)
def test_any_text_is_some_quantity(said: str) -> None:
    assert 0 <= quantity(said) <= 10**6


def test_options_are_few_and_say_something() -> None:
    found = options([("Size", "M"), ("Size", "M"), ("Engraving", ""), *((f"{n}", "x" * 100) for n in range(20))])
    assert found[0] == ("Size", "M")
    assert len(found) == MAX_OPTIONS
    assert all(0 < len(value) <= 60 for _, value in found)
