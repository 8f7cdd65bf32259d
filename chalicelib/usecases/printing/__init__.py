"""Printing: what the owner prints, each kind of paper as its sheet is told it. Reads only; what was printed is not kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.ports import World
from chalicelib.usecases.printing import by_hand, parcels, poster
from chalicelib.usecases.printing.paper import Left, Paper

__all__ = ["KINDS", "Left", "Paper", "paper"]

_MAKE: Mapping[str, Callable[[World, datetime | None], Paper]] = {
    "packing": parcels.packing_list,
    "slips": parcels.slips,
    "inserts": parcels.inserts,
    "cards": parcels.cards,
    "notes": by_hand.notes,
    "letters": by_hand.letters,
    "labels": by_hand.labels,
    "calls": by_hand.calls,
    "poster": poster.poster,
}
KINDS = tuple(_MAKE)


def paper(world: World, kind: str, by: datetime | None, *, start: int = 1) -> Paper:
    """One of KINDS. `by`: of tasks those due before it, of orders those placed in the 30 days before it; None: all. `start`: where the
    first label goes. Errors: Retryable, ValueError (a start that no sheet has).
    """
    return by_hand.labels(world, by, start=start) if kind == "labels" else _MAKE[kind](world, by)
