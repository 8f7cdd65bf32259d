"""Draws what is engraved: `python -m courtesy.art` writes the ornaments to templates/pages/art/, and our jeweller's pieces to shop/pictures/.

Guilloche is what an engraver's lathe turns: one curve, repeated and rotated. So is this: a path and a list of <use>. The files are
kept in git, because the API renders pages with them too and this module does not ship; a test keeps the two in step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "templates" / "pages" / "art"
PIECES = Path(__file__).parent.parent / "shop" / "pictures"

Polar = Callable[[float], tuple[float, float]]
"""An angle in radians → the radius there, and the radius's derivative."""


def closed(curve: Polar, pieces: int) -> str:
    """Path data of a closed curve around the origin, as `pieces` cubic Béziers in relative coordinates, one decimal."""
    turn = 2 * math.pi / pieces
    here = _point(curve, 0.0)
    data = [f"M{_numbers(here)}"]
    for piece in range(pieces):
        start, end = piece * turn, (piece + 1) * turn
        leaving, arriving = _slope(curve, start), _slope(curve, end)
        target = _point(curve, end)
        # Relative to where the drawn (rounded) line is, not to where it should be, so that the rounding never adds up.
        first = (here[0] + leaving[0] * turn / 3, here[1] + leaving[1] * turn / 3)
        second = (target[0] - arriving[0] * turn / 3, target[1] - arriving[1] * turn / 3)
        data.append("c" + " ".join(_numbers((x - here[0], y - here[1])) for x, y in (first, second, target)).replace(" -", "-"))
        here = (here[0] + round(target[0] - here[0], 1), here[1] + round(target[1] - here[1], 1))
    return "".join(data) + "Z"


def rosette(inner: float, outer: float, petals: int) -> str:
    """A flower whose radius swings between `inner` and `outer`."""
    middle, swing = (outer + inner) / 2, (outer - inner) / 2
    return closed(lambda a: (middle + swing * math.cos(petals * a), -swing * petals * math.sin(petals * a)), petals * 4)


def turned(path: str, times: int, petals: int) -> str:
    """The path drawn `times` times within the angle of one of its petals."""
    step = 360 / petals / times
    return "".join(f'<use href="#{path}" transform="rotate({_short(step * i, 2)})"/>' for i in range(times))


def rings(path: str, times: int, smallest: float, waves: int) -> str:
    """The path drawn as `times` rings, each a little smaller and half a wave further than the one around it: barleycorn."""
    shrink = smallest ** (1 / (times - 1))
    half = 180 / waves
    return "".join(
        f'<use href="#{path}" transform="scale({_short(shrink**i, 3)}){f" rotate({_short(half, 2)})" if i % 2 else ""}"/>'
        for i in range(times)
    )


def wave(width: int, length: int, height: int, times: int) -> str:
    """A band of `times` sine lines, each a fraction of a wave further than the one before: the border of a banknote."""
    repeats = width // length + 3
    return "".join(
        f"M{2 * i * length // times - 2 * length} 0q{length // 2} {height} {length} 0" + f"t{length} 0" * repeats
        for i in range(times)
    )


def drawings() -> dict[str, str]:
    """File name → what it holds: definitions for an inline <svg>, each with an id of its own."""
    return {
        "rosette.svg": f'<path id="r" d="{rosette(30, 96, 16)}"/><path id="q" d="{rosette(20, 47, 12)}"/>'
        f'<g id="o" fill="none">{turned("r", 9, 16)}</g><g id="i" fill="none">{turned("q", 7, 12)}</g>\n',
        "border.svg": f'<path id="w" d="{wave(600, 20, 12, 8)}" fill="none"/>\n',
    }


def pieces() -> dict[str, str]:
    """File name → a whole drawing. Its classes are the site's: `a` is drawn in the colour that acts, `g` in the one that adorns, `paper` filled
    with the page's ground; so it follows brand and dark mode.
    """
    return {name: f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n{drawn}\n</svg>\n' for name, (box, drawn) in {
        "carrick-locket.svg": ("0 0 420 480", _locket()),
        "estuary-ring.svg": ("0 0 420 360", _ring()),
        "sea-glass-studs.svg": ("0 0 420 360", _studs()),
        "lambswool-socks.svg": ("40 0 420 400", _socks()),
    }.items()}  # fmt: skip


