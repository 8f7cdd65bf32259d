"""`make demo`: the whole main job, told in the terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.config import ROOT, settings
from courtesy import demo

COURTESY = [sys.executable, "-W", "error", "-c", "from courtesy.main import run; run()"]


def test_demo_does_the_main_job_and_tells_it(tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "100"}

    told = subprocess.run(
        [*COURTESY, "demo"],
        check=False,
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (told.returncode, told.stderr) == (0, "")
    for sentence in (
        "Isobel Trant claims the voucher of £15.",
        "She opens its link and sees a button. Nothing has changed so far.",
        "    | Dear Ruth",
        "    | You have this one note because Daniel sent you a gift from our shop.",
        "You remembered the story!",
        "presses the stop link under his thank-you",
        "They asked us to stop on",
        "A gift's recipient gets one note, ever, and they have had it.",
    ):
        assert sentence in told.stdout
    assert re.search(r"her code appears: [0-9A-Z]{5}-[0-9A-Z]{5}\.", told.stdout)
    assert "Ctrl-C" not in told.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_fails_ends_the_demo_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "EXAMPLES", tmp_path)

    code = demo.demo(0, keep_open=False)

    assert code == 1
    assert re.fullmatch(r"courtesy: the demo stopped: \S+gift-order\.json cannot be read: [^\n]+\n", capsys.readouterr().err)


def test_a_mail_that_did_not_go_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = (ROOT / "shop" / "shop.toml").read_text().replace('recipient_note = "e-mail"', 'recipient_note = "by hand"')
    (tmp_path / "shop.toml").write_text(shop)
    (tmp_path / "playbook.toml").write_text((ROOT / "shop" / "playbook.toml").read_text())
    monkeypatch.setattr(demo, "settings", lambda environment: settings({**environment, "COURTESY_SHOP": str(tmp_path)}))

    assert demo.demo(0, keep_open=False) == 1
    assert (
        "No gift-note went to ruth.okafor@example.com. It is handed over: You write these notes by hand"
        in capsys.readouterr().err
    )
