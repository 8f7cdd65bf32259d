"""The owner's hand on inquiries: who waits for an answer, and that they have it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import msgspec

from courtesy.opened import opened
from courtesy.up import say, say_json

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`add` takes a command's name and its help, and gives its parser; `common` holds what each of these commands takes."""
    actions = add("inquiry", help="who waits for an answer: list, open, close").add_subparsers(required=True, metavar="ACTION")

    listed = actions.add_parser("list", parents=[common], help="those that are open, who waits longest first")
    listed.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    listed.set_defaults(do=_list)

    close = actions.add_parser("close", parents=[common], help="they have their answer")
    close.add_argument("id", help="as courtesy inquiry list shows it")
    close.add_argument("outcome", choices=("good", "bad"), help="they are content, or could not be helped")
    close.set_defaults(do=_close)

    new = actions.add_parser("open", parents=[common], help="you heard that somebody waits, or is unhappy")
    new.add_argument("address", help="theirs, for e-mail")
    new.add_argument("--words", required=True, help="what they wait for")
    new.add_argument("--order", default="", help="its number or key, where it is about one")
    new.set_defaults(do=_open)


def _list(asked: Asked) -> int:
    from chalicelib.usecases.list_inquiries import list_inquiries

    with opened(asked) as world:
        found = list_inquiries(world)
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        about = f", order {one.about}" if one.about else ""
        mark = {"on top": "  ANSWER FIRST", "nudged": "  it is time"}.get(one.urgency, "")
        days = f"{one.waited} working day{'' if one.waited == 1 else 's'}"
        say(f"{days:<15} {one.name or 'Somebody'} <{one.address or 'no longer kept'}>{about}{mark}")
        # marked, so that nobody who writes to us can write a line of ours
        say("\n".join(f"    > {line}" for line in one.words.splitlines()) or "    They said no more than that.")
        if one.typed:
            say("    By the form on the site: name and address are as somebody typed them, confirmed by nobody.")
        say(f"    Close it: courtesy inquiry close {one.id} good | bad")
    if not found:
        say("Nobody waits for an answer.")
    return DONE


def _close(asked: Asked) -> int:
    from chalicelib.usecases.close_inquiry import close_inquiry

    with opened(asked) as world:
        close_inquiry(world, asked.id, asked.outcome)
        days = world.shop.manners.hush_days
    if asked.outcome == "good":
        say(f"Closed. Marketing to them keeps quiet for {days} more days.")
    else:
        say("Closed. They could not be helped, so nothing that sells goes to them.")
    return DONE


def _open(asked: Asked) -> int:
    from chalicelib.usecases.open_inquiry import open_inquiry

    with opened(asked) as world:
        inquiry = open_inquiry(world, asked.address, asked.words, order=asked.order)
    say(f"Opened: {inquiry.id}. Nothing that sells goes to them until it is closed.")
    return DONE
