"""`courtesy check`: everything that is wrong with the owner's files and the templates, before anything is started."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from chalicelib.adapters.shop_files import Located
from chalicelib.config import ROOT
from chalicelib.errors import Misconfigured
from courtesy.opened import chosen
from courtesy.up import say

DONE, NO = 0, 1
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    check = add("check", help="what is wrong with the shop's files and the templates, with file and line")
    check.add_argument("--shop", type=Path, help="the folder with shop.toml (default: COURTESY_SHOP, else shop)")
    check.set_defaults(do=_check)


def _check(asked: Asked) -> int:
    from chalicelib.adapters.shop_check import check

    folder: Path = asked.shop or chosen(asked).shop
    if not folder.is_dir():
        raise Misconfigured(f"{folder} is no folder: give the one that holds shop.toml.")
    checked = check(folder, ROOT / "templates")
    for fault in checked.faults:
        say(str(msgspec.structs.replace(fault, file=_nearby(fault))))
    if checked.faults:
        many = len(checked.faults)
        say(f"\n{many} {'thing' if many == 1 else 'things'} to mend.")
        return NO
    say(f"All is well: {', '.join(_counted(many, what) for what, many in checked.found.items())}.")
    return DONE


def _nearby(fault: Located) -> Path:
    """As it is seen from here, where it is below."""
    here = Path.cwd()
    return fault.file.relative_to(here) if fault.file.is_relative_to(here) else fault.file


def _counted(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"
