"""Any colour that the owner picks can be read on, and what follows from it is a colour."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.brand import READABLE, checked_colour, contrast, face, palette
from chalicelib.domain.shop import Brand

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours, colours, colours)
def test_what_stands_on_the_acting_colour_can_be_read(act: str, act_dark: str, ornament: str) -> None:
    found = palette(Brand(act=act, act_dark=act_dark, ornament=ornament))

    for pair in (found.act, found.hover, found.soft, found.on_act, found.ornament, found.ornament_soft):
        assert all(re.fullmatch("#[0-9a-f]{6}", one) for one in pair)
    # of white and ink one always reaches 4.1; a mid grey is the worst ground there is
    assert contrast(found.on_act[0], act) >= 4.1
    assert contrast(found.on_act[1], act_dark) >= 4.1


@pytest.mark.parametrize("act", ["#5b2a86", "#8a1c3f", "#1d4e89", "#b3541e", "#222222"])
def test_usual_colours_read_well_under_the_pointer_too(act: str) -> None:
    found = palette(Brand(act=act))

    assert contrast(found.on_act[0], found.act[0]) >= READABLE
    assert contrast(found.on_act[0], found.hover[0]) >= READABLE
    assert contrast(found.act[0], found.soft[0]) >= READABLE


def test_ours_stay_as_they_were_picked() -> None:
    found = palette(Brand())

    assert (found.act, found.hover, found.on_act) == (("#0e5350", "#7fd0c4"), ("#093b39", "#a6e2d9"), ("#ffffff", "#06211f"))


@pytest.mark.parametrize("text", ["red", "#fff", "#0e5350;", "", "#0e535g", "#0e5350\n"])
def test_what_is_no_colour_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no colour"):
        checked_colour(text)


@given(st.text(max_size=80))
def test_a_face_ends_neither_a_style_nor_an_attribute(text: str) -> None:
    assert not set(face(text)) & set('"<>;{}&\\/()\n')


def test_black_on_white_is_the_most() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