def _locket() -> str:
    """Oval, engine-turned, on its chain."""
    return f"""<defs><path id="b" vector-effect="non-scaling-stroke" d="{rosette(95.5, 100, 44)}"/><g id="k" fill="none">{rings("b", 22, 0.36, 44)}</g></defs>
<g class="a" fill="none">
<path d="M30 0C60 70 150 92 204 104M390 0C360 70 270 92 216 104" stroke-width="5" stroke-linecap="round" stroke-dasharray=".1 6.6"/>
<circle cx="210" cy="112" r="13" stroke-width="2.5"/><circle cx="210" cy="112" r="9" stroke-width="1"/>
<path class="paper" d="M201 127h18v9h-18z" stroke-width="1.5"/>
<ellipse class="paper" cx="210" cy="302" rx="136" ry="168" stroke-width="2"/>
<ellipse cx="210" cy="302" rx="130" ry="162" stroke-width=".8"/>
<path class="paper" d="M341 286h9v32h-9M79 276h-7v14h7M79 295h-7v14h7M79 314h-7v14h7" stroke-width="1.5"/>
<use href="#k" transform="translate(210 302) scale(1.25 1.57)" stroke-width=".8"/>
</g>
<g class="g"><ellipse class="paper" cx="210" cy="302" rx="50" ry="63" stroke-width="1.5"/><ellipse fill="none" cx="210" cy="302" rx="45" ry="58" stroke-width=".6"/></g>"""


def _ring() -> str:
    """A narrow band seen from above, hammered all round, in rings of low water."""
    wide, deep, band = 122.0, 84.0, 46.0
    dents = "".join(
        _dent(angle, row, wide, deep)
        for row in range(4)
        for angle in [math.pi * (n + (row % 2) / 2 + 0.25) / 26 for n in range(26)]
    )
    inside = "".join(
        f"M{_short(210 - 112 * x, 1)} {_short(150 - 76 * y + 3, 1)}v{_short(36 * y, 1)}"
        for x, y in [(math.cos(math.pi * n / 40), math.sin(math.pi * n / 40)) for n in range(2, 39)]
    )
    water = "".join(
        f'<ellipse cx="210" cy="206" rx="{150 + 20 * n}" ry="{100 + 15 * n}" stroke-opacity="{_short(0.75 - 0.2 * n, 2)}" stroke-dasharray="{90 - 20 * n} {14 + 10 * n}"/>'
        for n in range(3)
    )
    return f"""<g class="g" fill="none" stroke-width=".9">{water}</g>
<g class="a" fill="none">
<path class="paper" d="M88 150v46a122 84 0 0 0 244 0v-46" stroke-width="2"/>
<path d="{dents}" stroke-width=".9"/>
<ellipse class="paper" cx="210" cy="150" rx="{_short(wide, 1)}" ry="{_short(deep, 1)}" stroke-width="2"/>
<ellipse class="paper" cx="210" cy="150" rx="112" ry="76" stroke-width="1.2"/>
<path d="{inside}" stroke-width=".7" stroke-opacity=".8"/>
<path d="M98.5 157a112 76 0 0 1 223 0" transform="translate(0 {_short(band - 22, 0)})" stroke-width="1"/>
</g>"""


def _dent(angle: float, row: int, wide: float, deep: float) -> str:
    """A mark of the hammer on the outer wall: a little crescent, narrow where the wall turns away."""
    x, y = 210 - wide * math.cos(angle), 150 + deep * math.sin(angle) + 6 + row * 11
    turned_away = max(0.2, math.sin(angle))
    half = (5.2 + 1.6 * math.sin(7 * angle + 3 * row)) * turned_away
    slope = -deep * math.cos(angle) / wide / max(0.35, math.sin(angle)) * -half
    return f"M{_short(x - half, 1)} {_short(y - slope, 1)}q{_short(half, 1)} {_short(slope + 4.5, 1)} {_short(2 * half, 1)} {_short(2 * slope, 1)}"


