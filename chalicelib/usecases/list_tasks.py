"""What the owner asks: what is to be done by hand, for whom and by when. Names and addresses are looked up, and stand nowhere else."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.by_hand import objection_by_hand
from chalicelib.domain.calendar import days_after, stamp
from chalicelib.domain.fact import ADDRESS, PHONE, given_for
from chalicelib.domain.gift import Gift
from chalicelib.domain.screening import Case
from chalicelib.domain.sentences import for_owner
from chalicelib.domain.task import OUTCOMES, Task
from chalicelib.ports import World
from chalicelib.stores import tasks
from chalicelib.usecases.gather import gather_all
from chalicelib.usecases.who import number_of


class Listed(Struct, frozen=True):
    """One line. `rule`: what it came from. `name`, `postal` (the lines of a label) and `phone`: "" and none where they are not known, or no
    longer kept; `address`: for e-mail. `about`: the order as the shop calls it, or "". `against`: why it is better left undone by now, in a
    sentence, or "". `outcomes`: what may become of it.
    """

    id: str
    kind: str
    rule: str
    due_at: str
    name: str
    address: str
    postal: tuple[str, ...]
    phone: str
    about: str
    against: str
    outcomes: tuple[str, ...]


def list_tasks(world: World, *, today: bool = False) -> list[Listed]:
    """Those that are to be done, the soonest due first; `today`: only those due by the end of today. Errors: Retryable."""
    tomorrow = days_after(world.clock.now(), 1, 0, world.shop.zone)
    found = [task for task in tasks.open_ones(world.table) if not today or task.due_at < tomorrow]
    cases = gather_all(world, [task.id for task in found])
    return [_listed(task, cases.get(task.id), world.shop.zone) for task in found]


def _listed(task: Task, case: Case | None, zone: str) -> Listed:
    against = objection_by_hand(task.kind, case) if case is not None else None
    gift = (case.gift if case is not None and task.kind == "note" else None) or Gift()
    purpose = case.rule.purpose if case is not None and case.rule is not None else ""
    given = case.history.facts if case is not None and case.history is not None else ()
    return Listed(
        id=task.id,
        kind=task.kind,
        rule=task.rule,
        due_at=stamp(task.due_at),
        name=case.name if case is not None else "",
        address=case.address if case is not None else "",
        postal=gift.postal or tuple(given_for(given, ADDRESS, purpose).splitlines()),
        phone=given_for(given, PHONE, purpose),
        about=number_of(case.order) if case is not None and case.order is not None else "",
        against=for_owner(against, zone) if against is not None else "",
        outcomes=OUTCOMES[task.kind],
    )
