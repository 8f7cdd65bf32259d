"""`courtesy`: parses arguments and prints. Exit 0 fine, 1 the answer is no, 2 it cannot be done."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec import structs

from chalicelib.adapters.local.platform import KEPT_HERE, LocalWorld
from chalicelib.config import LOCAL, ROOT, Settings
from chalicelib.domain.follow_up import HELD, SENT, UNSURE
from chalicelib.domain.playbook import OWNER
from chalicelib.errors import CourtesyError, Invalid
from courtesy import (
    check,
    connect,
    contact,
    draw,
    forecast,
    inquiries,
    orders,
    paper,
    preview,
    products,
    rules,
    sending,
    tasks,
    today,
    vouchers,
    webhook_commands,
)
from courtesy.opened import PLATFORMS, chosen, chosen_here, opened, opened_here
from courtesy.up import running_url, say, say_json

DONE, NO, CANNOT = 0, 1, 2
INTERRUPTED = 130
"""As shells have it for a program that Ctrl-C ended."""


def run() -> None:
    """The console script."""
    raise SystemExit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.do(asked)
    except CourtesyError as error:
        return _cannot(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has read enough
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except sqlite3.DatabaseError as error:
        return _cannot(
            f"What the shop has kept cannot be read ({error}): put a backup in its place, or start anew with courtesy up --fresh."
        )
    except OSError as error:
        return _cannot(f"{error.filename or 'A file'} cannot be used: {error.strerror}.")
    return code


def _cannot(sentence: str) -> int:
    sys.stderr.write(f"courtesy: {sentence}\n")
    return CANNOT


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--on", choices=PLATFORMS, default=LOCAL, help="the platform (default: local)")
    common.add_argument("--data", type=Path, help="the local platform's folder (default: COURTESY_DATA, else .courtesy)")

    parser = argparse.ArgumentParser(prog="courtesy", description="Permission-first customer follow-up for small online shops.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", parents=[common], help="run the shop on this machine until Ctrl-C")
    up.add_argument("--port", type=_port, default=8000, help="0 takes any free port (default: 8000)")
    up.add_argument("--fresh", action="store_true", help="forget everything first")
    up.set_defaults(do=_up)

    demo = commands.add_parser("demo", help="run the main job, told step by step, then leave the shop up")
    demo.add_argument("--port", type=_port, default=0, help="default: any free port")
    demo.set_defaults(do=_demo)

    clock = commands.add_parser("clock", parents=[common], help="show the running shop's time, or advance it")
    step = clock.add_mutually_exclusive_group()
    step.add_argument("--advance", metavar="STEP", help="such as 10d, 1h or 90m")
    step.add_argument("--to", metavar="TIME", help="such as 2026-12-01T10:00:00Z")
    clock.set_defaults(do=_clock)

    outbox = commands.add_parser("outbox", parents=[common], help="the mails that went out")
    outbox.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    outbox.set_defaults(do=_outbox)

    listed = commands.add_parser("follow-ups", parents=[common], help="every follow-up with its state and reason")
    listed.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    listed.add_argument("--contact", metavar="ADDRESS", default="", help="one person's")
    listed.set_defaults(do=_follow_ups)

    for more in (check, connect, contact, forecast, orders, paper, preview, products, rules, sending, tasks, today, vouchers):
        more.add_commands(partial(commands.add_parser, parents=[common]))

    build = commands.add_parser("build", parents=[common], help="build the static site into site/dist")
    build.set_defaults(do=_build)

    package = commands.add_parser("package", parents=[common], help="make the zip that Lambda runs")
    package.add_argument("--out", type=Path, default=Path("dist"), help="the folder that it goes to (default: dist)")
    package.set_defaults(do=_package)

    webhook_commands.add_commands(commands.add_parser, common)
    inquiries.add_commands(commands.add_parser, common)
    draw.add_commands(commands.add_parser, common)
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError("give a number from 0 to 65535")
    return int(text)


def _up(asked: argparse.Namespace) -> int:
    from chalicelib.usecases.live_table import is_live
    from chalicelib.usecases.pause import is_paused
    from courtesy.up import Server, alone, asked_to_end

    data = chosen_here(asked).data
    ended = asked_to_end()
    with alone(data):
        if asked.fresh:
            _forget(chosen(asked))
        server = Server(lambda url: LocalWorld(chosen(asked, url)), "127.0.0.1", asked.port)
        server.start()
        say(f"{server.world.shop.name} is open at {server.url}/ (outbox: {server.url}/dev/). Ctrl-C closes it.")
        if not is_live(server.world):
            say("This is not the live table, so nothing is sent. Close the shop and run courtesy restore --check.")
        elif is_paused(server.world):
            say("Sending is paused: courtesy resume ends that.")
        ended.wait()
        server.stop()
    return DONE


def _forget(shop: Settings) -> None:
    from chalicelib.adapters.local.journal_file import FileJournal
    from chalicelib.adapters.local.secrets_file import FileSecrets

    # the other secrets stay, or no stop that was ever asked for would be found
    FileSecrets(shop.data / "secrets.json").forget_live_table()
    if shop.journal is not None:
        FileJournal(shop.journal).forget()
    for name in KEPT_HERE:  # by name, so that a folder given by mistake loses nothing
        path = shop.data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _demo(asked: argparse.Namespace) -> int:
    from courtesy.demo import demo

    return demo(asked.port, keep_open=sys.stdin.isatty() and sys.stdout.isatty())


def _clock(asked: argparse.Namespace) -> int:
    from courtesy import client

    url = running_url(chosen_here(asked).data)
    if not (asked.advance or asked.to):
        say(client.get(url, "/dev/clock")["now"])
        return DONE
    fields = {"by": asked.advance} if asked.advance else {"to": asked.to}
    status, answer = client.post_form(url, "/dev/clock", **fields)
    if status != 200:
        raise Invalid(str(answer["message"]))
    say(f"It is {answer['now']}; {answer['sent']} mail{'' if answer['sent'] == 1 else 's'} went out on the way.")
    return DONE


def _outbox(asked: argparse.Namespace) -> int:
    from courtesy.outbox import listed

    with opened_here(asked) as world:
        found = listed(world, world.outbox.all())
    if asked.as_json:
        say_json(found)
        return DONE
    for mail in found:
        say(f"{mail['sent_at']}  {mail['kind']} ({mail['class']}) to {mail['to']}: {mail['subject']}")
        say("\n".join(f"    {line}".rstrip() for line in mail["text"].splitlines()))
        say()
    if not found:
        say("The outbox is empty.")
    return DONE


def _follow_ups(asked: argparse.Namespace) -> int:
    import msgspec

    from chalicelib.usecases.list_follow_ups import list_follow_ups

    with opened(asked) as world:
        found, rules = list_follow_ups(world, asked.contact), world.playbook
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        rule = rules.named(one.kind)
        if rule is not None and rule.to == OWNER and one.state == SENT:
            continue  # their own mails, one each working day, would drown all others
        say(f"{one.due_at}  {one.state:<11} {one.kind} to {one.contact or 'an address no longer kept'}\n    {one.reason}")
        if one.state == UNSURE:
            say(f"    Settle it: courtesy settle {one.id} sent (or again, or leave)")
        if one.state == HELD and rule is not None and rule.mode == "ask":
            say(f"    Let it go: courtesy release {one.id}")
    if not found:
        say("Nothing is planned.")
    return DONE


def _build(asked: argparse.Namespace) -> int:
    from courtesy.build import build
    from courtesy.site_pages import owners_of

    # what is published must not lead to this machine; `up` builds what is served here
    where = chosen(asked)
    world = LocalWorld(where if "COURTESY_URL" in os.environ else structs.replace(where, url=""))
    files = build(owners_of(world), world.renderer, ROOT / "site" / "dist")
    say(f"{len(files)} files in site/dist.")
    return DONE


def _package(asked: argparse.Namespace) -> int:
    from courtesy.package import package

    made = package(asked.out)
    say(f"{made} ({made.stat().st_size / 1_000_000:.2f} MB)")
    return DONE
