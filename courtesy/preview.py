"""What a rule's mail looks like, before anybody gets one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from courtesy.opened import opened
from courtesy.up import say

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    found = add("preview", help="what a rule's mail looks like, with a specimen's data")
    found.add_argument("rule", help="its name in playbook.toml")
    found.add_argument("--language", default="en", help="as the templates have it, such as de (default: en)")
    found.add_argument("--html", type=Path, metavar="FILE", help="writes the HTML there")
    found.add_argument(
        "--to", metavar="ADDRESS", default="", help="sends it, marked as a preview, to one of the shop's own addresses"
    )
    found.add_argument("--yes", action="store_true", help="to any other address")
    found.set_defaults(do=_preview)


def _preview(asked: Asked) -> int:
    from chalicelib.usecases.preview import preview, send_preview

    with opened(asked) as world:
        if asked.to:
            address = send_preview(world, asked.rule, asked.to, asked.language, anybody=asked.yes)
            say(f"Sent to {address}, marked as a preview. Nobody else got anything, and nothing counts it.")
            return DONE
        found = preview(world, asked.rule, asked.language)
    if asked.html is not None:
        asked.html.write_text(found.html, encoding="utf-8")
        say(f"{asked.html}: open it in a browser.")
        return DONE
    say(f"Subject: {found.subject}\n\n{found.text}")
    return DONE
