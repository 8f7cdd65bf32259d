"""Every pair of colours that meets on a page can be told apart (WCAG 2.2 AA), in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.domain.brand import palette
from chalicelib.domain.shop import Brand

CSS = (Path(__file__).parents[2] / "site" / "css" / "tokens.css").read_text(encoding="utf-8")
MAILS = sorted((Path(__file__).parents[2] / "templates" / "email").rglob("*.html"))
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2", "act") for ground in ("paper", "surface")],
    *[
        ("ink", "sunk"),
        ("ink-2", "sunk"),
        ("act", "act-soft"),
        ("act-hover", "act-soft"),
        ("on-act", "act"),
        ("on-act", "act-hover"),
    ],
    *[("garnet", "surface"), ("hold", "hold-soft"), ("err", "err-soft"), ("err", "surface"), ("err", "paper"), ("ok", "ok-soft")],
]
SHAPES = [("line-strong", "surface"), ("line-strong", "paper"), ("focus", "focus-ink"), ("act", "paper"), ("garnet", "paper")]


def colours(mode: str) -> dict[str, str]:
    light, dark = CSS.split("@media (prefers-color-scheme:dark)")
    found = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", light))
    return found | dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", dark)) if mode == "dark" else found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read(mode: str) -> None:
    found = colours(mode)
    assert [pair for pair in TEXT if contrast(found[pair[0]], found[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_and_rings_can_be_seen(mode: str) -> None:
    found = colours(mode)
    assert [pair for pair in SHAPES if contrast(found[pair[0]], found[pair[1]]) < 3] == []


@pytest.mark.parametrize("template", MAILS, ids=lambda path: path.parent.name + "/" + path.name)
def test_mails_use_the_same_colours(template: Path) -> None:
    known = {
        f"#{''.join(digit * 2 for digit in colour[1:])}" if len(colour) == 4 else colour
        for mode in ("light", "dark")
        for colour in colours(mode).values()
    }
    assert set(re.findall(r"#[0-9a-f]{6}\b", template.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("template", MAILS, ids=lambda path: path.parent.name + "/" + path.name)
def test_what_acts_in_a_mail_is_the_shops_own_colour(template: Path) -> None:
    ours = {"#0e5350", "#7fd0c4", "#8a1c3f"}
    assert not ours & set(re.findall(r"#[0-9a-f]{6}\b", template.read_text(encoding="utf-8")))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_brands_defaults_are_the_style_sheets(mode: str) -> None:
    found, which = colours(mode), ("light", "dark").index(mode)
    theirs = palette(Brand())
    assert found["act"] == theirs.act[which]
    assert found["act-hover"] == theirs.hover[which]
    assert found["act-soft"] == theirs.soft[which]
    assert found["garnet"] == theirs.ornament[which]
    assert found["garnet-soft"] == theirs.ornament_soft[which]
