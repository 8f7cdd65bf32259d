"""The owner's day, without a console."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import msgspec

from chalicelib.usecases.today import Line, Today
from courtesy.opened import opened
from courtesy.up import say, say_json

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    day = add("today", help="who waits, what goes out, what is held and why, what is to be done by hand")
    day.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    day.set_defaults(do=_today)


def _today(asked: Asked) -> int:
    from chalicelib.usecases.today import today

    with opened(asked) as world:
        found = today(world)
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    say(found.day)
    if found.paused:
        say("Sending is paused: courtesy resume ends that.")
    for heading, lines in _sections(found):
        if lines:
            say(f"\n{heading}")
            for line in lines:
                _tell(line)
    if not any(lines for _, lines in _sections(found)):
        say("Nobody waits, nothing goes out, and nothing is to be done by hand.")
    return DONE


def _sections(found: Today) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    return (
        ("Answer these", found.waiting),
        ("In doubt, or refused", found.unsure),
        ("For you to decide", found.decide),
        ("By hand", found.by_hand),
        ("Going out today", found.today),
        ("Held, and what releases it", found.held),
        ("Agreed, and have heard nothing for long", found.floor),
    )


def _tell(line: Line) -> None:
    say(f"  {line.what}")
    for more in filter(None, (line.why, line.how)):
        say(f"      {more}")
