"""Which pairs of colours a brand brings together, and whether they can be told apart."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.brand import READABLE, contrast
from chalicelib.domain.mending.colours import GROUNDS, faint, pairs
from chalicelib.domain.shop import Brand

TOKENS = (Path(__file__).parents[2] / "site" / "css" / "tokens.css").read_text(encoding="utf-8")
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_the_grounds_are_the_style_sheets() -> None:
    for mode, css in enumerate(TOKENS.split("@media (prefers-color-scheme:dark)")):
        for name, pair in GROUNDS.items():
            found = re.search(rf"--{name}:(#\w+)", css)
            assert found is not None
            assert (found[1] if len(found[1]) == 7 else f"#{''.join(digit * 2 for digit in found[1][1:])}") == pair[mode]


def test_ours_can_be_read() -> None:
    assert faint(Brand()) == []
    assert len([*pairs(Brand())]) == 24


@given(colours, colours, colours)
def test_a_brand_without_a_fault_can_be_read_everywhere(act: str, act_dark: str, ornament: str) -> None:
    brand = Brand(act=act, act_dark=act_dark, ornament=ornament)
    told = {fault.where[1] for fault in faint(brand)}

    assert told == {pair.name for pair in pairs(brand) if pair.found < pair.needed}
    if "act" not in told:
        assert contrast(act, "#ffffff") >= READABLE
        assert contrast(act, "#f4f6f5") >= READABLE


@given(colours)
def test_each_colour_has_one_sentence_with_the_way_out(act: str) -> None:
    found = faint(Brand(act=act))

    assert len(found) <= 1
    assert all(re.search(r"^Give `brand.act` as a darker colour: .* needs 4.5\.$", fault.sentence) for fault in found)
