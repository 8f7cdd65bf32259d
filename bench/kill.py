"""`python -m bench.kill`: the worker is killed as it sends; then what sending costs, whatever the number of contacts.

Exit 1 if a mail was lost, doubled, or told wrongly, or if more are in doubt than there were kills.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import at_scale
from bench.figures import show
from tests.support.killing import Outcome, day_and_night_shop, plan_orders, send_under_fire, sink_process

ORDERS, KILLS, SEED, SECONDS = 1500, 20, 1, 900.0
DONE, FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="bench.kill")
    parser.add_argument("--orders", type=int, default=ORDERS, help=f"two follow-ups each (default: {ORDERS})")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"default: {KILLS}")
    parser.add_argument("--seed", type=int, default=SEED, help=f"when to kill (default: {SEED})")
    asked = parser.parse_args(arguments)
    holds = _killed(asked.orders, asked.kills, asked.seed)
    show("Sending over files to an SMTP server, a commit per mail", at_scale.figures())
    return DONE if holds else FAILED


def _killed(orders: int, kills: int, seed: int) -> bool:
    with TemporaryDirectory() as folder:
        data, file = Path(folder) / "data", Path(folder) / "taken.jsonl"
        shop = day_and_night_shop(Path(folder) / "shop")
        planned = plan_orders(data, shop, orders)
        _say(f"{planned} follow-ups are due. The worker that sends them is killed {kills} times (seed {seed}).")
        began = time.monotonic()
        with sink_process(file) as sink:
            outcome = send_under_fire(data, shop, sink, kills=kills, seed=seed, seconds=SECONDS)
        _tell(outcome, planned, time.monotonic() - began)
        return _holds(outcome, planned)


def _holds(outcome: Outcome, planned: int) -> bool:
    wrong = (outcome.lost, outcome.doubled, outcome.only_said, outcome.unsaid)
    return not any(wrong) and len(outcome.unsure) <= outcome.kills and len(outcome.states) == planned


def _tell(outcome: Outcome, planned: int, seconds: float) -> None:
    unsure = outcome.unsure
    taken = sum(1 for id_ in unsure if outcome.taken.get(id_))
    _say(f"  planned  {planned}")
    _say(f"  sent     {outcome.counts()['sent']}")
    _say(f"  lost     {len(outcome.lost)}")
    _say(f"  doubled  {len(outcome.doubled)}")
    _say(f"  kills    {outcome.kills}")
    _say(f"  unsure   {len(unsure)} (the server had taken {taken} of them; the worker cannot know)")
    for id_ in unsure:
        _say(f"           {id_}")
    for what, found in (("lost", outcome.lost), ("doubled", outcome.doubled), ("shown as sent, but never taken", outcome.only_said), ("taken, but shown otherwise", outcome.unsaid)):  # fmt: skip
        for id_ in found:
            _say(f"  WRONG: {what}: {id_}")
    _say(f"  {seconds:.0f} s, the last worker's memory at its highest {outcome.memory:.0f} MiB")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
