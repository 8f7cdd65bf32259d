"""The year itself: people do what they do, the engine does what it does about it, and they answer their mail or not, by the same seed."""

from __future__ import annotations

import heapq
import itertools
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import structs

from chalicelib.adapters.local.rehearsal import MovedClock, NoMailer, Rehearsal
from chalicelib.domain.claim import Asked
from chalicelib.domain.consent import EMAIL, consent_key, consent_of
from chalicelib.domain.consent import NEWSLETTER as LETTERS
from chalicelib.domain.customer import ConsentSaid
from chalicelib.domain.delivery import BOUNCED, COMPLAINED, DeliveryEvent
from chalicelib.domain.fact import Fact
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.forecast import Forecast, forecast
from chalicelib.domain.gift import Label, Signs
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import EXPECTATION, answer_of
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Line, Parcel, Refund, View
from chalicelib.domain.task import Outcome, Task
from chalicelib.errors import CourtesyError
from chalicelib.ports import Mail
from chalicelib.stores import follow_ups, tasks
from chalicelib.usecases.answer_expectation import answer_expectation
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.close_inquiry import Outcome as Closed
from chalicelib.usecases.close_inquiry import close_inquiry
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.confirm_consent import confirm_consent
from chalicelib.usecases.end_occasion import end_occasion
from chalicelib.usecases.finish_task import finish_task
from chalicelib.usecases.list_inquiries import list_inquiries
from chalicelib.usecases.live_through import next_instant, settle
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.record_delivery import record_delivery
from chalicelib.usecases.record_fact import record_fact
from chalicelib.usecases.say_welcome import say_welcome
from chalicelib.usecases.stop import stop
from chalicelib.usecases.take_consent import take_consent
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.write_thanks import write_thanks
from courtesy.forecast import drain, move, seen
from tests.demo_year.ledger import FOREVER, ByHand, Got, Ledger
from tests.demo_year.people import Placed, Somebody, draw, placed
from tests.support.world import TestWorld

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
"""A Monday."""

NEWSLETTER = consent_key(LETTERS, EMAIL)
HUSH = timedelta(days=7)

T = TypeVar("T")

_LINK = re.compile(r"/api/([a-z]+)\?t=([A-Za-z0-9_.-]+)")


class PostOffice(NoMailer):
    """Takes everything, and hands it to whom it is for."""

    def __init__(self, clock: MovedClock, deliver: Callable[[str, Mail], None]) -> None:
        super().__init__(clock)
        self._deliver = deliver

    def send(self, follow_up_id: str, mail: Mail) -> str:
        self._deliver(follow_up_id, mail)
        return super().send(follow_up_id, mail)


