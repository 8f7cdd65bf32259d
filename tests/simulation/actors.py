"""Who takes part: visitors, buyers, recipients, the storefront, the owner, the clock. They ask again when they are not answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from chalicelib.adapters.ses_events import read
from chalicelib.domain.fact import Fact
from chalicelib.domain.gift import Gift
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Line, Parcel, View
from chalicelib.entrypoints.queues import handle
from chalicelib.errors import Conflict, Invalid, NotFound, TooMany, Unverified
from chalicelib.ports import EVENTS, Mail
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.pause import pause, resume
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.record_fact import record_fact
from chalicelib.usecases.restore import restore
from chalicelib.usecases.settle import How, settle
from chalicelib.usecases.stop import stop
from chalicelib.usecases.tick import tick
from chalicelib.usecases.write_thanks import write_thanks
from tests.factories import asked, signs_of
from tests.simulation.faults import CANCEL, CLOCK_JUMP, OWNER_PAUSE, RESTORE, SETTLE, STOP, TWO_VERSIONS, TWO_WORKERS
from tests.simulation.ports import Accepted
from tests.simulation.scheduler import Task

if TYPE_CHECKING:
    from tests.simulation.run import Simulation, SimWorld

HOUR, DAY = 3600.0, 86400.0
BUYERS = ("ada@example.com", "ben@example.com", "cleo@example.com", "dai@example.com", "eve@example.com")
RECIPIENTS = ("rosa@example.com", "sam@example.com")
LATE = "late@example.com"
Do = Callable[["SimWorld"], object]


class Bought(Struct):
    """An order as it really was: what the storefront has told of it so far, and what its buyer wrote at the checkout."""

    key: str
    buyer: str
    recipient: str = ""
    told: dict[str, Learnt] = msgspec.field(default_factory=dict)
    cancelled: bool = False


def asks(simulation: Simulation, delay: float, name: str, do: Do, *, until_answered: bool = True, newer: bool = False) -> None:
    """Somebody asks for something, and asks again a little later until they are answered. A plain no is an answer."""
    from tests.simulation.run import SimWorld

    def act(task: Task) -> None:
        try:
            do(SimWorld(simulation, task, newer=newer))
        except (NotFound, Conflict, Unverified, Invalid, TooMany) as answer:
            simulation.scheduler.note(name, "answered", type(answer).__name__)

    def failed(_: BaseException) -> None:
        if until_answered:
            asks(simulation, simulation.random.uniform(1, 60), name, do, newer=newer)

    simulation.scheduler.spawn(delay, name, act, failed=failed)


def cast(simulation: Simulation) -> None:
    """Everybody who takes part in this seed, and when."""
    random = simulation.random
    for address in random.sample(BUYERS, random.choice((0, 1, 1, 2))):
        claims(simulation, random.uniform(0, DAY), address, newsletter=random.random() < 0.7)
    busy_day = random.random() < 0.6
    for number in range(random.choice((1, 2, 3, 4, 5, 5))):
        placed = random.uniform(0, 3 * HOUR if busy_day else 4 * DAY)
        buyer = BUYERS[number] if busy_day and random.random() < 0.8 else random.choice(BUYERS)
        buys(simulation, placed, str(number), buyer, random.choice(("", "", *RECIPIENTS)), quickly=busy_day)
    for address in random.sample((*BUYERS, *RECIPIENTS), 2):
        if simulation.faults.strikes(STOP, 0.25):
            simulation.when_busy.append(partial(stops, simulation, address=address))
    if simulation.faults.strikes(OWNER_PAUSE, 0.2):
        simulation.when_busy.append(partial(pauses, simulation, length=random.uniform(HOUR, 12 * HOUR)))
    if random.random() < 0.4:
        began = random.uniform(0, 0.3 * DAY)
        simulation.standstill = (began, began + random.uniform(HOUR, 6 * HOUR))
    if random.random() < 0.2:
        began = random.uniform(0, 10 * DAY)
        simulation.outage = (began, began + random.uniform(2 * HOUR, 40 * HOUR))
    if simulation.faults.strikes(RESTORE, 0.15):
        restores(simulation, random.uniform(0.2 * DAY, 12 * DAY), random.uniform(60, 3 * DAY))
    if random.random() < 0.7:
        owner_looks(simulation, random.uniform(4 * HOUR, 2 * DAY))
    follow_clock(simulation)


def follow_clock(simulation: Simulation) -> None:
    """A tick now and then without need."""
    for _ in range(3):
        simulation.scheduler.at(simulation.random.uniform(0, 13 * DAY), lambda: ticks(simulation))


# --- visitors and readers ---


def claims(simulation: Simulation, delay: float, address: str, *, newsletter: bool) -> None:
    """Fills in the form."""
    simulation.person(address)
    asks(
        simulation,
        delay,
        f"claim {address}",
        lambda world: claim_voucher(world, asked(email=address, newsletter=newsletter), "192.0.2.7"),
    )


def last_visitor(simulation: Simulation) -> None:
    """Somebody who comes when nothing fails any more: they must not wait."""
    claims(simulation, 1000.0 + 17 * simulation.random.random(), LATE, newsletter=False)


def reads(simulation: Simulation, accepted: Accepted, mail: Mail) -> None:
    """Somebody reads a mail, and does what people do."""
    random, said = simulation.random, json.loads(mail.text)
    delay = random.uniform(20, 2 * DAY)
    token = {name: url.partition("t=")[2] for name, url in said.items()}
    if "code" in said:
        simulation.codes[mail.to] = said["code"]
        tells_of_themselves(simulation, mail.to)
    if simulation.scheduler.crasher is not None:  # in a scenario everybody does what they can, soon
        delay = HOUR
    elif mail.to in BUYERS and random.random() < 0.05:
        claims(simulation, delay, mail.to, newsletter=True)  # also after a stop: only they can undo it
    if "link" in token and (random.random() < 0.8 or delay == HOUR):
        asks(simulation, min(delay, DAY), "confirm", lambda world: confirm_claim(world, token["link"]))
    if "thanks_url" in token and (random.random() < 0.5 or delay == HOUR):
        asks(simulation, delay, "thank", lambda world: write_thanks(world, token["thanks_url"], "Thank you!"))
    if token.get("stop_url") and simulation.faults.strikes(STOP, 0.12):
        asks(simulation, delay, "stop", lambda world: stop(world, token["stop_url"]))


def tells_of_themselves(simulation: Simulation, address: str) -> None:
    """Whoever has their voucher tells a day of theirs, and perhaps another, of which they then want to hear nothing."""
    random, now = simulation.random, simulation.scheduler.now()
    scripted = simulation.scheduler.crasher is not None
    for label in ("birthday", "anniversary")[: 2 if scripted else random.choice((0, 1, 2))]:
        day = now + timedelta(days=3 if scripted else random.randint(2, 12))
        date = Fact("date", label, f"{day:--%m-%d}", "stated", now, "preference page", "newsletter")
        asks(simulation, HOUR, "tell", lambda world, told=date: record_fact(world, address, told))  # type: ignore[misc]
        if label == "anniversary":
            never = Fact("never", label, "yes", "stated", now + timedelta(hours=2), "preference page", "newsletter")
            asks(simulation, 2 * HOUR, "tell", lambda world, told=never: record_fact(world, address, told))  # type: ignore[misc]


def stops(simulation: Simulation, delay: float, address: str) -> None:
    """By a link in an older mail."""
    token = simulation.links.make("stop", simulation.person(address), "all", None)
    asks(simulation, delay, "stop", lambda world: stop(world, token))


# --- the storefront ---


def buys(simulation: Simulation, delay: float, number: str, buyer: str, recipient: str, *, quickly: bool = False) -> None:
    """An order and what becomes of it, each told more than once if it must, in any order."""
    random = simulation.random
    bought = Bought(f"sim:{number}", buyer, recipient)
    simulation.orders[number] = bought
    for address in filter(None, (buyer, recipient)):
        simulation.person(address)
    placed, sent = delay, delay + random.uniform(HOUR, 2 * HOUR if quickly else DAY)
    arrived = sent + random.uniform(HOUR, 4 * HOUR if quickly else 2 * DAY)
    for topic, at in {"placed": placed, "sent": sent, "arrived": arrived}.items():
        simulation.scheduler.at(at, partial(_happens, simulation, number, topic))
    if simulation.faults.strikes(CANCEL, 0.2):
        simulation.scheduler.at(placed + 1, lambda: simulation.when_busy.append(partial(_is_cancelled, simulation, number)))


def _is_cancelled(simulation: Simulation, number: str, delay: float) -> None:
    simulation.scheduler.at(delay, lambda: _happens(simulation, number, "off"))


def _happens(simulation: Simulation, number: str, topic: str) -> None:
    bought, now = simulation.orders[number], simulation.scheduler.now()
    bought.cancelled = bought.cancelled or topic == "off"
    bought.told[topic] = _learnt(simulation, number, bought, topic, now)
    repeats = simulation.random.choice((1, 1, 2))
    for _ in range(repeats):
        tells(simulation, number, topic, simulation.random.choice((0.0, simulation.random.uniform(0, 2 * HOUR))))


def _learnt(simulation: Simulation, number: str, bought: Bought, topic: str, now: datetime) -> Learnt:
    parcel = _parcel(bought, topic, now)
    view = View(
        seen_at=now,
        placed_at=bought.told["placed"].view.placed_at if "placed" in bought.told else now,  # type: ignore[union-attr]
        number=f"#{number}",
        total=Money(4800, "GBP"),
        buyer=Buyer("A Buyer", bought.buyer, bought.buyer, "GB"),
        lines=(Line("Sea-glass stud earrings", 1, 4800),),
        codes=tuple(filter(None, (simulation.codes.get(bought.buyer),))),
        cancelled_at=now if topic == "off" else None,
    )
    gift = Gift("A Recipient", bought.recipient, bought.recipient, "GB") if bought.recipient else None
    return Learnt("sim", number, None if parcel else view, None if parcel else signs_of(gift), (parcel,) if parcel else ())


def _parcel(bought: Bought, topic: str, now: datetime) -> Parcel | None:
    if topic not in ("sent", "arrived"):
        return None
    sent_at = bought.told["sent"].parcels[0].dispatched_at if topic == "arrived" else now
    return Parcel("1", now, sent_at, now if topic == "arrived" else None, tracking="T1")


def tells(simulation: Simulation, number: str, topic: str, delay: float) -> None:
    """Posts the event, until it is answered with 200."""
    raw = msgspec.json.encode(simulation.orders[number].told[topic])
    headers = {"topic": topic, "id": f"{number}-{topic}"}
    asks(simulation, delay, f"webhook {number} {topic}", lambda world: receive_webhook(world, "sim", headers, raw))


# --- the workers and the clock ---


def works(simulation: Simulation, task: Task, queue: str, body: dict[str, Any]) -> None:
    """A worker takes a message from a queue."""
    from tests.simulation.run import SimWorld

    _jumps(simulation, task, 0.02)
    handle(SimWorld(simulation, task, newer=_is_newer(simulation)), queue, body)
    if queue == EVENTS and (event := read(body)) is not None:
        simulation.events_heard(event.follow_up_id)


def ticks(simulation: Simulation) -> None:
    """The minute has come: one worker ticks, or two that know nothing of each other."""
    from tests.simulation.run import SimWorld

    def act(task: Task) -> None:
        _jumps(simulation, task, 0.2 if two else 0.02)
        tick(SimWorld(simulation, task, newer=_is_newer(simulation)))

    two = simulation.faults.strikes(TWO_WORKERS, 0.15)
    for n in range(2 if two else 1):
        later = simulation.random.choice((0.2, 3.0)) if n else 0.2
        simulation.scheduler.spawn(simulation.random.uniform(0, later), "tick", act, failed=lambda _: None)


def _is_newer(simulation: Simulation) -> bool:
    return simulation.versions and simulation.faults.strikes(TWO_VERSIONS, 0.5)


def _jumps(simulation: Simulation, task: Task, chance: float) -> None:
    if simulation.faults.strikes(CLOCK_JUMP, chance):
        by = simulation.random.choice((-3600, 3600))

        def jump() -> None:
            task.skew += by

        if simulation.random.random() < 0.5:
            jump()
        else:
            simulation.scheduler.at(simulation.random.uniform(0.05, 3), jump)


def stops_meanwhile(simulation: Simulation, within: float) -> None:
    """Of those whose mail is on its way just now, one says stop."""
    under_way = [
        str(item["person"])
        for item in simulation.items("F#")
        if item["state"] == "sending" and item["message_class"] != "service"
    ]
    if under_way and simulation.faults.strikes(STOP, 0.5):
        address = simulation.people[simulation.random.choice(under_way)]
        stops(simulation, simulation.random.uniform(0, within), address)


def ticks_ahead_of_time(simulation: Simulation, within: float) -> None:
    """Others tick, whose clocks run an hour ahead: they take whoever is at work for dead."""
    from tests.simulation.run import SimWorld

    def act(task: Task) -> None:
        task.skew = 3600
        tick(SimWorld(simulation, task))

    if simulation.faults.strikes(CLOCK_JUMP, 0.1):
        for _ in range(3):
            simulation.scheduler.spawn(simulation.random.uniform(0, within), "tick", act, failed=lambda _: None)


# --- the owner ---


def pauses(simulation: Simulation, delay: float, length: float) -> None:
    """All of it, for some hours."""
    asks(simulation, delay, "pause", pause)
    asks(simulation, delay + length, "resume", resume)


def owner_looks(simulation: Simulation, every: float) -> None:
    """The owner settles what is unsure, having asked the person whether they got it; or leaves it, and does not want to know."""

    def look() -> None:
        for item in simulation.items("F#"):
            if item["state"] == "unsure" and str(item["authorised_at"]) < simulation.scheduler.stamp(-every / 2):
                id_ = str(item["id"])
                got_it = any(one.id == id_ for one in simulation.accepted)
                how: How = simulation.random.choice(("sent", "leave") if got_it else ("again", "leave"))
                simulation.faults.happened[SETTLE] += 1
                asks(simulation, 1.0, "settle", partial(settle, id_=id_, how=how))
        simulation.scheduler.at(every, look)

    simulation.scheduler.at(every, look)


def restores(simulation: Simulation, at: float, age: float) -> None:
    """The table is lost at some time, and put back as it was a while before."""
    kept: list[bytes] = []
    table = simulation.store.sqlite
    simulation.scheduler.at(max(0.0, at - age), lambda: kept.append(table._db.serialize()))

    def put_back() -> None:
        simulation.scheduler.note("the table is put back", timedelta(seconds=min(age, at)))
        simulation.scheduler.kill_all()
        table._db.deserialize(kept[0])
        table.redraw_identity()
        simulation.watch.put_back()
        simulation.store.lately.clear()
        asks(simulation, simulation.random.uniform(60, HOUR), "restore", lambda world: restore(world, check=False))
        for number, bought in simulation.orders.items():  # the owner has the storefront send again what it sent
            for topic in bought.told:
                tells(simulation, number, topic, simulation.random.uniform(HOUR, 4 * HOUR))
        asks(
            simulation, simulation.random.uniform(5 * HOUR, 9 * HOUR), "resume", resume
        )  # it may have been copied during a pause
        simulation.tick_at(simulation.scheduler.stamp())

    simulation.scheduler.at(at, put_back)
