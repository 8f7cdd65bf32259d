"""Short scenarios without any bad luck but one: a process dies at one step, before or after it happens. Each is lived through for every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct

from tests.simulation import actors
from tests.simulation.actors import BUYERS, DAY, HOUR, RECIPIENTS
from tests.simulation.faults import (
    BOUNCE,
    COMPLAINT,
    EVENT_LOST,
    LOST_APPLIED,
    LOST_NOT_APPLIED,
    MAIL,
    REFUSED,
    REJECTED,
    TWO_WORKERS,
    UNWRITABLE,
)
from tests.simulation.run import Simulation
from tests.simulation.scheduler import Crasher, Endless

BEGINS = datetime(2026, 2, 2, 8, 30, tzinfo=UTC)
"""A Monday, half past eight in London: quiet hours end at nine."""

Script = Callable[[Simulation], None]


class Scenario(Struct, frozen=True):
    """`days`: how long it is watched."""

    name: str
    script: Script
    days: float = 1


def _orders(simulation: Simulation, count: int, *, gifts: int = 0, at: float = HOUR) -> None:
    for n in range(count):
        to = RECIPIENTS[n % len(RECIPIENTS)] if n < gifts else ""
        actors.buys(simulation, at + n, str(n), BUYERS[n % len(BUYERS)], to, quickly=True)


def _claims(simulation: Simulation, count: int, *, at: float = HOUR, newsletter: bool = False) -> None:
    for n in range(count):
        actors.claims(simulation, at + n / 10, BUYERS[n], newsletter=newsletter)


def _claimed_twice(simulation: Simulation) -> None:
    _claims(simulation, 2)
    _claims(simulation, 2, at=30 * HOUR)


def _standstill(simulation: Simulation) -> None:
    # a backlog: all in one chunk
    simulation.faults.on = True
    simulation.standstill = (HOUR, 8 * HOUR)
    simulation.scheduler.at(8 * HOUR, lambda: setattr(simulation.faults, "on", False))
    _orders(simulation, 5, at=2 * HOUR)


def _one_recipient(simulation: Simulation) -> None:
    for n in range(2):
        actors.buys(simulation, HOUR + n, str(n), BUYERS[n], RECIPIENTS[0], quickly=True)


def _cancelled(simulation: Simulation) -> None:
    _orders(simulation, 2)
    for n in range(2):
        simulation.scheduler.at(3 * HOUR + 60 * n, partial(actors._happens, simulation, str(n), "off"))


def _stopped(simulation: Simulation) -> None:
    _orders(simulation, 3, gifts=1)
    for n, address in enumerate((BUYERS[0], RECIPIENTS[0])):
        actors.stops(simulation, 3 * DAY + 1.5 * HOUR + 0.01 * n, address)
    actors.claims(simulation, 6 * DAY, BUYERS[0], newsletter=True)


def _bounced(simulation: Simulation) -> None:
    simulation.faults.scripted[BOUNCE] = [BOUNCE] * 2
    _claims(simulation, 2)
    _claims(simulation, 2, at=30 * HOUR)


def _complained(simulation: Simulation) -> None:
    simulation.faults.scripted[COMPLAINT] = [COMPLAINT] * 2
    _claims(simulation, 2, newsletter=True)
    _orders(simulation, 2, at=2 * DAY)


def _sold_to(simulation: Simulation) -> None:
    _claims(simulation, 2, newsletter=True)
    _orders(simulation, 4, at=5 * HOUR)


def _capped(simulation: Simulation) -> None:
    for n in range(4):
        actors.buys(simulation, HOUR + n, str(n), BUYERS[0], "", quickly=True)


def _paused(simulation: Simulation) -> None:
    _orders(simulation, 3)
    actors.pauses(simulation, 2 * HOUR, 6 * HOUR)


def _mail(faults: list[str], simulation: Simulation) -> None:
    simulation.faults.scripted[MAIL] = list(faults)
    _orders(simulation, 3)


def _nothing_heard(simulation: Simulation) -> None:
    simulation.faults.scripted[MAIL] = [LOST_APPLIED, LOST_NOT_APPLIED]
    simulation.faults.scripted[EVENT_LOST] = [EVENT_LOST]
    _claims(simulation, 3)


def _two_workers(simulation: Simulation) -> None:
    simulation.faults.scripted[TWO_WORKERS] = [TWO_WORKERS] * 30
    _orders(simulation, 3)


def _put_back(simulation: Simulation) -> None:
    _orders(simulation, 3, gifts=1)
    actors.restores(simulation, 13 * HOUR, 11.9 * HOUR)


def _redeemed(simulation: Simulation) -> None:
    _claims(simulation, 1)
    for n in range(2):
        actors.buys(simulation, 20 * HOUR + n, str(n), BUYERS[0], "", quickly=True)


def _unwritable(simulation: Simulation) -> None:
    simulation.faults.scripted[UNWRITABLE] = [UNWRITABLE] * 2
    _orders(simulation, 3)


SCENARIOS = (
    Scenario("three claims and their clicks", lambda s: _claims(s, 3)),
    Scenario("a voucher claimed twice", _claimed_twice, 2),
    Scenario("a newsletter ticked and confirmed", lambda s: _claims(s, 2, newsletter=True)),
    Scenario("five orders in one chunk", _standstill, 2),
    Scenario("two orders and their thank-yous", lambda s: _orders(s, 2), 6),
    Scenario("two gifts, their notes, and the thanks for them", lambda s: _orders(s, 2, gifts=2), 14),
    Scenario("two gifts for one recipient", _one_recipient, 14),
    Scenario("orders cancelled while their mail is due", _cancelled, 6),
    Scenario("stopped while their mail is due, and subscribed anew", _stopped, 12),
    Scenario("bounced, and asked for once more", _bounced, 3),
    Scenario("a complaint", _complained, 7),
    Scenario("selling to who agreed and who did not", _sold_to, 8),
    Scenario("four orders under the cap", _capped, 8),
    Scenario("a pause over all of it", _paused, 6),
    Scenario("the mail service refuses for now", partial(_mail, [REFUSED] * 4), 6),
    Scenario("the mail service rejects", partial(_mail, [REJECTED] * 2), 6),
    Scenario("replies lost, events tell", partial(_mail, [LOST_APPLIED] * 4), 6),
    Scenario("replies lost of what was not taken", partial(_mail, [LOST_NOT_APPLIED] * 4), 8),
    Scenario("nothing is ever heard of it", _nothing_heard, 3),
    Scenario("two workers at each tick", _two_workers, 6),
    Scenario("the table is put back", _put_back, 8),
    Scenario("one voucher, two orders", _redeemed, 6),
    Scenario("mails that cannot be written", _unwritable, 6),
)  # fmt: skip


def live(scenario: Scenario, crasher: Crasher) -> Simulation:
    """From beginning to end. `close` it after."""
    simulation = Simulation(7, strength=0, began=BEGINS, crasher=crasher)
    simulation.versions = simulation.wired = False
    try:
        scenario.script(simulation)
        simulation.scheduler.run(scenario.days * DAY)
        simulation.watch.ended()
    except Endless:
        simulation.watch.wrong("a run comes to an end")
    return simulation


def crashed_everywhere(number: int) -> tuple[str, int, list[str]]:
    """Of the so-many-th scenario: its name, how many runs that took, and what was wrong in them."""
    scenario = SCENARIOS[number]
    wrong: list[str] = []
    runs = 0

    def one(crasher: Crasher) -> int:
        nonlocal runs
        runs += 1
        simulation = live(scenario, crasher)
        side = "after" if crasher.after else "before"
        where = f"crash {side} step {crasher.at}" if crasher.at else "undisturbed"
        wrong.extend(f"{where}: {found.rule} ({found.facts})" for found in simulation.watch.violations)
        simulation.close()
        return simulation.scheduler.steps

    steps = one(Crasher())
    for at in range(1, steps + 1):
        for after in (False, True):
            one(Crasher(at, after=after))
    return scenario.name, runs, wrong
