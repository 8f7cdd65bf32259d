"""The owner's hand on by-hand tasks: what is to be done, and what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from chalicelib.domain.calendar import instant, long_date
from chalicelib.domain.task import OUTCOMES
from chalicelib.usecases.list_tasks import Listed
from courtesy.opened import opened
from courtesy.spreadsheet import keep, table
from courtesy.up import say, say_json

DONE = 0
Asked = argparse.Namespace
_TYPED = {outcome.replace(" ", "-"): outcome for outcomes in OUTCOMES.values() for outcome in outcomes}
"""Outcomes as the command line has them, without spaces."""

_HEADING = ("id", "kind", "due", "name", "postal address", "phone", "e-mail", "order", "rule")


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    listed = add("tasks", help="what is to be done by hand")
    listed.add_argument("--due", choices=("today", "all"), default="all", help="by the end of today, or all (default: all)")
    listed.add_argument("--csv", type=Path, metavar="FILE", help="for a spreadsheet; the file is yours alone")
    listed.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    listed.set_defaults(do=_list)

    task = add("task", help="say what became of a by-hand task")
    task.add_argument("id", help="as courtesy tasks shows it")
    task.add_argument("outcome", choices=tuple(_TYPED), help="stop: never again, by no channel")
    task.add_argument("--words", default="", help="what was said; with away, why they stayed away")
    task.set_defaults(do=_finish)


def _list(asked: Asked) -> int:
    from chalicelib.usecases.list_tasks import list_tasks

    with opened(asked) as world:
        found, zone = list_tasks(world, today=asked.due == "today"), world.shop.zone
    if asked.csv is not None:
        keep(asked.csv, table(_HEADING, map(_row, found)))
        say(
            f"{len(found)} task{'' if len(found) == 1 else 's'} in {asked.csv}. It holds names and addresses: delete it when you are done."
        )
        return DONE
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        about = f", order {one.about}" if one.about else ""
        say(
            f"{long_date(instant(one.due_at), zone)}  {one.kind} to {one.name or 'somebody whose details are no longer kept'}{about}"
        )
        reach = " · ".join(filter(None, [", ".join(one.postal), one.phone, one.address]))
        say(f"    {reach or 'No address is kept: the order in the storefront has it.'}")
        say(f"    Done? courtesy task {one.id} {' | '.join(outcome.replace(' ', '-') for outcome in one.outcomes)}")
    if not found:
        say("Nothing is to be done by hand.")
    return DONE


def _row(one: Listed) -> tuple[str, ...]:
    return (one.id, one.kind, one.due_at[:10], one.name, ", ".join(one.postal), one.phone, one.address, one.about, one.rule)


_SAID = {
    "unhappy": "Noted, and an inquiry is open: courtesy inquiry list. Nothing that sells goes to them until it is closed.",
    "away": "Noted, with why they stayed away.",
    "no-answer": "Noted: nobody answered.",
    "stop": "Noted. They are never written to or called again; only they themselves can change this.",
    "given-up": "Noted: it is left at that.",
}


def _finish(asked: Asked) -> int:
    from chalicelib.usecases.finish_task import finish_task

    with opened(asked) as world:
        finish_task(world, asked.id, _TYPED[asked.outcome], asked.words)
    say(_SAID.get(asked.outcome, "Noted."))
    return DONE
