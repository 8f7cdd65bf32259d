"""The owner enters the public value, and with it the winner stands. Where they cannot be reached, the first reserve has won.

read → the order, by the rule that anybody can check → one transaction: result, the winner's mail, what is to be told to others → hints
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain import journal
from chalicelib.domain.calendar import clock_time, long_date
from chalicelib.domain.competition import Entry, before, called, closes_at, is_round, open_round
from chalicelib.domain.draw import ERASED, PassedOver, first_of, ordered, parse_seed, passes_on_from, why_passed_over
from chalicelib.domain.errand import tell
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.domain.retention import entry_kept_until
from chalicelib.errors import Conflict, Invalid, Lost, NotFound, Retryable
from chalicelib.ports import DUE_NOW, ERRANDS, World
from chalicelib.stores import entries, errands, follow_ups
from chalicelib.stores.entries import Closed, Drawn, Line
from chalicelib.table import Action
from chalicelib.usecases.close_again import keep_drawn
from chalicelib.usecases.close_round import close_round
from chalicelib.usecases.enter_competition import held, rule_for

TRIES = 4
_GONE = "None of the entries is kept any more, so nobody can be told that they have won."
_NOBODY_LEFT = "Nobody is left who could win the {} draw: everybody else was passed over before, or is not kept any more. Nothing has changed."


class TooSoon(Conflict):
    """The winner still has time to answer."""


class Winner(Struct, frozen=True):
    """Whose entry won, for the owner. All "" where the entry is not kept any more."""

    hash: str
    name: str = ""
    address: str = ""
    county: str = ""
    objects: bool = False
    mail: str = ""
    """In which state their mail is."""


class Round(Struct, frozen=True):
    """A round that has closed, and how it was drawn, if it was."""

    closed: Closed
    drawn: Drawn | None


def last_closed(world: World) -> str:
    """Which round a command is about that names none. Errors: NotFound (no competition)."""
    return before(open_round(world.clock.now(), held(world).closes_hour, world.shop.zone))


def list_rounds(world: World) -> list[Round]:
    """Those that have closed, the newest first. Reads the whole table."""
    closed = entries.all_closed(world.table)
    items = world.table.get_many([entries.drawn_key(one.round) for one in closed])
    return [Round(one, entries.load_drawn(items.get(entries.drawn_key(one.round)))) for one in closed]


def run_draw(world: World, round_: str, seed: str) -> Drawn:
    """The same value again gives the same answer. Errors: Invalid (the value, the round), Conflict (the round is open, it was drawn with another
    value, or nobody entered), NotFound, Misconfigured, Retryable.
    """
    value = parse_seed(seed)
    _refuse_early(world, round_)
    closed = close_round(world, round_)
    hashes = _hashes(world, closed)
    for _ in range(TRIES):
        drawn = _drawn(world, round_)
        if drawn is not None and drawn.value != value:
            on = long_date(drawn.drawn_at, world.shop.zone)
            raise Conflict(
                f"The {called(round_)} draw was made on {on} with “{drawn.value}”. It stands: with another value it would be no draw."
            )
        if drawn is not None:
            keep_drawn(world, drawn)
            return drawn
        if not hashes:
            raise Conflict(f"Nobody entered the {called(round_)} draw.")
        line, passed = _next(world, round_, ordered(hashes, value), ())
        now = world.clock.now()
        found = Drawn(round_, value, line.hash, now, passed)
        if _written(
            world, closed, found, line, [entries.draw(found), entries.still_there(round_, line), errands.put(tell(round_, now))]
        ):
            keep_drawn(world, found)
            world.queue.put(ERRANDS, {"id": tell(round_, now).id})
            return found
    raise Retryable("Too much happened at once. Please try again.")


def draw_next(world: World, round_: str, said: str = "") -> Drawn:
    """The winner has not answered in time, or `said` tells why they are passed over before that: domain/draw.py's NOT_REACHED or ERASED.
    Whoever has won now is kept as long as a winner of this day.

    Errors: NotFound (it is not drawn, or nobody is left), TooSoon, Misconfigured, Retryable.
    """
    first = ""
    for _ in range(TRIES):
        closed, drawn = _closed(world, round_), _drawn(world, round_)
        if closed is None or drawn is None:
            raise NotFound(f"The {called(round_)} draw has not been made yet: courtesy draw run makes it.")
        there = entries.load_line(world.table.get(entries.line_key(round_, drawn.winner)))
        if drawn.winner != (first := first or drawn.winner):
            return drawn  # another hand passed them over this moment: whoever won by that is not to be passed over as well
        why = _why(world, drawn, said, there=there is not None)
        passed = (*drawn.passed_over, PassedOver(drawn.winner, why))
        line, more = _next(world, round_, ordered(_hashes(world, closed), drawn.value), passed)
        now = world.clock.now()
        after = replace(drawn, winner=line.hash, passed_over=more, won_at=now)
        kept = entries.last_day(round_, line, entry_kept_until(drawn.drawn_at, now))
        if _written(world, closed, after, line, [entries.draw_next(drawn, after, now), *kept]):
            keep_drawn(world, after)
            return after
    raise Retryable("Too much happened at once. Please try again.")


def _why(world: World, drawn: Drawn, said: str, *, there: bool) -> str:
    won_at, zone = drawn.won_at or drawn.drawn_at, world.shop.zone
    why = why_passed_over(said, won_at, world.clock.now(), zone, there=there)
    if not why:
        raise TooSoon(
            f"The winner of the {called(drawn.round)} draw has time to answer: courtesy draw next works from "
            f"{long_date(passes_on_from(won_at, zone), zone)} on, or now with --unreachable where mail came back from them, "
            "or --withdrew where they declined."
        )
    return why


def object_to_naming(world: World, address: str) -> int:
    """Somebody does not want their surname and county to be told: in how many entries of theirs that is noted now. Errors: Invalid."""
    person = person_id(world.secrets.people, parse_address(address).key)
    noted, now = 0, world.clock.now()
    for entry in entries.of_person(world.table, person, now):
        world.journal.append([journal.objected(person, entry.round, now)])
        with suppress(Lost):  # it was deleted this moment
            world.table.write(entries.objects(entry))
            noted += 1
    return noted


def winner_of(world: World, round_: str) -> Winner:
    """Errors: NotFound (it is not drawn)."""
    drawn = _drawn(world, round_)
    if drawn is None:
        raise NotFound(f"The {called(round_)} draw has not been made yet.")
    line = entries.load_line(world.table.get(entries.line_key(round_, drawn.winner)))
    entry = _entry(world, round_, line) if line is not None else None
    if entry is None:
        return Winner(drawn.winner)
    return Winner(drawn.winner, entry.name, entry.address, entry.county, entry.objects, _state(world, entry, round_))


def _entry(world: World, round_: str, line: Line) -> Entry | None:
    return entries.load(world.table.get(entries.key(line.person, round_)), world.clock.now())


def _state(world: World, entry: Entry, round_: str) -> str:
    known = follow_ups.of_person(world.table, entry.person)
    rules = {rule.name for rule in world.playbook.of("won")}
    return next((one.state for one in known if one.anchor == round_ and one.rule in rules), "")


def _refuse_early(world: World, round_: str) -> None:
    if not is_round(round_):
        raise Invalid("Give a round as its year and month, such as 2026-12.", "round")
    if _closed(world, round_) is not None:
        return
    closes = closes_at(round_, held(world).closes_hour, world.shop.zone)
    if world.clock.now() < closes:
        raise Conflict(f"The {called(round_)} draw is open until {clock_time(closes, world.shop.zone)}: it is drawn after that.")


def _closed(world: World, round_: str) -> Closed | None:
    return entries.load_closed(world.table.get(entries.closed_key(round_)))


def _drawn(world: World, round_: str) -> Drawn | None:
    return entries.load_drawn(world.table.get(entries.drawn_key(round_)))


def _hashes(world: World, closed: Closed) -> Sequence[str]:
    return world.blob.get(entries.blob_name(closed.round, closed.commitment)).decode().split()


def _next(world: World, round_: str, order: Sequence[str], passed: tuple[PassedOver, ...]) -> tuple[Line, tuple[PassedOver, ...]]:
    """The first of the order who was not passed over and is still there; with all who were passed over. Errors: NotFound (nobody is left)."""
    before_them = passed
    while wins := first_of(order, {one.hash for one in passed}):
        line = entries.load_line(world.table.get(entries.line_key(round_, wins)))
        if line is not None and _entry(world, round_, line) is not None:
            return line, passed
        passed = (*passed, PassedOver(wins, ERASED))
    raise NotFound(_NOBODY_LEFT.format(called(round_)) if before_them else _GONE)


def _written(world: World, closed: Closed, drawn: Drawn, line: Line, actions: list[Action]) -> bool:
    now, why = world.clock.now(), Reason("entry-won", {"round": drawn.round})
    extra = {"prize": closed.prize, "worth": closed.worth, "value": drawn.value}
    rule = rule_for(world, "won")
    mail = planned(rule, line.person, drawn.round, now, why, world.shop, now, extra=extra)
    try:
        world.table.transact([*actions, follow_ups.put(mail)], world.ids.token())
    except Lost:
        return False  # they asked to be forgotten this moment, or another hand was quicker
    world.queue.put(DUE_NOW, {"why": "won"})
    return True
