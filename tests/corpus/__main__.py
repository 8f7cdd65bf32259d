"""`make corpus`: real payloads and real signatures, and thousands of payloads made hostile.

    --seed 7          another choice of hostile variants
    --hostile 500     so many from each storefront's files, and a third as many from our own events (default: 2400);
                      the other way round where nothing is learnt from its files

COURTESY_CORPUS names the folder; without one there is nothing to do. Exit 0 when all held, 1 when not.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from chalicelib.adapters.storefronts import STOREFRONTS
from chalicelib.errors import Invalid
from chalicelib.ports import Storefront
from tests.corpus import vectors
from tests.corpus.files import SOURCES, Event, Listed, events, examples, listed
from tests.corpus.hostile import attack, drawn
from tests.corpus.road import IGNORED, LEARNT, REFUSED, Became, as_of_now, opened, travel, travel_alone

SEED = 20261125
HOSTILE = 2400
WHY = 70
"""So many characters of a reason fit beside the counts."""

A = TypeVar("A")
B = TypeVar("B")
Ends = list[tuple[Event, Became]]


def main(arguments: Sequence[str], storefronts: Mapping[str, Storefront] = STOREFRONTS) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="make corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--hostile", type=int, default=HOSTILE)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    folder = Path(os.environ.get("COURTESY_CORPUS", ""))
    if not (os.environ.get("COURTESY_CORPUS") and folder.is_dir()):
        _say("COURTESY_CORPUS names no folder with captured webhooks, so nothing is checked.")
        return 0
    return _check(folder, storefronts, asked)


def _check(folder: Path, storefronts: Mapping[str, Storefront], asked: argparse.Namespace) -> int:
    begun = time.monotonic()
    right, wrong = vectors.check(folder, storefronts)
    _say(f"Signatures: {right.total()} come out as they should ({_counted(right)}).\n")
    files = listed(folder)
    found, unread = _read(folder, files)
    ends, states, failed = travel(storefronts, found)
    _tell_table(ends)
    _say(f"\n{len(files)} files, {len(found)} events. A day later their follow-ups are: {_counted(states)}.")
    states, failed_alone = _each_alone(storefronts, found, asked.workers)
    _say(f"Each alone, as if of today: {_counted(states)}.\n")
    wrong += [*unread, *failed, *failed_alone, *_attack(storefronts, ends, asked)]
    for one in wrong:
        _say(f"WRONG {one}")
    _say(f"\n{len(wrong)} failures, {time.monotonic() - begun:.0f} s.")
    return 1 if wrong else 0


def _read(folder: Path, files: Sequence[Listed]) -> tuple[list[Event], list[str]]:
    found: list[Event] = []
    wrong: list[str] = []
    for one in files:
        try:
            found += events(folder, one)
        except Invalid as error:
            wrong.append(f"{one.file}: {error}")
    return found, wrong


def _tell_table(ends: Ends) -> None:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    reasons: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for event, end in ends:
        counts[event.source, event.topic][end.what] += 1
        if end.why:
            reasons[event.source, event.topic][f"{end.what}: {end.why}"] += 1
    wide = max((len(topic) for _, topic in counts), default=0)
    _say(f"{'source':<12} {'topic':<{wide}} learnt ignored refused  most often")
    for (source, topic), count in sorted(counts.items()):
        why = reasons[source, topic].most_common(1)
        numbers = f"{count[LEARNT]:>6} {count[IGNORED]:>7} {count[REFUSED]:>7}"
        _say(f"{source:<12} {topic:<{wide}} {numbers}  {why[0][0][:WHY] if why else ''}".rstrip())
    for source in sorted({source for source, _ in counts}):
        total = sum((count for (of, _), count in counts.items() if of == source), Counter[str]())
        _say(f"{source:<12} {'all':<{wide}} {total[LEARNT]:>6} {total[IGNORED]:>7} {total[REFUSED]:>7}")


def _each_alone(storefronts: Mapping[str, Storefront], found: Sequence[Event], workers: int) -> tuple[Counter[str], list[str]]:
    done = _side_by_side(partial(travel_alone, storefronts), found, workers)
    return sum((states for states, _ in done), Counter[str]()), [one for _, wrong in done for one in wrong]


def _attack(storefronts: Mapping[str, Storefront], ends: Ends, asked: argparse.Namespace) -> list[str]:
    wrong: list[str] = []
    for source in [name for name in SOURCES if name in storefronts]:
        theirs, ours = _worth_attacking(storefronts, source, ends)
        learnt = any(event.source == source and end.what == LEARNT for event, end in ends)
        most, some = (theirs, ours) if learnt else (ours, theirs)
        variants = [*drawn(most, asked.hostile, asked.seed), *drawn(some, asked.hostile // 3, asked.seed)]
        ends_of: Counter[str] = Counter()
        states: Counter[str] = Counter()
        for end, followed, failed in _side_by_side(partial(attack, storefronts), variants, asked.workers):
            ends_of[end] += 1
            states += followed
            wrong += failed
        _say(
            f"Hostile (seed {asked.seed}), {source}: {len(variants):,} variants ({_counted(ends_of)}; their follow-ups {_counted(states)})."
        )
    return wrong


def _side_by_side(do: Callable[[A], B], found: Sequence[A], workers: int) -> list[B]:
    if workers == 1:
        return [do(one) for one in found]
    with multiprocessing.Pool(workers) as pool:
        return pool.map(do, found)


def _worth_attacking(storefronts: Mapping[str, Storefront], source: str, ends: Ends) -> tuple[list[Event], list[Event]]:
    """The corpus's events, only those from which something is learnt if there are any, and our own; all as if they happened today."""
    every = [(event, end) for event, end in ends if event.source == source]
    learnt = [event for event, end in every if end.what == LEARNT]
    with opened(storefronts) as world:
        theirs = [as_of_now(world, event) for event in learnt or [event for event, _ in every]]
        ours = [as_of_now(world, event) for event in examples(source)]
        return theirs, ours


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(found.items())) or "none"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    raise SystemExit(main(sys.argv[1:]))
