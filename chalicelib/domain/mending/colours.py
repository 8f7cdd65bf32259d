"""Whether each pair of colours that a brand brings together can be told apart (WCAG 2.2, AA), in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from chalicelib.domain.brand import READABLE, contrast, palette
from chalicelib.domain.fault import Fault
from chalicelib.domain.shop import Brand

SEEN = 3.0
"""The contrast that lines and shapes need."""

GROUNDS: Mapping[str, tuple[str, str]] = {
    "paper": ("#f4f6f5", "#0f191c"),
    "surface": ("#ffffff", "#162327"),
    "ink": ("#17252a", "#e8eeec"),
    "ink-2": ("#4d5d63", "#a5b4b3"),
}
"""What of the style sheet's tokens no owner changes and a brand's colours meet, in light and in dark."""


class Pair(Struct, frozen=True):
    """`name`: the setting that decides it. `on`: what it stands on, in words. `found`, `needed`: contrasts."""

    name: str
    on: str
    found: float
    needed: float


def pairs(brand: Brand) -> Iterator[Pair]:
    """All that meet on a page, in a mail and on paper. Errors: ValueError for what is no colour."""
    found = palette(brand)
    for mode, name in enumerate(("act", "act_dark")):
        ground = {key: pair[mode] for key, pair in GROUNDS.items()}
        act, hover, soft, on_act = found.act[mode], found.hover[mode], found.soft[mode], found.on_act[mode]
        for colour, called in ((act, ""), (hover, " under the pointer")):
            yield Pair(name, f"the page{called}", contrast(colour, ground["paper"]), READABLE)
            yield Pair(name, f"a sheet{called}", contrast(colour, ground["surface"]), READABLE)
            yield Pair(name, f"its own tint{called}", contrast(colour, soft), READABLE)
            yield Pair(name, f"a button's words{called}", contrast(on_act, colour), READABLE)
        yield Pair(name, "its own tint with text on it", contrast(ground["ink"], soft), READABLE)
        yield Pair(name, "its own tint with small text on it", contrast(ground["ink-2"], soft), READABLE)
        for key, called in (("paper", "the page"), ("surface", "a sheet")):
            yield Pair("ornament", called, contrast(found.ornament[mode], ground[key]), SEEN)


def faint(brand: Brand) -> list[Fault]:
    """Of each colour the pair that is furthest from what it needs, if one falls short."""
    worst: dict[str, Pair] = {}
    for pair in sorted(pairs(brand), key=lambda one: one.found / one.needed):
        if pair.found < pair.needed:
            worst.setdefault(pair.name, pair)
    return [
        Fault(
            ("brand", name),
            f"Give `brand.{name}` as a {'lighter' if name == 'act_dark' else 'darker'} colour: its contrast with {pair.on} is "
            f"{int(pair.found * 10) / 10}, and {'what adorns' if name == 'ornament' else 'text'} needs {pair.needed:g}.",
        )
        for name, pair in worst.items()
    ]
