"""One figure a line, its budget beside it."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterable

from msgspec import Struct


class Figure(Struct, frozen=True):
    """`what` was seen; at most `budget` of it, where there is one."""

    what: str
    seen: float
    unit: str
    budget: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is more than its budget, as printed."""
        return self.budget is not None and round(self.seen, 2) > self.budget


def show(title: str, figures: Iterable[Figure]) -> int:
    """Prints them as they come; how many are over."""
    _say(f"\n{title}")
    over = 0
    for one in figures:
        budget = f"{'OVER' if one.is_over else 'of'} {one.budget:g}" if one.budget is not None else ""
        _say(f"  {one.what:<66} {one.seen:>9.2f} {one.unit:<5} {budget:>10}".rstrip())
        over += one.is_over
    return over


def cpu(do: Callable[[], object], rounds: int = 5) -> float:
    """CPU seconds of the process, the median of some rounds after one that warms up."""
    do()
    seen = []
    for _ in range(rounds):
        began = time.process_time()
        do()
        seen.append(time.process_time() - began)
    return statistics.median(seen)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
