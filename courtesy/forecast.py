"""What would come of it: the engine itself lives through the days to come, on a copy of the table in memory, and nothing leaves the machine."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import msgspec
from msgspec import structs

from chalicelib.adapters.local.rehearsal import Rehearsal
from chalicelib.domain.calendar import long_date, stamp
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.forecast import Difference, Forecast, Mailed, OfRule, Seen, differences, forecast, numbers
from chalicelib.domain.playbook import Playbook
from chalicelib.domain.reason import Reason
from chalicelib.errors import Invalid
from chalicelib.logs import failed
from chalicelib.ports import World
from chalicelib.stores import follow_ups, pages
from chalicelib.usecases.include_past import include_past as take_in_past
from chalicelib.usecases.live_table import is_live
from chalicelib.usecases.live_through import live_through
from chalicelib.usecases.note_rules import note_rules
from chalicelib.usecases.pause import is_paused, resume
from courtesy.opened import opened
from courtesy.up import say, say_json

DONE = 0
DAYS, MAX_DAYS = 30, 366
Asked = argparse.Namespace
Mode = Literal["on", "ask", "off"]


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    found = add("forecast", help="what would go out in the days to come, and what would surprise you")
    found.add_argument("--days", type=_days, default=DAYS, help=f"how far to look ahead (default: {DAYS})")
    found.add_argument(
        "--if", dest="changes", type=_change, action="append", default=[], metavar="RULE=MODE",
        help="compare with what would be if the rule were on, ask or off",
    )  # fmt: skip
    found.add_argument("--json", action="store_true", dest="as_json", help="everything, as JSON")
    found.set_defaults(do=_forecast)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_DAYS):
        raise argparse.ArgumentTypeError(f"give a number of days from 1 to {MAX_DAYS}")
    return int(text)


def _change(text: str) -> tuple[str, Mode]:
    rule, _, mode = text.partition("=")
    if not rule or mode not in ("on", "ask", "off"):
        raise argparse.ArgumentTypeError("say it as RULE=on, RULE=ask or RULE=off")
    return rule, cast("Mode", mode)


def foretell(world: World, days: int, changes: Iterable[tuple[str, Mode]] = (), *, include_past: str = "") -> Forecast:
    """What the engine would do in so many days from now if the rules were changed so; a pause is taken as ended today.

    `include_past`: a rule that would also take what was due before it was switched on, "" for none.
    Errors: Invalid for a rule that there is not; Misconfigured; Retryable.
    """
    playbook = changed(world.playbook, changes)
    with Rehearsal(world, playbook=playbook) as rehearsal:
        if include_past:
            note_rules(rehearsal)
            take_in_past(rehearsal, include_past)
        return forecast(lived(rehearsal, days), playbook, world.shop)


def affected(world: World, rule: str) -> int:
    """How many messages switching the rule on would make of the past, if it were allowed to: what the owner confirms. Errors: as foretell."""
    alone, with_past = (
        next(one.messages for one in made.rules if one.rule == rule)
        for made in (foretell(world, 1, [(rule, "on")], include_past=past) for past in ("", rule))
    )
    return max(0, with_past - alone)


def changed(playbook: Playbook, changes: Iterable[tuple[str, Mode]]) -> Playbook:
    """The playbook with other modes. Errors: Invalid."""
    for name, mode in changes:
        if playbook.named(name) is None:
            raise Invalid(f'There is no rule "{name}": there are {", ".join(rule.name for rule in playbook.rules)}.')
        playbook = Playbook(tuple(structs.replace(rule, mode=mode) if rule.name == name else rule for rule in playbook.rules))
    return playbook


def lived(rehearsal: Rehearsal, days: int) -> Seen:
    """The days from now, lived through. Errors: Retryable."""
    starts_at = rehearsal.clock.now()
    before, _ = _known(rehearsal)
    if is_paused(rehearsal):
        resume(rehearsal)
    live_until(rehearsal, starts_at + timedelta(days=days))
    return seen(rehearsal, starts_at, days, before)


def seen(rehearsal: Rehearsal, starts_at: datetime, days: int, before: Sequence[FollowUp]) -> Seen:
    """What became of it. `before`: the follow-ups that there were when it began. Errors: Retryable."""
    after, people = _known(rehearsal)
    rules = {one.id: one.rule for one in (*before, *after)}
    return Seen(
        starts_at=starts_at,
        days=days,
        before=before,
        after=after,
        held={
            id_: {kind: msgspec.convert(reason, Reason) for kind, reason in reasons.items()}
            for id_, reasons in rehearsal.table.held.items()
        },
        mailed=[
            Mailed(one.follow_up, one.person, rules[one.follow_up], one.message_class, one.at)
            for one in rehearsal.mailer.taken
            if one.follow_up in rules  # what asks whether events flow is no follow-up
        ],
        people=people,
    )


def live_until(rehearsal: Rehearsal, at: datetime) -> int:
    """How many mails would go out until then. Errors: Retryable."""
    return live_through(rehearsal, at, lambda due: move(rehearsal, due), lambda: drain(rehearsal))


def _known(rehearsal: Rehearsal) -> tuple[list[FollowUp], int]:
    """All follow-ups, and how many people there are."""
    people: set[str] = set()
    items = []
    for item in pages.everything(rehearsal.table):
        if str(item["pk"]).startswith("P#"):
            people.add(str(item["pk"]))
            if follow_ups.is_follow_up(item):
                items.append(item)
    return list(follow_ups.readable(items)), len(people)


def move(rehearsal: Rehearsal, at: datetime) -> None:
    """Its clock goes on, and each new day its table drops what is past its TTL, as DynamoDB does by itself."""
    if at.date() > rehearsal.clock.now().date():
        rehearsal.table.sweep(int(at.timestamp()))
    rehearsal.clock.advance_to(at)


def drain(rehearsal: Rehearsal) -> None:
    """Its queue is worked off."""
    from chalicelib.entrypoints.queues import handle

    while (taken := rehearsal.queue.take()) is not None:
        try:
            handle(rehearsal, *taken)
        except Exception as error:  # noqa: BLE001 - as the worker: one bad message stops nobody
            failed("message failed", error, queue=taken[0])


def _forecast(asked: Asked) -> int:
    with opened(asked) as world:
        now = foretell(world, asked.days)
        then = foretell(world, asked.days, asked.changes) if asked.changes else None
        notes = _notes(world)
    if asked.as_json:
        say_json(_as_json(now, then, notes))
        return DONE
    for line in _lines(now if then is None else then, world.shop.zone, [*notes, *_supposed(asked.changes)]):
        say(line)
    if then is not None:
        say()
        for line in _compared(differences(now, then)):
            say(line)
    return DONE


def _notes(world: World) -> list[str]:
    notes = []
    if not is_live(world):
        notes.append("This is not the live table, so nothing is sent from it: courtesy restore --check says more.")
    elif is_paused(world):
        notes.append("Sending is paused; this is how it would go if you resumed now.")
    return notes


def _lines(made: Forecast, zone: str, notes: Sequence[str]) -> Iterable[str]:
    days = "1 day" if made.days == 1 else f"{made.days} days"
    yield f"{days} from {long_date(made.starts_at, zone)}, rehearsed on a copy: nothing is sent, nothing is changed."
    yield from notes
    yield ""
    yield from rows_of(made)
    yield ""
    yield "What may surprise:" if made.surprises else "Nothing that would surprise."
    for surprise in made.surprises:
        yield f"  - {surprise}"


def rows_of(made: Forecast) -> Iterable[str]:
    """The table, rule by rule; why things did not go; and how often people hear."""
    shown = [one for one in made.rules if one.messages]
    yield from _table(shown)
    for title, of in (("Held on the way", "held"), ("Cancelled", "cancelled"), ("By hand", "by_hand")):
        yield from _reasons(title, of, shown, made.words)
    yield ""
    yield "In the fullest 30 days of each person (courtesy and marketing):"
    for count, people in made.densest.items():
        messages, persons = "message" if count == 1 else "messages", "person" if people == 1 else "people"
        yield f"  {count:>2} {messages:<8}  {people:>7,} {persons}"


def _table(shown: Sequence[OfRule]) -> Iterable[str]:
    names = list(numbers(OfRule("", "", "")))
    width = max((len(one.rule) for one in shown), default=4)
    yield "  ".join([f"{'rule':<{width}}", *(f"{name:>{max(len(name), 7)}}" for name in names)])
    for one in shown:
        yield _row(one.rule, list(numbers(one).values()), names, width)
    sums = [sum(column) for column in zip(*(numbers(one).values() for one in shown), strict=True)] or [0] * len(names)
    yield _row("all", ["", *sums[1:]], names, width)  # a person may stand in several lines


def _row(name: str, values: Sequence[int | str], names: Sequence[str], width: int) -> str:
    cells = (
        f"{value:>{max(len(what), 7)},}" if isinstance(value, int) else " " * max(len(what), 7)
        for what, value in zip(names, values, strict=True)
    )
    return "  ".join([f"{name:<{width}}", *cells])


def _reasons(title: str, of: str, shown: Sequence[OfRule], words: dict[str, str]) -> Iterable[str]:
    found = [(one.rule, kind, count) for one in shown for kind, count in getattr(one, of).items()]
    if not found:
        return
    yield ""
    yield f"{title}, and why (of several, one stands for all):"
    for rule, kind, count in found:
        yield f"  {count:>5,} {rule}: {words[kind]}"


def _supposed(changes: Sequence[tuple[str, Mode]]) -> list[str]:
    return [f"So it would be if {' and '.join(f'{rule} were {mode}' for rule, mode in changes)}."] if changes else []


def _compared(found: Sequence[Difference]) -> Iterable[str]:
    yield "Against the playbook as it is:" if found else "That is no other than by the playbook as it is."
    width = max((len(one.rule) for one in found), default=0)
    for one in found:
        yield f"  {one.rule:<{width}}  {one.what:<9}  {one.now:>6,} -> {one.then:>6,}  ({one.then - one.now:+,})"


def _as_json(now: Forecast, then: Forecast | None, notes: Sequence[str]) -> dict[str, Any]:
    if then is None:
        return {"notes": list(notes), **_told(now)}
    return {
        "notes": list(notes),
        "now": _told(now),
        "if": _told(then),
        "differences": msgspec.to_builtins(differences(now, then)),
    }


def _told(made: Forecast) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(made, str_keys=True)
    return {**found, "starts_at": stamp(made.starts_at)}
