"""`courtesy check`, as an owner types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chalicelib.config import ROOT
from courtesy.main import main


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "shop", tmp_path / "shop")
    return tmp_path / "shop"


def test_all_is_well(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--shop", str(shop)]) == 0

    told = capsys.readouterr().out
    assert told.startswith("All is well: ")
    assert " rules, " in told
    assert " 2 items, " in told


def test_what_is_wrong_is_told_as_seen_from_here(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "products.toml").write_text("[[product]]\nnmae = 'Rings'\ncategory = 'rings'\nids = [1]\n")
    monkeypatch.chdir(shop.parent)

    assert main(["check", "--shop", "shop"]) == 1

    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "shop/products.toml:2: There is no key `nmae` in [[product]]: did you mean `name`?"
    assert last == "1 thing to mend."


def test_the_shop_is_the_one_that_the_environment_names(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURTESY_SHOP", str(shop))
    (shop / "shop.toml").unlink()

    assert main(["check"]) == 1
    assert f"{shop}/shop.toml: It is missing" in capsys.readouterr().out


def test_without_a_folder_nothing_can_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--shop", str(tmp_path / "none")]) == 2
    assert "is no folder" in capsys.readouterr().err


def test_nothing_starts_with_a_fault_and_it_says_so_in_the_same_words(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURTESY_SHOP", str(shop))
    text = (shop / "playbook.toml").read_text()
    (shop / "playbook.toml").write_text(text.replace("after_days = 14", "after_day = 14"))
    line = text.count("\n", 0, text.index("after_days = 14")) + 1

    assert main(["up", "--data", str(tmp_path / "data"), "--port", "0"]) == 2
    assert (
        f"{shop}/playbook.toml:{line}: There is no key `after_day` in [[rule]]: did you mean `after_days`?"
        in capsys.readouterr().err
    )
