"""courtesy print."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.adapters.local import browser_pdf
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, Settings
from chalicelib.domain.calendar import stamp
from chalicelib.errors import Misconfigured
from chalicelib.usecases.take_order import take_order
from courtesy.main import main
from tests.factories import gift_order, learnt, shopify_order

Ask = Callable[..., tuple[int, str]]
EXECUTABLE = 0o755


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A command on the data folder of a shop with one gift to pack, on a machine without a browser."""
    monkeypatch.setenv("COURTESY_URL", "https://hello.pellow-wren.example")
    monkeypatch.delenv("COURTESY_JOURNAL", raising=False)
    monkeypatch.setattr(browser_pdf, "find", lambda _: "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir(mode=0o700)
    world = LocalWorld(Settings("local", ROOT / "shop", tmp_path / "data"))
    try:
        world.ready()
        now = world.clock.now()
        take_order(world, learnt("orders/create", gift_order(created_at=stamp(now), updated_at=stamp(now))))
    finally:
        world.close()

    def asked(*arguments: str) -> tuple[int, str]:
        code = main([*arguments, "--data", str(tmp_path / "data")])
        said = capsys.readouterr()
        return code, said.out + said.err

    return asked


def test_a_page_for_the_browser_is_its_owners_alone(ask: Ask, tmp_path: Path) -> None:
    code, said = ask("print", "inserts", "--out", "inserts.html")
    assert code == 0
    assert "1 insert in inserts.html. Open it in a browser, print on A6 landscape" in said
    assert "delete it when it is printed" in said
    made = tmp_path / "inserts.html"
    assert "For Ruth" in made.read_text(encoding="utf-8")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_without_a_browser_it_is_html_and_says_so(ask: Ask, tmp_path: Path) -> None:
    code, said = ask("print", "cards", "--out", "cards.pdf")
    assert code == 0
    assert "No browser was found" in said
    assert "1 blank card in cards.html" in said
    assert "delete" not in said  # nobody stands on it
    assert not (tmp_path / "cards.pdf").exists()


def test_where_there_is_nothing_to_print_the_answer_is_no(ask: Ask, tmp_path: Path) -> None:
    assert ask("print", "notes", "--due", "all", "--out", "notes.html") == (1, "There is nothing to print.\n")
    assert not (tmp_path / "notes.html").exists()


def test_a_day_before_the_order_has_no_paper(ask: Ask) -> None:
    assert ask("print", "cards", "--due", "2019-01-01", "--out", "x.html")[0] == 1
    assert ask("print", "cards", "--due", "all", "--out", "x.html")[0] == 0


def test_what_is_left_out_is_told(ask: Ask, tmp_path: Path) -> None:
    world = LocalWorld(Settings("local", ROOT / "shop", tmp_path / "data"))
    try:
        label = {"name": "Ruth Okafor", "address1": "9 Quay Hill", "country_code": "GB"}
        at = stamp(world.clock.now() - timedelta(hours=1))
        take_order(
            world,
            learnt("orders/create", shopify_order(id=2, name="#1042", shipping_address=label, created_at=at, updated_at=at)),
        )
    finally:
        world.close()
    assert (
        "Left out: Order #1042. It may be a gift, so say first: courtesy gift #1042 yes | no"
        in ask("print", "slips", "--out", "slips.html")[1]
    )


@pytest.mark.parametrize("out", ["notes.txt", "notes"])
def test_only_pdf_and_html_are_made(ask: Ask, out: str) -> None:
    assert ask("print", "notes", "--out", out) == (2, "courtesy: Give --out a name that ends in .pdf or .html.\n")


@pytest.mark.parametrize("wrong", [("--start", "0"), ("--start", "22"), ("--start", "one"), ("--due", "tomorrow")])
def test_what_cannot_be_asked_is_refused(ask: Ask, wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        ask("print", "labels", "--out", "labels.pdf", *wrong)


def test_a_folder_that_is_not_there_is_said(ask: Ask) -> None:
    code, said = ask("print", "cards", "--out", "nowhere/cards.html")
    assert code == 2
    assert "nowhere/cards.html cannot be used" in said


# --- the browser ---


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(EXECUTABLE)
    return str(path)


def test_a_browser_is_found_by_its_name_or_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser_pdf.find({}) == ""
    named = script(tmp_path / "google-chrome", "true")
    assert browser_pdf.find({}) == named
    ours = script(tmp_path / "our-own", "true")
    assert browser_pdf.find({"CHROMIUM": ours}) == ours


@pytest.mark.parametrize(
    ("body", "told"),
    [("echo no display >&2; exit 1", "no display"), ("exit 0", "it did not say why"), ("sleep 30 & sleep 30", "longer than")],
)
def test_a_browser_that_fails_or_hangs_is_told_of(tmp_path: Path, body: str, told: str) -> None:
    with pytest.raises(Misconfigured, match=rf"made no PDF \(.*{told}.*give --out a name that ends in \.html"):
        browser_pdf.pdf(script(tmp_path / "browser", body), "<p>Grüße</p>", seconds=0.5)


def test_a_browser_that_is_gone_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="No such file"):
        browser_pdf.pdf(str(tmp_path / "browser"), "<p></p>")


def test_what_a_browser_is_given_lies_nowhere_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    keeps = 'for told in "$@"; do case "$told" in --print-to-pdf=*) cat "${told#--print-to-pdf=}" 2>/dev/null; echo made > "${told#--print-to-pdf=}";; esac; done'
    browser = script(tmp_path / "browser", keeps)
    assert browser_pdf.pdf(browser, "<p></p>") == b"made\n"
    assert [path.name for path in tmp_path.iterdir()] == ["browser"]
