"""Effectively once, whatever happens: `make simulate` in small, and proof that it would find what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.config import ROOT
from tests.simulation.__main__ import ENOUGH, main, never_happened
from tests.simulation.faults import KINDS
from tests.simulation.mutants import MUTANTS, Mutant, hunt, plant
from tests.simulation.run import simulate
from tests.simulation.scenarios import SCENARIOS, crashed_everywhere


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_three_hundred_seeds_hold_and_meet_every_fault() -> None:
    done = run("--seeds", "1-300")
    assert done.returncode == 0, done.stdout[-6000:]
    assert "300 runs" in done.stdout
    assert "\n0 violations" in done.stdout


def test_the_same_seed_has_the_same_history_whatever_the_process() -> None:
    one, again = (run("--replay", "17", PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert one.returncode == again.returncode == 0
    assert one.stdout == again.stdout
    assert f"history {simulate(17).digest}" in one.stdout
    assert simulate(17).digest != simulate(18).digest


def test_a_fault_that_never_fired_fails_the_run() -> None:
    met = Counter(dict.fromkeys(KINDS, 1))
    assert never_happened(met, ENOUGH) == []
    assert never_happened(met - Counter(["restore"]), ENOUGH) == ["restore"]


@pytest.mark.parametrize("number", [0, 17], ids=lambda number: SCENARIOS[number].name)
def test_a_crash_at_any_step_breaks_no_rule(number: int) -> None:
    _, runs, wrong = crashed_everywhere(number)
    assert runs > 200
    assert wrong == []


def test_there_are_scenarios_enough() -> None:
    assert len(SCENARIOS) >= 20
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_found(mutant: Mutant) -> None:
    if mutant.survives:
        assert hunt(mutant, range(1, 50)) is None
        return
    found = hunt(mutant, [mutant.seed])
    assert found is not None, f"seed {mutant.seed} no longer finds it: make simulate MODE=mutants finds another"


def test_a_bug_that_cannot_be_planted_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"0 places that read 'no such text'"):
        plant(Mutant("outdated", 1, (("usecases/send_due.py", "no such text", ""),)), tmp_path)


def test_one_seed_is_told_with_its_history(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--replay", "3"]) == 0
    told = capsys.readouterr().out
    assert "from here on nothing fails" in told
    assert "seed 3: " in told.splitlines()[-1]
