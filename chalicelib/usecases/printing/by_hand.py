"""What people write, post and ring up by hand: printed from the open by-hand tasks, with names and addresses as they are known now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.domain.by_hand import objection_by_hand
from chalicelib.domain.calendar import long_date
from chalicelib.domain.fact import ADDRESS, PHONE, given_for
from chalicelib.domain.gift import Gift
from chalicelib.domain.history import History
from chalicelib.domain.identity import first_name
from chalicelib.domain.label import address_lines, sheets, window_of
from chalicelib.domain.order import Order
from chalicelib.domain.paper import something_for
from chalicelib.domain.playbook import Rule
from chalicelib.domain.purchases import placed_at, standing_orders
from chalicelib.domain.screening import Case
from chalicelib.domain.sentences import for_owner
from chalicelib.domain.standing import MARKETING
from chalicelib.domain.task import Task
from chalicelib.ports import World
from chalicelib.stores import tasks
from chalicelib.usecases.gather import gather_all
from chalicelib.usecases.printing.paper import Left, Paper, Told, line_of, paper_of

ORDERS_SHOWN, TITLES_SHOWN = 3, 4
_NOBODY = "somebody whose details are no longer kept"
_NO_POSTAL = "We have no postal address for them."
_NO_PHONE = "We have no telephone number for them."


class _Doing:
    """The tasks of a kind that are to be done, each with its case; the others are left out, with the reason."""

    def __init__(self, world: World, by: datetime | None) -> None:
        self._world, self._by = world, by
        self.left: list[Left] = []

    def of(self, kind: str) -> Iterator[tuple[Task, Case, Rule]]:
        found = [
            one for one in tasks.open_ones(self._world.table) if one.kind == kind and (self._by is None or one.due_at < self._by)
        ]
        cases = gather_all(self._world, [task.id for task in found])
        for task in found:
            case = cases.get(task.id)
            if case is None or case.rule is None:
                self.leave(task, None, "What it was planned for is gone.")
            elif objection := objection_by_hand(kind, case):
                self.leave(task, case, for_owner(objection, self._world.shop.zone))
            else:
                yield task, case, case.rule

    def leave(self, task: Task, case: Case | None, why: str) -> None:
        name = (case.name if case is not None else "") or _NOBODY
        given_up = f"courtesy task {task.id} given-up"
        self.left.append(Left(f"The {task.kind} to {name}", f"{why} To have it off the list: {given_up}"))


def notes(world: World, by: datetime | None) -> Paper:
    """To gifts' recipients."""
    doing, zone = _Doing(world, by), world.shop.zone
    found = [_note(case, zone) for _, case, _ in doing.of("note")]
    return paper_of(world.shop, "note", "notes", found, doing.left)


def _note(case: Case, zone: str) -> Told:
    until = case.order.gift_until if case.order is not None else None
    return {"name": first_name(case.name), "giver": _giver(case), "until": long_date(until, zone) if until is not None else ""}


def _giver(case: Case) -> str:
    return first_name(case.order.view.buyer.name) if case.order is not None and case.order.view is not None else ""


def letters(world: World, by: datetime | None) -> Paper:
    """To those who agreed to post, with the address where the envelope's window is."""
    shop, now, doing = world.shop, world.clock.now(), _Doing(world, by)
    found: list[Told] = []
    for task, case, rule in doing.of("letter"):
        lines = _posted_to(case, rule)
        if not lines:
            doing.leave(task, case, _NO_POSTAL)
            continue
        history = case.history
        last = _last_order(history) if history is not None else None
        offer = something_for(history, rule.purpose, world.products, shop, now) if history is not None else None
        found.append(
            {
                "lines": lines,
                "name": first_name(case.name),
                "since": long_date(placed_at(last), shop.zone) if last is not None else "",
                "line": line_of(offer, shop.zone),
            }
        )
    more = {"today": long_date(now, shop.zone), "window": window_of(shop.country)}
    return paper_of(shop, "letter", "letters", found, doing.left, **more)


def labels(world: World, by: datetime | None, *, start: int = 1) -> Paper:
    """For what is to be posted: each note's, behind it ours for the stamped envelope that goes along, and each letter's. Errors: ValueError."""
    shop, doing = world.shop, _Doing(world, by)
    ours = address_lines(shop.name, shop.postal_address.split(","))
    found: list[tuple[str, ...]] = []
    for task, case, _ in doing.of("note"):
        gift = case.gift or Gift()
        if lines := address_lines(gift.recipient, gift.postal, gift.country, shop.country):
            found += [lines, ours]
        else:
            doing.leave(task, case, _NO_POSTAL)
    for task, case, rule in doing.of("letter"):
        if lines := _posted_to(case, rule):
            found.append(lines)
        else:
            doing.leave(task, case, _NO_POSTAL)
    pages: list[Told] = [
        {"labels": [{"left": place.left, "top": place.top, "lines": lines} for place, lines in sheet]}
        for sheet in sheets(found, start)
    ]
    made = paper_of(shop, "labels", "pages", pages, doing.left)
    return Paper(made.sheet, made.context, len(found), made.left)


def calls(world: World, by: datetime | None) -> Paper:
    """A list by the telephone."""
    shop, doing = world.shop, _Doing(world, by)
    found: list[Told] = []
    for task, case, rule in doing.of("call"):
        history = case.history
        phone = given_for(history.facts, PHONE, rule.purpose) if history is not None else ""
        if not phone:
            doing.leave(task, case, _NO_PHONE)
            continue
        found.append(
            {
                "name": case.name or case.address,
                "phone": phone,
                "why": for_owner(case.follow_up.why or case.follow_up.reason, shop.zone),
                "agreed": case.follow_up.message_class == MARKETING,
                "orders": _ordered(history.orders, shop.zone) if history is not None else [],
                "id": task.id,
            }
        )
    return paper_of(shop, "calls", "calls", found, doing.left, today=long_date(world.clock.now(), shop.zone))


def _posted_to(case: Case, rule: Rule) -> tuple[str, ...]:
    history = case.history
    return address_lines(case.name, given_for(history.facts, ADDRESS, rule.purpose).splitlines()) if history is not None else ()


def _last_order(history: History) -> Order | None:
    placed = standing_orders(history.orders)
    return placed[-1] if placed else None


def _ordered(placed: Iterable[Order], zone: str) -> list[Told]:
    """Their newest orders, newest first."""
    newest = standing_orders(placed)[: -ORDERS_SHOWN - 1 : -1]
    return [
        {
            "placed": long_date(placed_at(order), zone),
            "number": order.view.number if order.view is not None else "",
            "things": [line.title for line in order.view.lines][:TITLES_SHOWN] if order.view is not None else [],
            "gift": order.is_gift,
        }
        for order in newest
    ]
