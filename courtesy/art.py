"""Draws the shop's ornaments: `python -m courtesy.art` writes them to templates/pages/art/.

Guilloche is what an engraver's lathe turns: one curve, repeated and rotated. So is this: a path and a list of <use>. The files are
kept in git, because the API renders pages with them too and this module does not ship; a test keeps the two in step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "templates" / "pages" / "art"

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
        "barleycorn.svg": f'<path id="b" vector-effect="non-scaling-stroke" d="{rosette(95.5, 100, 44)}"/>'
        f'<g id="k" fill="none">{rings("b", 22, 0.36, 44)}</g>\n',
    }


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
    for name, content in drawings().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