def _studs() -> str:
    """Two pebbles of sea-glass, each in its bezel: one from the front, one turned so that its post is seen."""

    def pebble(angle: float) -> tuple[float, float]:
        radius = 86 + 6 * math.cos(2 * angle + 0.6) + 4 * math.cos(3 * angle - 0.9)
        return radius, -12 * math.sin(2 * angle + 0.6) - 12 * math.sin(3 * angle - 0.9)

    glass = "".join(
        f'<use href="#p" transform="scale({_short(0.93**n, 3)}) rotate({_short(1.7 * n, 1)})"/>' for n in range(1, 24)
    )
    return f"""<defs><path id="p" vector-effect="non-scaling-stroke" d="{closed(pebble, 14)}"/><g id="s" fill="none">{glass}</g></defs>
<g class="a" fill="none">
<path class="paper" d="M318 250l62 34M312 259l62 34M372 275c16-14 30-2 24 12s-22 20-34 8M366 292c-18 2-24 18-12 26s26-2 30-16" stroke-width="1.6"/>
</g>
<g transform="translate(142 150)"><g class="g"><use class="paper" href="#p" transform="scale(1.14)" stroke-width="2"/><use href="#p" fill="none" transform="scale(1.085)" stroke-width="4" stroke-linecap="round" stroke-dasharray=".1 7.5"/></g>
<g class="a"><use class="paper" href="#p" stroke-width="1.4"/><use href="#s" stroke-width=".7"/></g></g>
<g transform="translate(286 226) rotate(28) scale(.66 .82)"><g class="g"><use class="paper" href="#p" transform="scale(1.14)" stroke-width="2"/><use href="#p" fill="none" transform="scale(1.085)" stroke-width="4" stroke-linecap="round" stroke-dasharray=".1 6.5"/></g>
<g class="a"><use class="paper" href="#p" stroke-width="1.4"/><use href="#s" stroke-width=".7"/></g></g>"""


def _socks() -> str:
    """A pair, one behind the other: ribs at the cuff, stitches in rows, heel and toe of another wool."""
    foot = "M0 0v196c0 44-26 66-28 104-2 46 34 66 84 66 68 0 128-2 152-14 30-15 28-56-4-68-40-15-80-24-92-58-6-16-4-26-4-34v-192z"
    rib = "".join(f"M{4 + 8 * n} 2v44" for n in range(14))
    return f"""<defs><path id="f" d="{foot}"/><clipPath id="c"><use href="#f"/></clipPath>
<pattern id="v" width="9" height="11" patternUnits="userSpaceOnUse"><path class="a" d="M0 1l4.5 8 4.5-8" fill="none" stroke-width=".9"/></pattern>
<pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="g" d="M0 0v5" stroke-width="1.3"/></pattern>
<g id="k"><use class="paper" href="#f"/><use href="#f" fill="url(#v)"/>
<g clip-path="url(#c)"><path class="paper" d="M-4-4h124v52H-4z"/><path class="paper" d="M-40 236c44 0 74 26 74 68 0 30-20 60-40 80h-60zM180 270c-16 20-20 70-4 110h90V260z"/>
<path d="M-40 236c44 0 74 26 74 68 0 30-20 60-40 80h-60zM180 270c-16 20-20 70-4 110h90V260z" fill="url(#h)"/>
<path class="g" d="M-40 236c44 0 74 26 74 68 0 30-20 60-40 80M180 270c-16 20-20 70-4 110" fill="none" stroke-width="1.5"/>
<path class="a" d="{rib}M-4 48h124" fill="none" stroke-width="1.2"/></g><use class="a" href="#f" fill="none" stroke-width="2"/></g></defs>
<use href="#k" transform="translate(176 14) rotate(-7)"/><use href="#k" transform="translate(92 24)"/>"""


def _point(curve: Polar, angle: float) -> tuple[float, float]:
    radius, _ = curve(angle)
    return radius * math.cos(angle), radius * math.sin(angle)


def _slope(curve: Polar, angle: float) -> tuple[float, float]:
    radius, change = curve(angle)
    return change * math.cos(angle) - radius * math.sin(angle), change * math.sin(angle) + radius * math.cos(angle)


def _numbers(point: tuple[float, float]) -> str:
    return " ".join(_short(value, 1) for value in point)


def _short(value: float, places: int) -> str:
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


if __name__ == "__main__":
    for folder, drawn in ((FOLDER, drawings()), (PIECES, pieces())):
        for name, content in drawn.items():
            (folder / name).write_text(content, encoding="utf-8")
