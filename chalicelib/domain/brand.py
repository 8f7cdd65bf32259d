"""One brand, everywhere (PRODUCT.md, manner 13): the colours and faces that follow from what the owner chose."""

from __future__ import annotations

import re

from msgspec import Struct

from chalicelib.domain.shop import Brand

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NOT_IN_A_FACE = re.compile(r"[^\w ,.'\-]")
_WHITE, _BLACK, _INK = "#ffffff", "#000000", "#06211f"
_DARK_SURFACE = "#162327"
READABLE = 4.5
"""The contrast that text needs (WCAG 2.2, AA)."""


class Palette(Struct, frozen=True):
    """Colours for light, and behind them for dark: what acts, under the pointer, as a ground, and what can be read on it."""

    act: tuple[str, str]
    hover: tuple[str, str]
    soft: tuple[str, str]
    on_act: tuple[str, str]
    ornament: tuple[str, str]
    ornament_soft: tuple[str, str]


_OURS = Palette(
    act=("#0e5350", "#7fd0c4"),
    hover=("#093b39", "#a6e2d9"),
    soft=("#dcebe7", "#173a39"),
    on_act=("#ffffff", "#06211f"),
    ornament=("#8a1c3f", "#f0a0b8"),
    ornament_soft=("#f7e9ed", "#3a1a25"),
)


def palette(brand: Brand) -> Palette:
    """Ours where the owner changed nothing, for those are picked by eye; else made from theirs. Errors: ValueError for what is no colour."""
    act, act_dark, ornament = (checked_colour(one) for one in (brand.act, brand.act_dark, brand.ornament))
    acts = (act, act_dark) == (_OURS.act[0], _OURS.act[1])
    adorns = ornament == _OURS.ornament[0]
    lighter = _mixed(ornament, _WHITE, 0.6)
    return Palette(
        act=(act, act_dark),
        hover=_OURS.hover if acts else (_mixed(act, _BLACK, 0.3), _mixed(act_dark, _WHITE, 0.35)),
        soft=_OURS.soft if acts else (_ground(act, _WHITE), _ground(act_dark, _DARK_SURFACE)),
        on_act=(_readable_on(act), _readable_on(act_dark)),
        ornament=_OURS.ornament if adorns else (ornament, lighter),
        ornament_soft=_OURS.ornament_soft if adorns else (_ground(ornament, _WHITE), _ground(lighter, _DARK_SURFACE)),
    )


def checked_colour(text: str) -> str:
    """#rrggbb in small letters. Errors: ValueError."""
    if _COLOUR.fullmatch(text) is None:
        raise ValueError(f'"{text}" is no colour: give it as #rrggbb, such as "#0e5350"')
    return text.lower()


def face(text: str) -> str:
    """Names of typefaces as CSS and an HTML attribute take them: whatever could end either is left out."""
    return _NOT_IN_A_FACE.sub("", text.replace('"', "'"))


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white, as WCAG reckons it. Both as #rrggbb."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (n / 255 for n in _parts(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _readable_on(ground: str) -> str:
    return max((_WHITE, _INK), key=lambda ink: contrast(ink, ground))


def _ground(colour: str, surface: str) -> str:
    """A tint of the surface on which the colour itself can still be read, if it can be on the surface."""
    tints = [_mixed(colour, surface, share) for share in (0.86, 0.9, 0.94, 0.97)]
    return next((tint for tint in tints if contrast(colour, tint) >= READABLE), tints[-1])


def _mixed(colour: str, other: str, share: float) -> str:
    """`share`: how much of the other."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
