"""`python -m tests.demo_year`: the year, in a table, and what the judges say. Exit 1 when one of them objects."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from courtesy.forecast import rows_of
from tests.demo_year.judges import faults
from tests.demo_year.year import START, Year

PEOPLE, DAYS, SILENT, SEED = 2000, 365, 90, 1
"""The year's end brings last year's gifts, the question whether we are still welcome, and what comes of no answer."""
SHOWN = 10
DONE, OBJECTED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="tests.demo_year")
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"default: {PEOPLE:,}")
    parser.add_argument("--days", type=int, default=DAYS, help=f"default: {DAYS}")
    parser.add_argument("--seed", type=int, default=SEED, help=f"default: {SEED}")
    asked = parser.parse_args(arguments)
    _say(f"{asked.people:,} people, {asked.days} days and {SILENT} of silence from {START:%-d %B %Y}, seed {asked.seed}.")
    began = time.monotonic()
    year = Year(asked.people, asked.days, asked.seed, silent=SILENT)
    try:
        year.live()
        found = faults(year.ledger, year.follow_ups(), year.world.clock.now())
        made = year.numbers()
    finally:
        year.close()
    _say()
    for line in rows_of(made):
        _say(line)
    _say()
    for judge, sentences in found.items():
        _say(f"  {'WRONG' if sentences else 'holds'}  {judge}")
        for sentence in sentences[:SHOWN]:
            _say(f"           {sentence}")
        if len(sentences) > SHOWN:
            _say(f"           and {len(sentences) - SHOWN} more")
    ledger = year.ledger
    _say()
    _say(f"  {len(ledger.mails):,} mails, {sum(map(len, ledger.ordered.values())):,} orders, {len(ledger.recipients):,} recipients of gifts, {sum(map(len, ledger.unhappy.values())):,} times unhappy, {sum(map(len, ledger.stopped.values())):,} stops; {time.monotonic() - began:.0f} s")  # fmt: skip
    return OBJECTED if any(found.values()) else DONE


def _say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
