"""Where a Chromium is looked for, and what is said when there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.chromium import NONE, find

ROOT = Path(__file__).parents[2]
JOURNEY = "tests/browser/test_journeys.py::test_opening_the_link_confirms_nothing"


def put(path: Path) -> str:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_the_first_that_is_there_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert find() == ""
    chrome = put(tmp_path / "google-chrome")
    assert find() == chrome
    chromium = put(tmp_path / "chromium")
    assert find() == chromium
    mine = put(tmp_path / "mine")
    monkeypatch.setenv("CHROMIUM", mine)
    assert find() == mine


@pytest.mark.parametrize(("required", "outcome", "code"), [("", "1 skipped", 0), ("1", "1 error", 1)])
def test_without_one_the_tests_skip_unless_they_must_not(tmp_path: Path, required: str, outcome: str, code: int) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "CHROMIUM": "", "REQUIRE_BROWSER": required}
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "browser", "-rsE", JOURNEY],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == code, told.stdout
    assert outcome in told.stdout
    assert NONE in told.stdout
