"""Where things go on a sheet, in millimetres: address labels, and the address of a letter behind its envelope's window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from chalicelib.domain.countries import COUNTRIES
from chalicelib.domain.gift import same_name

T = TypeVar("T")

ACROSS, DOWN = 3, 7
PER_SHEET = ACROSS * DOWN
WIDTH, HEIGHT = 63.5, 38.1
GAP = 2.5
TOP, LEFT = 15.15, 7.25
"""Of the first of 21 on A4: seven rows of 38.1 mm, and three columns of 63.5 mm with a gap between, in the middle of 297 by 210 mm."""

_DIN = ("AT", "CH", "DE", "LI")


class Place(Struct, frozen=True):
    """Which sheet, from 0, and where on it the label's top left corner is."""

    sheet: int
    left: float
    top: float


def places(count: int, start: int = 1) -> list[Place]:
    """Row by row from position `start` (1 to 21) on the first sheet. Errors: ValueError."""
    if not 1 <= start <= PER_SHEET:
        raise ValueError(f"a sheet has positions 1 to {PER_SHEET}")
    found = []
    for at in range(start - 1, start - 1 + count):
        sheet, on_it = divmod(at, PER_SHEET)
        row, column = divmod(on_it, ACROSS)
        found.append(Place(sheet, round(LEFT + column * (WIDTH + GAP), 2), round(TOP + row * HEIGHT, 2)))
    return found


def sheets(things: Sequence[T], start: int = 1) -> list[list[tuple[Place, T]]]:
    """The things, each with its place, sheet by sheet. Errors: ValueError."""
    found: list[list[tuple[Place, T]]] = []
    for place, thing in zip(places(len(things), start), things, strict=True):
        if place.sheet == len(found):
            found.append([])
        found[place.sheet].append((place, thing))
    return found


def address_lines(name: str, postal: Iterable[str], country: str = "", at_home: str = "") -> tuple[str, ...]:
    """As the post reads it: name, street, town, and another country's name in capitals. Empty where there is no street to go to.

    `postal` may begin with the name already. `country`, `at_home`: two letters, theirs and the shop's; "" where it is not known.
    """
    lines = [line.strip() for line in postal if line.strip()]
    if not lines:
        return ()
    named = name.strip() and not same_name(lines[0], name)
    abroad = COUNTRIES.get(country, country) if country and country != at_home else ""
    told = [*([name.strip()] if named else []), *lines]
    return (*told, abroad.upper()) if abroad and told[-1].upper() != abroad.upper() else tuple(told)


def window_of(country: str) -> str:
    """What a shop's envelopes are like: din (DIN 5008, form B, and its neighbours), else uk (DL, folded in three)."""
    return "din" if country in _DIN else "uk"