class Year:
    """`count` people who deal with the shop for so many days, and so many more in which they are silent. `live` it, and then ask."""

    def __init__(self, count: int, days: int, seed: int, *, silent: int = 0) -> None:
        self._seed, self.days = seed, days + silent
        self._source = TestWorld(at=START, mornings=True)
        self.world = Rehearsal(self._source, forgets=True)
        self.world.mailer = PostOffice(self.world.clock, self._arrives)
        self.ledger = Ledger()
        self.people = {one.email: one for one in draw(count, START, days, seed)}
        self._ends = START + timedelta(days=self.days)
        self._order = itertools.count(1)
        self._to_come: list[tuple[datetime, int, Callable[[], object]]] = []
        self._mails: Counter[tuple[str, str]] = Counter()
        self._asked: dict[str, tuple[str, ...]] = {}
        self._codes: dict[str, str] = {}
        self._handed_over: set[str] = set()

    def close(self) -> None:
        """Done with it."""
        self.world.close()
        self._source.close()

    def live(self) -> None:
        """Instant by instant: what they do, and what becomes due."""
        for one in self.people.values():
            self._begin(one)
        self._at(_morning(START + timedelta(days=1)), self._owners_day)
        while True:
            due = next_instant(self.world)
            coming = self._to_come[0][0] if self._to_come else self._ends
            now = min(coming, due or coming, self._ends)
            move(self.world, now)
            while self._to_come and self._to_come[0][0] <= now:
                heapq.heappop(self._to_come)[2]()
            settle(self.world, lambda: drain(self.world))
            if now >= self._ends:
                break

    def numbers(self) -> Forecast:
        """Rule by rule."""
        return forecast(seen(self.world, START, self.days, ()), self.world.playbook, self.world.shop)

    def follow_ups(self) -> Sequence[FollowUp]:
        """All that there are at its end."""
        return seen(self.world, START, self.days, ()).after

    def _at(self, at: datetime, do: Callable[[], object]) -> None:
        if at <= self._ends:
            heapq.heappush(self._to_come, (max(at, self.world.clock.now()), next(self._order), do))

    def _later(self, do: Callable[[], object], **by: float) -> None:
        self._at(self.world.clock.now() + timedelta(**by), do)

    def _now(self) -> datetime:
        return self.world.clock.now()

    # --- what they do by themselves ---

    def _begin(self, one: Somebody) -> None:
        if one.claims_at is not None:
            self._at(one.claims_at, lambda: self._claims(one))
        if one.said is not None:
            said, at = one.said
            self._at(at, lambda: self._tells_storefront(one, said))
        if one.agrees:
            self._at(one.agrees_at, lambda: self._agrees(one))
        for told in one.states:
            fact = Fact(told.kind, told.about, told.value, "stated", told.at, "at the counter", told.purpose)
            self._at(told.at, lambda fact=fact: _try(lambda: record_fact(self.world, one.email, fact)))  # type: ignore[misc]
        for n, order in enumerate(one.orders):
            self._at(order.at, lambda n=n, order=order: self._orders(one, order, f"{one.number}-{n}"))  # type: ignore[misc]

    def _claims(self, one: Somebody) -> None:
        asked = Asked(one.name, parse_address(one.email), newsletter=1 if one.newsletter else 0)
        self._became_customer(one.email)
        claim_voucher(self.world, asked, f"10.{one.number >> 8 & 255}.{one.number & 255}.7")

    def _tells_storefront(self, one: Somebody, said: str) -> None:
        now = self._now()
        told = ConsentSaid(
            "shopify", "yes" if said == "yes" else "no", one.email, one.email, at=now, confirmed=True, name=one.name
        )
        taken = take_consent(self.world, told)
        if said == "no":
            self.ledger.stopped[one.email].append(now)
        elif taken == "taken":
            self._became_customer(one.email)
            self._have_agreed(one.email, [NEWSLETTER])

    def _agrees(self, one: Somebody) -> None:
        """By e-mail it counts once they have clicked; where they had said stop before, nobody takes it down."""
        self._became_customer(one.email)
        wanted = [consent_key(*both) for both in one.agrees]
        done = _try(lambda: record_consent(self.world, one.email, wanted, source="at the counter", name=one.name))
        if done is not None:
            self._have_agreed(one.email, done.given)
            self._asked[one.email] = done.asked

    def _have_agreed(self, who: str, keys: Iterable[str]) -> None:
        self.ledger.agreed[who] += [(self._now(), *consent_of(key)) for key in keys]

    def _became_customer(self, who: str) -> None:
        self.ledger.customers.setdefault(who, self._now())

    def _orders(self, one: Somebody, order: Placed, number: str) -> None:
        now = self._now()
        view = View(
            seen_at=now,
            placed_at=now,
            number=f"#{number}",
            total=Money(sum(price for _, _, price, _ in order.things), "GBP"),
            buyer=Buyer(one.name, one.email, one.email, one.country, region=one.region),
            lines=tuple(
                Line(title, 1, price, id=str(n), sku=sku, options=(("Size", size),) if size else ())
                for n, (title, sku, price, size) in enumerate(order.things)
            ),
            codes=(self._codes.pop(one.email),)
            if one.email in self._codes and self._chance(one.email, number).random() < 0.5
            else (),
            test=order.fate == "test",
        )
        take_order(self.world, Learnt("shopify", number, view, self._signs(one, order, number)))
        if order.fate != "test":
            self._became_customer(one.email)
            self.ledger.homes.setdefault(one.email, (now, one.country, one.zone))
            self.ledger.ordered[one.email].append(now)
        self._goes_on(one, order, view, number)

    def _signs(self, one: Somebody, order: Placed, number: str) -> Signs:
        if order.gift_to is None:
            return Signs(parcel=Label(one.name, one.country, (f"{one.number} Fore Street",)))
        name, email, country = order.gift_to
        if email:
            self.ledger.recipients.add(email)
            self.ledger.parcels[f"shopify:{number}"] = (country, _zone_of(country))
        said = (("Gift", "Yes"), ("Recipient name", name), ("Recipient email", email))
        return Signs(tuple(pair for pair in said if pair[1]), parcel=Label(name, country, (f"{name} House",)))

    def _goes_on(self, one: Somebody, order: Placed, view: View, number: str) -> None:
        sent, there = order.days
        if order.fate == "cancelled":
            self._later(lambda: self._is_cancelled(one, view, number), hours=30)
            return
        self._later(lambda: self._is_sent(number, delivered=False), days=sent)
        if order.fate != "lost":
            self._later(lambda: self._is_sent(number, delivered=True), days=sent + there)
        if order.fate in ("refunded", "sent back"):
            whole = order.fate == "refunded"
            self._later(lambda: self._goes_back(one, view, number, whole=whole), days=sent + there + (6 if whole else 22))

    def _is_cancelled(self, one: Somebody, view: View, number: str) -> None:
        now = self._now()
        take_order(self.world, Learnt("shopify", number, structs.replace(view, seen_at=now, cancelled_at=now), Signs()))
        with suppress(ValueError):
            self.ledger.ordered[one.email].remove(view.placed_at)

    def _is_sent(self, number: str, *, delivered: bool) -> None:
        now = self._now()
        parcel = Parcel(
            "1", now, None if delivered else now, now if delivered else None, carrier="Royal Mail", tracking=f"JD{number}"
        )
        take_order(self.world, Learnt("shopify", number, parcels=(parcel,)))

    def _goes_back(self, one: Somebody, view: View, number: str, *, whole: bool) -> None:
        now, first = self._now(), view.lines[0]
        amount = view.total if whole or len(view.lines) == 1 else Money(first.price, "GBP")
        take_order(self.world, Learnt("shopify", number, refunds=(Refund("1", now, amount, {first.id: 1}),)))
        self.ledger.unhappy[one.email].append([now, now + HUSH])
        if amount == view.total:
            with suppress(ValueError):
                self.ledger.ordered[one.email].remove(view.placed_at)

    # --- what they do about their mail ---

    def _chance(self, *about: object) -> random.Random:
        return random.Random("/".join(map(str, (self._seed, *about))))

    def _arrives(self, follow_up_id: str, mail: Mail) -> None:
        one = follow_ups.load_many(self.world.table, [follow_up_id])[follow_up_id]
        extra = tuple(sorted(one.extra.items()))
        self.ledger.mails.append(Got(self._now(), mail.to, mail.stream, one.rule, one.anchor, extra))
        self._mails[mail.to, one.rule] += 1
        chance = self._chance(mail.to, one.rule, self._mails[mail.to, one.rule])
        somebody = self.people.get(mail.to)
        if self._fails(one, mail, somebody, chance):
            return
        links: dict[str, list[str]] = {}
        for what, token in _LINK.findall(mail.text):
            links.setdefault(what, []).append(token)
        stop_token = dict(mail.headers).get("List-Unsubscribe", "").partition("?t=")[2].rstrip(">")
        if stop_token and chance.random() < 0.02:
            self._later(lambda: self._stops(mail.to, stop_token), hours=chance.randrange(1, 60))
        self._answers(one, mail, links, somebody, chance)

    def _fails(self, one: FollowUp, mail: Mail, somebody: Somebody | None, chance: random.Random) -> bool:
        why = ""
        if somebody is not None and somebody.bounces is not None and somebody.bounces <= self._now():
            why = BOUNCED
        elif mail.stream != "service" and chance.random() < 0.004:
            why = COMPLAINED
        if why:
            self._later(lambda: self._comes_back(one.id, mail.to, why), minutes=chance.randrange(1, 300))
        return bool(why)

    def _comes_back(self, id_: str, who: str, why: str) -> None:
        now = self._now()
        record_delivery(self.world, DeliveryEvent(why, id_, "", now, permanent=True))
        if self.ledger.unreachable.get(who, (now, ""))[1] != COMPLAINED:
            self.ledger.unreachable[who] = (self.ledger.unreachable.get(who, (now, ""))[0], why)

    def _stops(self, who: str, token: str) -> None:
        stop(self.world, token)
        self.ledger.stopped[who].append(self._now())

    def _answers(
        self, one: FollowUp, mail: Mail, links: dict[str, list[str]], somebody: Somebody | None, chance: random.Random
    ) -> None:
        lot, hours = chance.random(), chance.randrange(1, 70)
        if somebody is not None and somebody.quiet and not one.rule.startswith("confirm"):
            return
        if "confirm" in links and lot < 0.85:
            self._later(lambda: self._confirms(mail.to, links["confirm"][0]), hours=hours)
        elif "consent" in links and lot < 0.85:
            self._later(lambda: self._confirms_consent(mail.to, links["consent"][0]), hours=hours)
        elif "thanks" in links and lot < 0.25:
            self._later(lambda: self._thanks(links["thanks"][0]), hours=hours)
        elif "expectation" in links and lot < 0.5:
            self._later(
                lambda: self._answers_expectation(mail.to, links["expectation"], "no" if lot < 0.2 else "yes"), hours=hours
            )
        elif "occasion" in links and lot < 0.06:
            self._later(lambda: _try(lambda: end_occasion(self.world, links["occasion"][0])), hours=hours)
        elif "welcome" in links and lot < 0.4:
            self._later(lambda: _try(lambda: say_welcome(self.world, links["welcome"][0])), hours=hours)
        elif somebody is not None and mail.stream == "marketing" and lot < 0.12:
            number = f"{somebody.number}-m{self._mails[mail.to, one.rule]}-{one.rule}"
            order = placed(self._now(), somebody.number, len(self.people), somebody.country, chance)
            self._later(lambda: self._orders(somebody, order, number), hours=hours * 3)
        if code := one.extra.get("code"):
            self._codes[mail.to] = code

    def _confirms(self, who: str, token: str) -> None:
        confirmed = _try(lambda: confirm_claim(self.world, token))
        if confirmed is not None:
            self._is_reached(who)
            self._have_agreed(who, [NEWSLETTER] if confirmed.newsletter else [])

    def _confirms_consent(self, who: str, token: str) -> None:
        if _try(lambda: confirm_consent(self.world, token)) is not None:
            self._is_reached(who)
            self._have_agreed(who, self._asked[who])

    def _is_reached(self, who: str) -> None:
        if self.ledger.unreachable.get(who, ("", ""))[1] == BOUNCED:
            del self.ledger.unreachable[who]

    def _thanks(self, token: str) -> None:
        _try(lambda: write_thanks(self.world, token, "What a lovely surprise. Thank you!"))

    def _answers_expectation(self, who: str, tokens: Sequence[str], said: str) -> None:
        for token in tokens:
            if answer_of(self.world.links.open(token, EXPECTATION, self._now()).scope)[1] == said:
                answer_expectation(self.world, token, "The clasp does not hold." if said == "no" else "")
                if said == "no":
                    self.ledger.unhappy[who].append([self._now(), FOREVER])
                return

    # --- what the owner does ---

    def _owners_day(self) -> None:
        now = self._now()
        if now.weekday() < 5:
            self._answer_inquiries(now)
            self._work_by_hand(now)
        self._at(_morning(now + timedelta(days=1)), self._owners_day)

    def _answer_inquiries(self, now: datetime) -> None:
        for one in list_inquiries(self.world):
            chance = self._chance("inquiry", one.address, one.opened_at)
            if one.waited < chance.randrange(1, 5):
                continue
            how: Closed = "good" if chance.random() < 0.8 else "bad"
            close_inquiry(self.world, one.id, how)
            for spell in self.ledger.unhappy[one.address]:
                if spell[1] == FOREVER:
                    spell[1] = now + HUSH if how == "good" else now

    def _work_by_hand(self, now: datetime) -> None:
        known = (*self.people, *self.ledger.recipients)
        emails = {person_id(self.world.secrets.people, email): email for email in known}
        for task in tasks.open_ones(self.world.table):
            who = emails.get(task.person, task.person)
            self._note_by_hand(task, who)
            chance = self._chance("task", task.id)
            if now - task.made_at >= timedelta(days=chance.randrange(4)):
                outcome: Outcome = "posted"
                if task.kind == "call":
                    lots: Sequence[Outcome] = ("happy", "happy", "unhappy", "away", "no answer", "stop")
                    outcome = chance.choice(lots)
                finish_task(self.world, task.id, outcome, "They moved away." if outcome == "away" else "")
                if outcome == "unhappy":
                    self.ledger.unhappy[who].append([now, FOREVER])
                if outcome == "stop":
                    self.ledger.stopped[who].append(now)
                    self.ledger.never[who] = now

    def _note_by_hand(self, task: Task, who: str) -> None:
        if task.id not in self._handed_over:
            self._handed_over.add(task.id)
            rule = self.world.playbook.named(task.rule)
            channel, purpose = (rule.channel, rule.purpose) if rule is not None else ("", "")
            self.ledger.by_hand.append(ByHand(task.made_at, who, channel, task.rule, purpose))


def _try(do: Callable[[], T]) -> T | None:
    """What somebody finds who follows a link late: it has run out."""
    try:
        return do()
    except CourtesyError:
        return None


def _morning(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day, 8, 40, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


def _zone_of(country: str) -> str:
    return {"US": "America/Denver", "IE": "Europe/Dublin", "DE": "Europe/Berlin", "FR": "Europe/Paris"}.get(
        country, "Europe/London"
    )
