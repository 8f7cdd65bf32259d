"""One seed from beginning to end: a world of its own, bad luck for three fifths of its days, then peace, then the reckoning."""

from __future__ import annotations

import hashlib
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.adapters.tokens import Links
from chalicelib.adapters.zones import TzZones
from chalicelib.domain.identity import person_id
from chalicelib.domain.journal import Line
from chalicelib.domain.playbook import Playbook, Rule
from chalicelib.domain.products import Products
from chalicelib.domain.shop import daily_share
from chalicelib.ports import DUE_NOW, EVENTS, Mail, Office, Storefront
from chalicelib.stores import follow_ups
from chalicelib.table import Item
from tests.simulation import actors
from tests.simulation.faults import (
    BOUNCE,
    CLOCK_OUTAGE,
    COMPLAINT,
    DST,
    EVENT_DOUBLED,
    EVENT_LATE,
    EVENT_LOST,
    EVENT_OUTAGE,
    MAIL,
    MESSAGE_DOUBLED,
    MESSAGE_LATE,
    TRANSACT,
    WRITE,
    Faults,
)
from tests.simulation.invariants import Violation, Watch
from tests.simulation.ports import (
    PROBE,
    RATE,
    Accepted,
    SimBlob,
    SimClock,
    SimIds,
    SimJournal,
    SimMailer,
    SimQueue,
    SimRenderer,
    SimStorefront,
    SimTable,
    Store,
    envelope,
)
from tests.simulation.scheduler import Crasher, Endless, Scheduler, Task
from tests.support.world import SECRETS, demo_shop, quiet_mornings, shipped_playbook

DAY = 86400.0
DAYS = 22
PEACE = 0.6
"""Of a run, when the faults end."""

TRIES = 5
BEGINS = (
    datetime(2026, 1, 12, 7, tzinfo=UTC),
    datetime(2026, 6, 1, 15, tzinfo=UTC),
    datetime(2026, 3, 24, 21, tzinfo=UTC),  # spring skips an hour on the 29th
    datetime(2026, 10, 20, 9, tzinfo=UTC),  # autumn repeats one on the 25th
)
_SELLING = Rule(name="something", trigger="arrival", to="buyer", message_class="marketing", purpose="newsletter", after_days=4)
_GREETING = Rule(
    name="greeting", trigger="occasion", to="contact", message_class="marketing", purpose="newsletter", before_days=1
)
PLAYBOOK = Playbook((*quiet_mornings(shipped_playbook()).rules, _SELLING, _GREETING))
"""As shipped, and two that sell within the days of a run: one follows an arrival, one is found by looking at what somebody told us."""

FOR_PEOPLE = ("DUE#0#tasks", "DUE#0#inquiries", "DUE#0#failed")
"""What waits for the owner, and not for the clock."""

OWNERS = {
    "recipient_note": "e-mail",
    "claims_per_address": 50,
    "claims_per_network": 50,
    "quiet_window_days": 2,
    "undelivered_days": 3,
    "spacing_days": 1,
}
"""What differs from the shop as shipped: so that there is selling within the days of a run."""


class Outcome(Struct):
    """How a seed ended. `digest`: of its whole history; the same seed has the same."""

    seed: int
    steps: int
    crashes: int
    faults: Counter[str]
    accepted: int
    follow_ups: int
    windows: int
    violations: list[Violation]
    digest: str
    history: list[tuple[object, ...]]


class SimWorld:
    """ports.World, as one process has it."""

    playbook = PLAYBOOK
    products = Products()
    office: Office | None = None
    storefronts: Mapping[str, Storefront] = {"sim": SimStorefront()}

    def __init__(self, simulation: Simulation, task: Task, *, newer: bool = False) -> None:
        self._simulation = simulation
        self.worker = task.worker
        self.table = SimTable(simulation, task, newer=newer)
        self.queue = SimQueue(simulation, task)
        self.mailer = SimMailer(simulation, task)
        self.blob = SimBlob(simulation, task)
        self.journal = SimJournal(simulation, task)
        self.clock = SimClock(simulation.scheduler, task)
        self.ids = SimIds(simulation.scheduler)
        self.renderer = SimRenderer(simulation)
        self.zones = TzZones()
        self.links = simulation.links
        self.shop = simulation.shop
        self.secrets = msgspec.structs.replace(SECRETS, live_table=simulation.live)

    def name_live_table(self, identity: str) -> None:
        self._simulation.live = identity
        self.secrets = msgspec.structs.replace(self.secrets, live_table=identity)


