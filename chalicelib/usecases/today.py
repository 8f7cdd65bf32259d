"""The owner's day: who waits for an answer, what goes out, what is held and why, what is by hand, and what nobody but the owner can tell.

Reads what stands in the due index, and looks up names only for what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain import competition
from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import clock_time, day_name, days_after, long_date
from chalicelib.domain.floor import Unheard
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.gift import ASK
from chalicelib.domain.identity import tidy
from chalicelib.domain.inquiry import ANSWER_WITHIN
from chalicelib.domain.playbook import OWNER
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.screening import Case, Hold, Send, screen
from chalicelib.domain.sentences import called, for_owner, of_follow_up, of_signs
from chalicelib.ports import World
from chalicelib.stores import entries, follow_ups, orders, plans
from chalicelib.usecases import list_inquiries as inquiries
from chalicelib.usecases import list_tasks as tasks
from chalicelib.usecases.gather import gather_all
from chalicelib.usecases.pause import is_paused
from chalicelib.usecases.who import Who, number_of, who

SHOWN = 25
"""Lines of each list; of the rest only how many."""

ALIKE = 5
"""More of one kind, for one reason, are one line."""

GIFTS_ASKED = timedelta(days=30)
"""Older orders are past asking."""

FAILED_LATELY = timedelta(days=4)
"""Over a long weekend."""

WORDS_SHOWN = 200
_AHEAD = timedelta(days=366)
_NOBODY = "somebody whose details are no longer kept"

T = TypeVar("T")


class Line(Struct, frozen=True):
    """`what` it is, in a few words; `why`, a sentence; `how` the owner acts on it, "" where there is nothing to do."""

    what: str
    why: str = ""
    how: str = ""


class Today(Struct, frozen=True):
    """`day`: as people write it. `paused`: nothing is sent. The lists stand in the order in which they ask for the owner."""

    day: str
    paused: bool
    waiting: tuple[Line, ...]
    unsure: tuple[Line, ...]
    decide: tuple[Line, ...]
    by_hand: tuple[Line, ...]
    today: tuple[Line, ...]
    held: tuple[Line, ...]
    floor: tuple[Line, ...]


def today(world: World) -> Today:
    """As things stand now. Writes nothing. Errors: Retryable."""
    now, zone = world.clock.now(), world.shop.zone
    tomorrow = days_after(now, 1, 0, zone)
    waiting = _once(follow_ups.looked_at_by(world.table, now + _AHEAD))
    planned = [one for one in waiting if one.state == fu.PLANNED and one.look_at < tomorrow]
    going, stopped = _going(world, planned)
    return Today(
        day=day_name(now, zone),
        paused=is_paused(world),
        waiting=_waiting(inquiries.list_inquiries(world)),
        unsure=_unsure(world, [one for one in waiting if one.state == fu.UNSURE]),
        decide=(*_asked(world, [one for one in waiting if _asks_first(one)]), *_gifts(world)),
        by_hand=(*_draws(world), *_by_hand(tasks.list_tasks(world, today=True))),
        today=going,
        held=(*stopped, *_held(world, [one for one in waiting if one.state == fu.HELD and not _asks_first(one)])),
        floor=_floor(world),
    )


def _once(found: Iterable[FollowUp]) -> list[FollowUp]:
    by_id = {one.id: one for one in found if one.role != OWNER}
    return sorted(by_id.values(), key=lambda one: (one.look_at, one.id))


def _shown(found: Sequence[T], line: Callable[[T], Line], more: str) -> tuple[Line, ...]:
    lines = tuple(map(line, found[:SHOWN]))
    return (*lines, Line(f"And {len(found) - SHOWN} more", how=more)) if len(found) > SHOWN else lines


# --- who waits ---


def _waiting(found: Sequence[inquiries.Listed]) -> tuple[Line, ...]:
    return _shown(found, _asks, "courtesy inquiry list")


def _asks(one: inquiries.Listed) -> Line:
    who_, about = one.name or one.address or _NOBODY, f" (order {one.about})" if one.about else ""
    said = tidy(one.words, WORDS_SHOWN)
    days = "since today" if not one.waited else f"for {one.waited} working day{'' if one.waited == 1 else 's'}"
    late = {"on top": f" Answer first: nobody waits more than {ANSWER_WITHIN}.", "nudged": " It is time."}.get(one.urgency, "")
    return Line(
        f"{who_}{about}: {f'“{said}”' if said else 'they said no more than that they are not content'}",
        f"They have waited {days}.{late}",
        f"Answer {one.address or 'them'}{' (as typed, confirmed by nobody)' if one.typed else ''}, then: courtesy inquiry close {one.id} good | bad",
    )


# --- what nobody else can tell ---


def _unsure(world: World, unsure: Sequence[FollowUp]) -> tuple[Line, ...]:
    failed = follow_ups.failed_since(world.table, world.clock.now() - FAILED_LATELY)
    cases = gather_all(world, [one.id for one in (*unsure[:SHOWN], *failed[:SHOWN])])
    zone = world.shop.zone

    def doubted(one: FollowUp) -> Line:
        return Line(_to(one, cases), of_follow_up(one, zone), f"courtesy settle {one.id} sent | again | leave")

    def refused(one: FollowUp) -> Line:
        return Line(f"{_to(one, cases)}: not sent", of_follow_up(one, zone))

    return (*_shown(unsure, doubted, "courtesy follow-ups"), *_shown(failed, refused, "courtesy follow-ups"))


# --- by hand ---

_HANDS = {
    "note": ("note to write", "notes to write", "courtesy print notes --due today --out notes.pdf"),
    "letter": ("letter to post", "letters to post", "courtesy print letters --due today --out letters.pdf"),
    "call": ("call to make", "calls to make", "courtesy print calls --due today --out calls.pdf"),
    "mail": ("mail that e-mail cannot bring", "mails that e-mail cannot bring", "courtesy tasks --due today"),
}


def _by_hand(found: Sequence[tasks.Listed]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for kind, (one, many, how) in _HANDS.items():
        alike = [task for task in found if task.kind == kind]
        if len(alike) > ALIKE:
            lines.append(Line(f"{len(alike)} {many}", how=how))
        else:
            lines += [_task(task, one, how) for task in alike]
    return tuple(lines)


def _task(task: tasks.Listed, what: str, how: str) -> Line:
    about = f", order {task.about}" if task.about else ""
    phone = f" at {task.phone}" if task.phone and task.kind == "call" else ""
    if task.against:
        return Line(f"Better not: a {what} to {task.name or _NOBODY}{about}", task.against, f"courtesy task {task.id} given-up")
    outcomes = " | ".join(one.replace(" ", "-") for one in task.outcomes)
    return Line(f"A {what}: {task.name or _NOBODY}{phone}{about}", how=f"{how}; then: courtesy task {task.id} {outcomes}")


def _draws(world: World) -> tuple[Line, ...]:
    """The last two rounds, where they have closed and nobody has drawn them."""
    held = world.shop.competition
    if held is None:
        return ()
    last = competition.before(competition.open_round(world.clock.now(), held.closes_hour, world.shop.zone))
    return tuple(
        Line(
            f"The {competition.called(one.round)} draw has closed and waits for its value",
            f"What decides: {one.seed}.",
            f"courtesy draw run --round {one.round} --seed …",
        )
        for one in entries.waiting_for_value(world.table, (competition.before(last), last))
    )


# --- what goes out, and what is held ---


def _going(world: World, planned: Sequence[FollowUp]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """What goes out today, and what of it the checks would hold as things stand."""
    cases, going, stopped = gather_all(world, [one.id for one in planned[:SHOWN]]), [], []
    for one in planned[:SHOWN]:
        case = cases.get(one.id)
        verdict = screen(replace(case, now=max(case.now, one.look_at))) if case is not None else None
        if isinstance(verdict, Send):
            why = for_owner(one.why or one.reason, world.shop.zone)
            going.append(Line(f"{_time(one.look_at, world)}  {_to(one, cases)}", why))
        elif isinstance(verdict, Hold):
            stopped.append(Line(_to(one, cases), for_owner(verdict.reason, world.shop.zone)))
    if len(planned) > SHOWN:
        going.append(Line(f"And {len(planned) - SHOWN} more", how="courtesy follow-ups"))
    return tuple(going), tuple(stopped)


def _time(at: datetime, world: World) -> str:
    return clock_time(max(at, world.clock.now()), world.shop.zone).rpartition(" ")[2]


def _held(world: World, held: Sequence[FollowUp]) -> tuple[Line, ...]:
    alike: dict[tuple[str, str], list[FollowUp]] = {}
    for one in held:
        alike.setdefault((one.rule, one.reason.kind), []).append(one)
    many = [group for group in alike.values() if len(group) > ALIKE]
    few = [one for group in alike.values() if len(group) <= ALIKE for one in group]
    cases, zone = gather_all(world, [one.id for one in few[:SHOWN]]), world.shop.zone

    def alone(one: FollowUp) -> Line:
        return Line(_to(one, cases), for_owner(one.reason, zone))

    def together(group: Sequence[FollowUp]) -> Line:
        return Line(
            f"{called(group[0].rule).capitalize()} to {len(group)} people",
            f"The first of them: {for_owner(group[0].reason, zone)}",
            "courtesy follow-ups",
        )

    return (*_shown(many, together, "courtesy follow-ups"), *_shown(few, alone, "courtesy follow-ups"))


def _to(one: FollowUp, cases: Mapping[str, Case]) -> str:
    case = cases.get(one.id)
    return f"{called(one.rule).capitalize()} to {(case.name or case.address if case is not None else '') or _NOBODY}"


# --- to decide ---


def _asks_first(one: FollowUp) -> bool:
    return one.state == fu.HELD and one.reason.kind == "ask"


def _asked(world: World, found: Sequence[FollowUp]) -> tuple[Line, ...]:
    cases, zone = gather_all(world, [one.id for one in found[:SHOWN]]), world.shop.zone
    return _shown(
        found,
        lambda one: Line(_to(one, cases), for_owner(one.reason, zone), f"Yes: courtesy release {one.id}"),
        "courtesy follow-ups",
    )


def _gifts(world: World) -> tuple[Line, ...]:
    """Orders of which the owner is to say whether they are gifts: until then nothing comes of it, and the parcel goes without its card."""
    lately = world.clock.now() - GIFTS_ASKED
    found = [order for order in standing_orders(orders.all_of(world.table)) if order.verdict == ASK and not order.history]
    found = [order for order in found if placed_at(order) > lately]
    return _shown(
        found,
        lambda order: Line(
            f"Is order {number_of(order)} a gift?", " ".join(of_signs(order.signs)), f"courtesy gift {order.key} yes, or no"
        ),
        "courtesy orders --ask",
    )


# --- the floor ---

_SUGGESTED = {
    "planned": "Something is planned for them; nothing to do.",
    "preferences": "Ask them what they like, so that something can fit.",
    "newsletter": "Write a newsletter with something useful in it.",
    "letter": "They agreed to post: write them a letter.",
    "call": "They agreed to calls: call them.",
}


def _floor(world: World) -> tuple[Line, ...]:
    alike: dict[str, list[Unheard]] = {}
    for one in sorted(plans.all_below_floor(world.table), key=lambda one: one.since):
        alike.setdefault(one.suggestion, []).append(one)
    few = [one for group in alike.values() if len(group) <= ALIKE for one in group]
    known, zone = who(world, {one.person for one in few}), world.shop.zone

    def since(one: Unheard) -> str:
        return f"Agreed, and has heard nothing since {long_date(one.since, zone)}."

    alone = [Line(_name(known[one.person]), since(one), _SUGGESTED[one.suggestion]) for one in few]
    together = [
        Line(f"{len(group)} people", f"The first of them: {since(group[0])}", _SUGGESTED[suggestion])
        for suggestion, group in alike.items()
        if len(group) > ALIKE
    ]
    return (*alone, *together)


def _name(person: Who) -> str:
    return person.name or person.address or _NOBODY
