"""The owner's hand on the competition: the draw, its winner, and a check that needs neither the shop nor its data."""

from __future__ import annotations

import argparse
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.domain.competition import is_round
from chalicelib.domain.draw import ERASED, NOT_REACHED, Published, check, entry_hash, parse_entry, parse_seed
from chalicelib.domain.retention import ENTRY_AFTER_DRAW
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import World
from courtesy.opened import opened
from courtesy.up import say, say_json

DONE, NO = 0, 1
LARGEST = 32 * 1024 * 1024
TIMEOUT_SECONDS = 30
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    inner = add("draw", help="the competition's rounds: draw the winner, and check any draw").add_subparsers(
        required=True, metavar="WHAT"
    )

    def command(name: str, do: Callable[[Asked], int], told: str) -> argparse.ArgumentParser:
        made = inner.add_parser(name, parents=[common], help=told)
        made.set_defaults(do=do)
        return made

    def about_a_round(name: str, do: Callable[[Asked], int], told: str) -> argparse.ArgumentParser:
        made = command(name, do, told)
        made.add_argument("--round", default="", help="such as 2026-12 (default: the one that closed last)")
        return made

    command("list", _list, "every round that has closed").add_argument(
        "--json", action="store_true", dest="as_json", help="everything, as JSON"
    )
    about_a_round("show", _show, "one round: its list, its value, and for you who won").add_argument(
        "--json", action="store_true", dest="as_json", help="what is published of it, as JSON"
    )
    about_a_round("run", _run, "draw the winner, by the public value that was named beforehand").add_argument(
        "--seed", required=True, metavar="VALUE", help='the value, such as "3 9 14 22 41 50"'
    )
    passed = command("next", _next, "the winner has not answered in time: the first reserve has won")
    passed.add_argument("--round", required=True, help="such as 2026-12")
    why = passed.add_mutually_exclusive_group()
    why.add_argument(
        "--unreachable",
        action="store_const",
        dest="said",
        const=NOT_REACHED,
        default="",
        help="mail to them came back: do not wait",
    )
    why.add_argument("--withdrew", action="store_const", dest="said", const=ERASED, help="they declined: do not wait")
    about_a_round("winner", _winner, "surname and county, for whoever asks who won")
    objected = command("object", _object, "somebody does not want their surname and county to be told")
    objected.add_argument("address", metavar="ADDRESS", help="the address that they entered with")
    verified = inner.add_parser("verify", help="check a draw from what is published of it, by yourself")
    verified.add_argument("where", metavar="FILE_OR_URL", help="what /api/draws/2026-12 answers, or the page's address")
    verified.add_argument("--seed", default="", metavar="VALUE", help="the value, as you know it from elsewhere")
    verified.add_argument("--entry", default="", metavar="ID", help="an entry id: is it in the list, and at which place?")
    verified.set_defaults(do=_verify)


def _round(world: World, asked: Asked) -> str:
    from chalicelib.usecases.run_draw import last_closed

    return asked.round or last_closed(world)