class Simulation:
    """What a run is made of. `strength` of the faults, 0 for none; `crasher` for exhaustive mode."""

    def __init__(self, seed: int, *, strength: float, began: datetime, crasher: Crasher | None = None) -> None:
        self.random = Random(seed)
        self.faults = Faults(self.random, strength)
        self.scheduler = Scheduler(self.random, began, self.faults, crasher)
        self.watch = Watch(self)
        self.store = Store(self.scheduler, self._changed)
        self.live = self.store.sqlite.identity()
        self.links = Links(SECRETS)
        self.rate = self.random.choice((1.0, 3.0, RATE))
        self.journal: list[Line] = []
        self.blobs: dict[str, bytes] = {}
        self.accepted: list[Accepted] = []
        self.dead_letters: list[str] = []
        self.orders: dict[str, actors.Bought] = {}
        self.codes: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self.versions = self.random.random() < 0.3
        self.wired = self.random.random() < 0.03
        self.outage = self.standstill = (0.0, 0.0)
        """From when to when no events come, and from when to when neither clock nor hints wake a worker."""
        self.shop = demo_shop(**{**OWNERS, "daily_budget": self.random.choice((3, 6, 50))})
        self.when_busy: list[Callable[[float], None]] = []
        """What people do just when a worker is at work: each is told after how many seconds."""
        self._ticks: set[int] = set()
        self.scheduler.meanwhile = self._meanwhile

    def person(self, address: str) -> str:
        """Their id."""
        id_ = person_id(SECRETS.people, address)
        self.people[id_] = address
        return id_

    # --- the mail service ---

    def accept(self, task: Task, follow_up_id: str, mail: Mail, *, lost: bool) -> str:
        """It has the mail: from here on it goes out, and events are told of it."""
        scheduler = self.scheduler
        accepted = Accepted(follow_up_id, mail.to, mail.subject, scheduler.time, answered=not lost)
        self.accepted.append(accepted)
        scheduler.note("mail service", "accepts", follow_up_id)
        message_id = f"m{len(self.accepted)}"
        if mail.to != PROBE:
            self.watch.mail_accepted(task, accepted)
            actors.reads(self, accepted, mail)
        if not self.faults.strikes(EVENT_LOST, 0.08):
            self._tell(accepted, message_id, "Send", self.random.uniform(0.3, 20))
            kind, told = "Delivery", {}
            if mail.to != PROBE and self.faults.strikes(BOUNCE, 0.04):
                kind, told = "Bounce", {"bounceType": "Permanent"}
            elif mail.to != PROBE and self.faults.strikes(COMPLAINT, 0.03):
                kind = "Complaint"
            self._tell(accepted, message_id, kind, self.random.uniform(1, 4000), **told)
        return message_id

    def _tell(self, accepted: Accepted, message_id: str, kind: str, delay: float, **told: object) -> None:
        body = envelope(kind, message_id, accepted.id, self.scheduler.now(), **told)
        late = self.random.uniform(600, 60 * 3600) if self.faults.strikes(EVENT_LATE, 0.06) else 0.0
        began, ended = self.outage
        if began <= self.scheduler.time <= ended:
            self.faults.happened[EVENT_OUTAGE] += 1
            late = ended - self.scheduler.time
        for _ in range(2 if self.faults.strikes(EVENT_DOUBLED, 0.05) else 1):
            self.scheduler.at(delay + late, lambda: self.enqueue(EVENTS, body))

    # --- the queue ---

    def enqueue(self, queue: str, body: dict[str, Any]) -> None:
        """It will be delivered: once at least."""
        if queue == DUE_NOW and self._stands_still():
            return
        for _ in range(2 if self.faults.strikes(MESSAGE_DOUBLED, 0.05) else 1):
            late = self.random.uniform(5, 900) if self.faults.strikes(MESSAGE_LATE, 0.05) else 0.0
            self._deliver(queue, body, self.random.uniform(0.01, 0.3) + late, receives=1)

    def _deliver(self, queue: str, body: dict[str, Any], delay: float, receives: int) -> None:
        def failed(_: BaseException) -> None:
            if receives == TRIES:
                self.dead_letters.append(queue)
                self.scheduler.note("dead letter", queue)
            else:
                self._deliver(queue, body, self.random.uniform(5, 90), receives + 1)

        self.scheduler.spawn(delay, f"worker {queue}", lambda task: actors.works(self, task, queue, body), failed=failed)

    def events_heard(self, follow_up_id: str) -> None:
        """An event of it was taken in."""
        for one in self.accepted:
            if one.id == follow_up_id and one.heard is None:
                one.heard = self.scheduler.time

    def _meanwhile(self, kind: str, seconds: float) -> None:
        if kind in (TRANSACT, WRITE, MAIL):
            actors.stops_meanwhile(self, seconds)
        if kind == MAIL:
            actors.ticks_ahead_of_time(self, seconds)

    # --- the clock ---

    def _changed(self, task: Task, changes: list[Any]) -> None:
        for change in changes:
            if change.after is not None and (due := change.after.get("due_sk")) and change.after["due_pk"] not in FOR_PEOPLE:
                self.tick_at(str(due).partition("#")[0])
        self.watch.changed(task, changes)

    def tick_at(self, stamp_: str) -> None:
        """The clock's next minute after that instant (a stamp), for something is to be looked at then."""
        due = (datetime.fromisoformat(stamp_) - self.scheduler.began).total_seconds()
        minute = int(max(due, self.scheduler.time) // 60) + 1
        if minute not in self._ticks:
            self._ticks.add(minute)
            self.scheduler.at(minute * 60 - self.scheduler.time, lambda: self._tick(minute))

    def _tick(self, minute: int) -> None:
        self._ticks.discard(minute)
        if self._stands_still():
            self.scheduler.at(600, self._tick_again)
            return
        if self.when_busy and self.faults.on and self._is_due() and self.random.random() < 0.35:
            act = self.when_busy.pop(self.random.randrange(len(self.when_busy)))
            act(self.random.uniform(0, self.random.choice((0.4, 2.0, 40.0))))
        actors.ticks(self)
        self.scheduler.at(30, self._tick_again)

    def _stands_still(self) -> bool:
        began, ended = self.standstill
        if self.faults.on and began <= self.scheduler.time <= ended:
            self.faults.happened[CLOCK_OUTAGE] += 1
            return True
        return False

    def _tick_again(self) -> None:
        # what is due still, after a worker died or was refused, is looked at in the next minute
        if self._is_due():
            self.tick_at(self.scheduler.stamp())

    def _is_due(self) -> bool:
        people = ", ".join(f"'{partition}'" for partition in FOR_PEOPLE)
        ((first,),) = self.store.sqlite._read(f"select min(due_sk) from item where due_pk not in ({people})")
        return bool(first) and str(first) <= self.scheduler.stamp()

    # --- the end ---

    playbook = PLAYBOOK
    office: Office | None = None

    def share(self) -> int:
        """What a shard may send in a day."""
        return daily_share(self.shop, len(follow_ups.SHARDS))

    def items(self, prefix: str) -> list[Item]:
        """Those whose sort key begins so."""
        return [item for item in self.store.items() if str(item["sk"]).startswith(prefix)]

    def outcome(self, seed: int) -> Outcome:
        """After the reckoning."""
        history = self.scheduler.history
        return Outcome(
            seed=seed,
            steps=self.scheduler.steps,
            crashes=self.scheduler.crashes,
            faults=self.faults.happened,
            accepted=len(self.accepted),
            follow_ups=len(self.items("F#")),
            windows=self.watch.windows,
            violations=self.watch.violations,
            digest=hashlib.blake2b(repr(history).encode(), digest_size=12).hexdigest(),
            history=history,
        )

    def close(self) -> None:
        """Everything let go."""
        self.scheduler.close()
        self.store.sqlite.close()


def simulate(seed: int) -> Outcome:
    """One seed. The same seed gives the same history, to the last step."""
    chooser = Random(f"plan {seed}")
    strength = chooser.choice((0.25, 1.0, 1.0, 2.0))
    began = chooser.choice(BEGINS)
    simulation = Simulation(seed, strength=strength, began=began)
    if began.month in (3, 10):
        simulation.faults.happened[DST] += 1
    try:
        actors.cast(simulation)
        simulation.scheduler.at(DAYS * DAY * PEACE, lambda: _peace(simulation))
        try:
            simulation.scheduler.run(DAYS * DAY)
            simulation.watch.ended()
        except Endless:
            simulation.watch.wrong("a run comes to an end")
        except Exception as error:  # noqa: BLE001 - a bug like any other
            simulation.watch.wrong("nothing raises what nobody expects", error=repr(error), at=traceback.format_exc(limit=-4))
        return simulation.outcome(seed)
    finally:
        simulation.close()


def _peace(simulation: Simulation) -> None:
    simulation.scheduler.note("from here on nothing fails")
    simulation.faults.on = False
    actors.last_visitor(simulation)
