"""`make simulate`: seeds by the thousand, one seed again, every crash of every scenario, or every planted bug.

    --seeds 1-10000     run these, count what happened, print what broke a rule
    --replay 17         one seed, with its whole history
    --mode exhaustive   crash at each step of each scenario, before and after it
    --mode mutants      plant each bug in turn and find it

Exit 0 when all held (or each bug was found), 1 when not.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from tests.simulation.faults import KINDS
from tests.simulation.run import Outcome, simulate

A = TypeVar("A")
B = TypeVar("B")
BATCH = 25
ENOUGH = 300


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="make simulate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="1-300", type=_range)
    parser.add_argument("--mode", default="seeds", choices=("seeds", "exhaustive", "mutants"))
    parser.add_argument("--replay", type=int)
    parser.add_argument("--first", action="store_true", help="stop at the first violation, and tell it as JSON")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    if asked.replay is not None:
        return _replay(asked.replay)
    if asked.first:
        return _first(asked.seeds)
    if asked.mode == "exhaustive":
        return _exhaustive(asked.workers)
    if asked.mode == "mutants":
        return _mutants(asked.workers)
    return _seeds(asked.seeds, asked.workers)


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _replay(seed: int) -> int:
    outcome = simulate(seed)
    _tell(outcome)
    return 1 if outcome.violations else 0


def _tell(outcome: Outcome) -> None:
    for at, *what in outcome.history:
        _say(f"{_clock(float(str(at)))}  {' '.join(str(one) for one in what if one not in ('', None))}")
    _say(f"\nseed {outcome.seed}: {outcome.steps} steps, {outcome.crashes} crashes, history {outcome.digest}")
    for one in outcome.violations:
        _say(f"  step {one.step}: {one.rule} ({one.facts})")


def _clock(seconds: float) -> str:
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    return f"day {int(days):>2} {int(hours):02}:{int(rest // 60):02}:{rest % 60:06.3f}"


def _first(seeds: Iterable[int]) -> int:
    for seed in seeds:
        outcome = simulate(seed)
        if outcome.violations:
            _say(json.dumps({"seed": seed, "rule": outcome.violations[0].rule, "step": outcome.violations[0].step}))
            return 1
    _say("null")
    return 0


def _batch(seeds: Sequence[int]) -> list[Outcome]:
    found = []
    for seed in seeds:
        outcome = simulate(seed)
        outcome.history = []
        found.append(outcome)
    return found


def _spread(do: Callable[[A], B], work: Sequence[A], workers: int) -> Iterator[B]:
    if workers == 1:
        yield from map(do, work)
        return
    with multiprocessing.Pool(workers) as pool:
        yield from pool.imap_unordered(do, work)


def _seeds(seeds: range, workers: int) -> int:
    began = time.monotonic()
    outcomes: list[Outcome] = []
    for found in _spread(_batch, [seeds[n : n + BATCH] for n in range(0, len(seeds), BATCH)], workers):
        outcomes += found
        if sys.stdout.isatty():
            sys.stdout.write(f"\r{len(outcomes)} of {len(seeds)} seeds")
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        faults += outcome.faults
    _say(f"\r{len(outcomes)} runs in {time.monotonic() - began:.0f} s on {workers} processes")
    _say(f"  {sum(one.steps for one in outcomes):>10,} steps")
    _say(f"  {sum(one.crashes for one in outcomes):>10,} crashes")
    _say(f"  {sum(one.follow_ups for one in outcomes):>10,} follow-ups")
    _say(f"  {sum(one.accepted for one in outcomes):>10,} mails accepted")
    _say(f"  {sum(one.windows for one in outcomes):>10,} of them twice, inside window W1")
    _say("Faults:")
    for kind in sorted(KINDS, key=lambda kind: -faults[kind]):
        _say(f"  {faults[kind]:>10,} {kind}")
    never = never_happened(faults, len(seeds))
    if never:
        _say(f"These never happened, so that nothing is proven of them: {', '.join(never)}.")
    broken = [one for one in outcomes if one.violations]
    _say(f"{sum(len(one.violations) for one in broken)} violations")
    for one in sorted(broken, key=lambda one: one.seed)[:20]:
        first = one.violations[0]
        _say(f"  seed {one.seed}, step {first.step}: {first.rule} ({first.facts})")
    if broken:
        _say(f"\nThe history of seed {min(one.seed for one in broken)} (make simulate REPLAY=… shows it again):")
        _tell(simulate(min(one.seed for one in broken)))
    return 1 if broken or never else 0


def never_happened(faults: Counter[str], seeds: int) -> list[str]:
    """Faults of which nothing is proven, since they never fired; a few seeds need not have met them all."""
    return [kind for kind in KINDS if not faults[kind]] if seeds >= ENOUGH else []


def _mutants(workers: int) -> int:
    from tests.simulation.mutants import MUTANTS, Found, Mutant

    bad = 0
    for mutant, found in _spread(_hunted, MUTANTS, workers):
        assert isinstance(mutant, Mutant)
        assert found is None or isinstance(found, Found)
        if found is not None:
            other = "" if found.seed == mutant.seed else f" (on record: {mutant.seed})"
            _say(f"  seed {found.seed:>5}{other}  {mutant.name}: {found.rule}")
        else:
            bad += not mutant.survives
            _say(
                f"  {'survives' if mutant.survives else 'NOT FOUND':>10}  {mutant.name}{': ' + mutant.survives if mutant.survives else ''}"
            )
    _say(f"{len(MUTANTS)} planted bugs, {bad} of them not found")
    return 1 if bad else 0


def _hunted(mutant: object) -> tuple[object, object]:
    from tests.simulation.mutants import MOST_SEEDS, Mutant, hunt

    assert isinstance(mutant, Mutant)
    return mutant, hunt(mutant, range(1, MOST_SEEDS + 1))


def _exhaustive(workers: int) -> int:
    from tests.simulation.scenarios import SCENARIOS, crashed_everywhere

    began = time.monotonic()
    runs = bad = 0
    for name, count, violations in _spread(crashed_everywhere, range(len(SCENARIOS)), workers):
        runs, bad = runs + count, bad + len(violations)
        _say(f"  {count:>6} runs  {name}")
        for what in violations[:5]:
            _say(f"          {what}")
    _say(f"{runs:,} runs of {len(SCENARIOS)} scenarios in {time.monotonic() - began:.0f} s, {bad} violations")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