def _many(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _list(asked: Asked) -> int:
    from chalicelib.usecases.run_draw import list_rounds

    with opened(asked) as world:
        found = list_rounds(world)
    if asked.as_json:
        say_json(msgspec.to_builtins(found))
        return DONE
    for one in found:
        state = f"drawn with “{one.drawn.value}”" if one.drawn else "not drawn yet" if one.closed.commitment else "closing"
        nobody = one.closed.commitment and not one.closed.count
        say(f"{one.closed.round}  {'nobody entered' if nobody else f'{_many(one.closed.count)}, {state}'}: {one.closed.prize}")
    if not found:
        say("No round has closed yet.")
    return DONE


def _show(asked: Asked) -> int:
    from chalicelib.usecases.look_at_draw import look_at_draw
    from chalicelib.usecases.run_draw import winner_of

    with opened(asked) as world:
        told = look_at_draw(world, _round(world, asked))
        if asked.as_json:
            say_json(msgspec.to_builtins(told))
            return DONE
        say(f"{told.round}: {_many(told.count)}. The list's SHA-256 is {told.commitment}.")
        say(f"What decides: {told.seed}.")
        if not told.value:
            say("It is not drawn yet: courtesy draw run --seed VALUE draws it.")
            return DONE
        winner = winner_of(world, told.round)
        say(f"Drawn with “{told.value}”. The winning entry is {told.winner}.")
        for one in told.passed_over:
            say(f"Passed over: {one.hash} ({one.why}).")
        if winner.name:
            say(f"It is {winner.name} <{winner.address}>; the mail that tells them is {winner.mail or 'not planned'}.")
        else:
            say("Whose it is, is not kept any more.")
    return DONE


def _run(asked: Asked) -> int:
    from chalicelib.usecases.run_draw import run_draw

    with opened(asked) as world:
        drawn = run_draw(world, _round(world, asked), asked.seed)
        url = world.shop.url
    say(f"The winning entry of {drawn.round} is {drawn.winner}, by “{drawn.value}”.")
    for one in drawn.passed_over:
        say(f"Before it came {one.hash}: {one.why}.")
    say("The winner is told by e-mail at once; others are, if they agreed to that. courtesy draw show says who it is.")
    say(f"Anybody can check it: courtesy draw verify {url}/api/draws/{drawn.round}")
    return DONE


def _next(asked: Asked) -> int:
    from chalicelib.usecases.run_draw import TooSoon, draw_next

    with opened(asked) as world:
        try:
            drawn = draw_next(world, asked.round, asked.said)
        except TooSoon as error:
            sys.stderr.write(f"courtesy: {error}\n")
            return NO
    say(f"The winning entry of {drawn.round} is now {drawn.winner}; they are told by e-mail at once.")
    return DONE


def _winner(asked: Asked) -> int:
    from chalicelib.domain.competition import surname
    from chalicelib.usecases.run_draw import winner_of

    with opened(asked) as world:
        found = winner_of(world, _round(world, asked))
    if not found.name:
        say(f"The winner's name is not kept any more: it was told for {ENTRY_AFTER_DRAW.days} days after they had won.")
        return NO
    if found.objects:
        say("The winner does not want their name to be told. That there is one, the published list shows.")
        return NO
    say(f"{surname(found.name)}, {found.county}" if found.county else surname(found.name))
    return DONE


def _object(asked: Asked) -> int:
    from chalicelib.usecases.run_draw import object_to_naming

    with opened(asked) as world:
        noted = object_to_naming(world, asked.address)
    say("It is noted, and nobody is told." if noted else "That address has no entry.")
    return DONE if noted else NO


def _verify(asked: Asked) -> int:
    told = _published(asked.where)
    value = parse_seed(asked.seed) if asked.seed else ""
    found = check(told, value)
    for fault in found.faults:
        sys.stderr.write(f"courtesy: {fault}\n")
    if found.faults:
        return NO
    say(f"{told.round}: {_many(told.count)}. The list is the one that was fixed at the closing ({told.commitment}).")
    if told.value:
        say(f"By “{told.value}”, {told.winner} has won, as it is published.")
        for one in told.passed_over:
            say(f"Before it came {one.hash}: {one.why}, says the shop; nobody else can know.")
    elif found.order:
        say(f"It is not drawn yet. By “{value}”, {found.order[0]} wins.")
    else:
        say("It is not drawn yet.")
    return _place(asked.entry, told, found.order) if asked.entry else DONE


def _place(entry: str, told: Published, order: tuple[str, ...]) -> int:
    hash_ = entry_hash(parse_entry(entry))
    if hash_ not in told.hashes:
        say(f"The entry is not in the list: its SHA-256 is {hash_}.")
        return NO
    say(f"The entry is in the list, at place {order.index(hash_) + 1} of {len(order)}." if order else "The entry is in the list.")
    return DONE


def _published(where: str) -> Published:
    raw = _fetched(_told_at(where)) if where.startswith(("https://", "http://")) else _read(Path(where))
    try:
        return msgspec.json.decode(raw, type=Published)
    except msgspec.DecodeError as error:
        raise Invalid(f"That is not what is published of a draw ({error}): it is what /api/draws/2026-12 answers.") from None


def _told_at(url: str) -> str:
    """Where the page for people is given, what it is made of."""
    parts = urllib.parse.urlsplit(url)
    round_ = dict(urllib.parse.parse_qsl(parts.query)).get("round", "").strip()
    if not (parts.path.rstrip("/").endswith("/draws") and is_round(round_)):
        return url
    return parts._replace(path=f"{parts.path.rstrip('/')}/{round_}", query="", fragment="").geturl()


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise Invalid("The file is too large to be what is published of a draw.")
    return path.read_bytes()


def _fetched(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - only http and https come here
            found: Any = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise NotFound(f"{url} answers {error.code}: nothing is published there.") from None
    except (OSError, ValueError) as error:
        raise NotFound(f"{url} does not answer ({error}).") from None
    raw: bytes = found
    if len(raw) > LARGEST:
        raise Invalid("That is too large to be what is published of a draw.")
    return raw
