"""What must hold: after every write and every accepted mail, and at the end. Told in the order of docs/sending.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import instant
from chalicelib.domain.merging import judged, merge
from chalicelib.domain.order import Order, is_off
from chalicelib.domain.planning import wanted
from chalicelib.domain.playbook import BUYER, RECIPIENT
from chalicelib.domain.standing import MARKETING, SERVICE
from chalicelib.stores import follow_ups, gate, orders
from chalicelib.table import Item
from tests.simulation.actors import LATE
from tests.simulation.ports import Accepted, Change
from tests.simulation.scheduler import Task

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

# said here anew, not taken from the production code: what is measured must not be the measure
W2_SECONDS = 10.0 + 12.0
"""Fence, and the mailer's own limits."""

A_DAY, AN_HOUR = timedelta(hours=24), timedelta(hours=1)
CAP_DAYS = timedelta(days=30)
SKEW = timedelta(hours=1)
"""How far a clock may be off here."""

PROMPT_SECONDS = 30.0
TWO_TICKS = timedelta(minutes=2)


class Violation(Struct):
    """What did not hold, at which step, and the facts."""

    rule: str
    step: int
    facts: str


class Watch:
    """`windows`: how often a mail went out twice inside W1, where nobody can know."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.violations: list[Violation] = []
        self.windows = 0
        self._planned = 0
        self._stopped: dict[str, float] = {}
        self._authorised: dict[str, list[float]] = defaultdict(list)
        self._heard: dict[str, dict[str, float]] = defaultdict(dict)
        self._closed: set[str] = set()
        self._restored = False
        self._late_is_held = False

    def wrong(self, rule: str, /, **facts: object) -> None:
        """Notes a violation."""
        step = self._simulation.scheduler.steps
        self._simulation.scheduler.note("VIOLATION", rule, facts)
        self.violations.append(Violation(rule, step, ", ".join(f"{name}={fact}" for name, fact in facts.items())))

    def put_back(self) -> None:
        """The table is an older one from here on: what it counts and shows starts from there."""
        self._restored = True
        self._planned = len(self._simulation.items("F#"))
        vouchers = {str(item["code"]) for item in self._simulation.items("VOUCHER")}
        self._simulation.codes = {to: code for to, code in self._simulation.codes.items() if code in vouchers}

    # --- after every write ---

    def changed(self, task: Task, changes: list[Change]) -> None:
        """What a process has just written."""
        for change in changes:
            sort = change.key[1]
            if sort.startswith("F#"):
                self._follow_up(task, change, changes)
            elif sort == "STANDING":
                self._standing(task, change)
            elif sort == "VOUCHER":
                self._voucher(change)
            elif sort.startswith("OFFER#") and change.before is not None:
                self.wrong("a voucher is issued once per person and offer", key=change.key)
            elif sort == "GATE":
                self._gate(change, changes)

    def _follow_up(self, task: Task, change: Change, changes: list[Change]) -> None:
        before, after = change.before, change.after
        if after is None:
            self.wrong("nothing that was planned is deleted", id=before and before["id"])
            return
        old, new = str(before["state"]) if before else "", str(after["state"])
        if before is None:
            self._planned += 1
            if new not in (fu.PLANNED, *((fu.UNSURE,) if task.name == "restore" else ())):
                self.wrong("a follow-up begins as planned", id=after["id"], state=new)
        elif old != new and not _may_move(old, new, task):
            self.wrong("states move only as the table allows", id=after["id"], move=f"{old} → {new}", by=task.name)
        if new == fu.SENDING and old != new:
            self._is_authorised(task, after, changes)
        if (
            old == fu.UNSURE
            and new == fu.PLANNED
            and before is not None
            and not before.get("tried_again")
            and after.get("tried_again")
        ):
            self._goes_once_more(before)
        if new == fu.HELD and str(after["person"]) == self._simulation.person(LATE):
            self._late_is_held = True
        if new == fu.HELD and not self._restored:
            self._is_held(after)
        if new in fu.OPEN and not after.get("due_pk"):
            self.wrong("what is open is looked at again", id=after["id"], state=new)

    def _goes_once_more(self, item: Item) -> None:
        simulation = self._simulation
        since = (instant(str(item["authorised_at"])) - simulation.scheduler.began).total_seconds()
        if simulation.scheduler.time < since + (A_DAY - SKEW).total_seconds():
            self.wrong("nothing goes once more within a day", id=item["id"])
        if item["message_class"] != SERVICE:
            self.wrong("only service mail goes once more by itself", id=item["id"])
        if not any(one.heard is not None and one.at > since - SKEW.total_seconds() for one in simulation.accepted):
            self.wrong("nothing goes once more unless events are known to flow", id=item["id"])

    def _is_held(self, item: Item) -> None:
        reason = item["reason"]
        if isinstance(reason, dict) and reason["kind"] == "cap":
            heard = self._heard[str(item["person"])]
            if len(heard) < self._simulation.shop.manners.cap:
                self.wrong("a retry counts once in the cap", id=item["id"], heard=len(heard))

    def _is_authorised(self, task: Task, item: Item, changes: list[Change]) -> None:
        simulation, table = self._simulation, self._simulation.store.sqlite
        id_, person, message_class = str(item["id"]), str(item["person"]), str(item["message_class"])
        standing = table.get((f"P#{person}", "STANDING")) or {}
        opened = table.get(gate.key(str(item["due_pk"]).split("#")[1])) or {}
        selling = message_class != SERVICE
        broken = {
            "only the live table sends": simulation.live != table.identity(),
            "paused means no authorisation": "paused_at" in opened,
            "whoever authorises holds the lease": opened.get("leased_by") != task.worker,
            "what is authorised is in the journal": not any(line.follow_up == id_ for line in simulation.journal),
            "nothing is authorised after a stop": selling and (person in self._stopped or "stopped_at" in standing),
            "no courtesy after an objection": selling and standing.get("unreachable_why") == "complained",
            "a recipient gets one note, ever": item["role"] == RECIPIENT and standing.get("noted") != id_,
        }
        for rule in (rule for rule, is_broken in broken.items() if is_broken):
            self.wrong(rule, id=id_)
        if message_class == MARKETING:
            self._has_consent(id_, person, standing)
        if selling:
            self._is_within_cap(id_, person, changes)
        self._authorised[id_].append(simulation.scheduler.time)

    def _is_within_cap(self, id_: str, person: str, changes: list[Change]) -> None:
        now = self._simulation.scheduler.time
        self._heard[person].setdefault(id_, now)
        lately = [at for at in self._heard[person].values() if at > now - CAP_DAYS.total_seconds()]
        if len(lately) > self._simulation.shop.manners.cap:
            self.wrong("the cap holds, retries included", id=id_, heard=len(lately))
        if not any(one.key == (f"P#{person}", "STANDING") for one in changes):
            self.wrong("the cap list is part of the authorisation", id=id_)

    def _has_consent(self, id_: str, person: str, standing: Item) -> None:
        ledger = self._simulation.store.sqlite.query(
            f"P#{person}", low="CONSENT#newsletter#e-mail#", high="CONSENT#newsletter#e-mail#~"
        ).items
        consents = standing.get("consents")
        given = [line for line in ledger if line.get("wording")]
        if not (isinstance(consents, dict) and "newsletter/e-mail" in consents and given):
            self.wrong("no selling without a consent in force whose wording exists", id=id_)

    def _standing(self, task: Task, change: Change) -> None:
        before, after = change.before or {}, change.after or {}
        person = change.key[0].removeprefix("P#")
        if "stopped_at" in after and "stopped_at" not in before:
            self._stopped.setdefault(person, self._simulation.scheduler.time)
        if "stopped_at" in before and "stopped_at" not in after:
            consents, were = after.get("consents"), before.get("consents")
            if task.name != "confirm" or not isinstance(consents, dict) or consents == were:
                self.wrong("a stop is undone only by the person", person=person, by=task.name)
            self._stopped.pop(person, None)
        if after.get("unreachable_at"):
            self._closed.add(person)

    def _voucher(self, change: Change) -> None:
        before, after = change.before or {}, change.after or {}
        if before.get("redeemed_by") not in (None, after.get("redeemed_by")):
            self.wrong("a voucher is redeemed by one order", key=change.key)

    def _gate(self, change: Change, changes: list[Change]) -> None:
        before, after = change.before or {}, change.after or {}
        for name in after:
            was, used = before.get(name, 0), after[name]
            if not name.startswith("used_") or used == was or not (isinstance(used, int) and isinstance(was, int)):
                continue
            sending = [one.after for one in changes if one.after and one.after.get("state") == fu.SENDING]
            counted = any(item["message_class"] != SERVICE for item in sending)
            if sending and used - was != len(sending):
                self.wrong("every authorised mail counts against the day", counted=used - was, authorised=len(sending))
            if counted and used > self._simulation.share():
                self.wrong("the daily budget holds", used=used)

    # --- after every accepted mail ---

    def mail_accepted(self, task: Task, accepted: Accepted) -> None:
        """What the mail service has just taken."""
        simulation = self._simulation
        found = follow_ups.load_many(simulation.store.sqlite, [accepted.id]).get(accepted.id)
        if accepted.id not in self._authorised:
            self.wrong("nothing goes out that was not authorised", id=accepted.id)
        earlier = [one for one in simulation.accepted if one is not accepted and self._same(one, accepted)]
        if earlier:
            self._twice(earlier, accepted)
        if found is None or found.message_class == SERVICE:
            return
        stopped = self._stopped.get(found.person)
        if stopped is not None and accepted.at > stopped + W2_SECONDS + task.frozen:
            self.wrong("nothing is accepted later than W2 after a stop", id=accepted.id, seconds=round(accepted.at - stopped, 1))
        if found.role == RECIPIENT:
            notes = {one.id for one in simulation.accepted if one.to == accepted.to and one.kind == "gift-note"}
            if len(notes) > 1:
                self.wrong("a recipient gets one note, ever", to=accepted.to, notes=notes)

    def _same(self, one: Accepted, other: Accepted) -> bool:
        if one.id == other.id:
            return True
        table = self._simulation.store.sqlite
        found = follow_ups.load_many(table, [one.id, other.id])
        pair = [found.get(one.id), found.get(other.id)]
        what = [
            (each.rule, each.person, each.anchor)
            for each in pair
            if each is not None and each.role not in ("claimant", "contact")
        ]
        return len(what) == 2 and what[0] == what[1]

    def _twice(self, earlier: list[Accepted], now: Accepted) -> None:
        first = earlier[0]
        found = follow_ups.load_many(self._simulation.store.sqlite, [now.id]).get(now.id)
        a_day_passed = now.at - first.at > (A_DAY - SKEW).total_seconds()
        in_doubt = first.heard is None or first.heard > now.at
        if (
            len(earlier) == 1
            and found is not None
            and found.message_class == SERVICE
            and found.tried_again
            and a_day_passed
            and in_doubt
        ):
            self.windows += 1
        else:
            self.wrong("at most one acceptance outside W1", id=now.id, first=round(first.at), again=round(now.at))

    # --- at the end ---

    def ended(self) -> None:
        """When nothing has failed for a long while."""
        items = self._simulation.items("F#")
        if len(items) != self._planned:
            self.wrong("states add up to what was planned", planned=self._planned, found=len(items))
        took = Counter(one.id for one in self._simulation.accepted)
        for item in items:
            self._ended_well(item, took[str(item["id"])])
        for number in self._simulation.orders:
            self._order(number)
        self._prompt()

    def _ended_well(self, item: Item, took: int) -> None:
        now = self._simulation.scheduler.now()
        id_, state = str(item["id"]), str(item["state"])
        reason = item["reason"]
        kind = str(reason["kind"]) if isinstance(reason, dict) else ""
        look_at = instant(str(item["look_at"]))
        if state == fu.SENT and not took:
            self.wrong("what shows as sent was accepted", id=id_, reason=kind)
        if state in (fu.PLANNED, fu.HELD) and look_at < now - TWO_TICKS:
            self.wrong("none is silently lost", id=id_, state=state, since=item["look_at"])
        if state == fu.SENDING:
            self.wrong("none is silently lost", id=id_, state=state)
        if state == fu.UNSURE and look_at < now - TWO_TICKS:
            self.wrong("none is silently lost", id=id_, state=state)
        owed = item["message_class"] == SERVICE and not item.get("tried_again")
        if state == fu.UNSURE and owed and instant(str(item["authorised_at"])) < now - A_DAY - AN_HOUR - SKEW - TWO_TICKS:
            self.wrong("service mail is not unsure for more than a day", id=id_)
        if took and state in (fu.PLANNED, fu.HELD, fu.CANCELLED, fu.EXPIRED, fu.HANDED_OVER) and not item.get("tried_again"):
            self.wrong("what was accepted shows as sent, or in doubt", id=id_, state=state, reason=kind)
        if state in (fu.CANCELLED, fu.EXPIRED, fu.HANDED_OVER, fu.FAILED):
            self._ended_rightly(item, state, kind)

    def _ended_rightly(self, item: Item, state: str, kind: str) -> None:
        """A reason to end without being sent must be a true one."""
        person, id_ = str(item["person"]), str(item["id"])
        number = str(item["anchor"]).removeprefix("sim:")
        bought = self._simulation.orders.get(number)
        untrue = {
            "order-off": bought is not None and not bought.cancelled,
            "precondition-gone": bought is not None and not bought.cancelled and item["rule"] != "on-its-way",
            "unreachable": person not in self._closed,
            "rule-gone": True,
            "never": True,
            "no-consent": item["message_class"] != MARKETING,
            "already-noted": item["role"] != RECIPIENT,
        }
        if untrue.get(kind, False):
            self.wrong("what ends unsent ends for a true reason", id=id_, state=state, reason=kind, rule=item["rule"])
        expires = item.get("expires_at")
        if kind == "expired" and expires is not None and instant(str(expires)) > self._simulation.scheduler.now() + SKEW:
            self.wrong("nothing expires before its time", id=id_)

    def _order(self, number: str) -> None:
        bought = self._simulation.orders[number]
        events = list(bought.told.values())
        if not events:
            return
        key = orders.key(bought.key)
        item = self._simulation.store.sqlite.get(key)
        if item is None:
            self.wrong("what the storefront told is known", order=number)
            return
        order = orders.load(item, bought.key)
        merged = Order(bought.key)
        for event in events:
            merged = merge(merged, event, judged(event, self._simulation.shop.gifts))
        if (order.view, order.parcels, order.cancelled_at, order.is_gift) != (
            merged.view,
            merged.parcels,
            merged.cancelled_at,
            merged.is_gift,
        ):
            self.wrong("an order's events commute", order=number)
        if is_off(order):
            return
        simulation = self._simulation
        due = wanted(order, None, simulation.playbook, simulation.shop, simulation.person, simulation.scheduler.now())
        there = {str(found["id"]) for found in simulation.items("F#")}
        for one in due:
            if one.role == BUYER and one.id not in there and one.rule != "on-its-way":
                self.wrong("what an order calls for is planned", order=number, rule=one.rule)

    def _prompt(self) -> None:
        """Whoever comes when nothing fails does not wait for the clock."""
        person = self._simulation.person(LATE)
        claimed = [item for item in self._simulation.items("F#") if item["person"] == person]
        took = [one.at for one in self._simulation.accepted if one.to == LATE]
        asked_at = [instant(str(item["created_at"])) for item in claimed]
        if self._late_is_held or not claimed:  # by the owner's pause
            return
        began = (min(asked_at) - self._simulation.scheduler.began).total_seconds()
        if not took or min(took) > began + PROMPT_SECONDS:
            self.wrong("who asks is answered at once", after=round(min(took) - began, 1) if took else "never")


def _may_move(old: str, new: str, task: Task) -> bool:
    if new in fu.NEXT[old]:
        return True
    if old == fu.CANCELLED and new == fu.PLANNED:
        return task.name in ("worker webhooks", "tick")  # an order that stands again; what its trigger finds again
    return task.name == "restore" and new == fu.UNSURE
