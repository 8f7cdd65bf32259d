"""`python -m bench.forecast`: a forecast of 30 days for a shop of 10,000 contacts, on a copy of its table.

The shop is made up, by a seed: a year of orders of which most are of the past, gifts among them, and consents, vouchers and planned follow-ups
as a shop of that size has them.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from bench.figures import Figure, show
from bench.sending import peak_memory
from chalicelib.adapters.local.rehearsal import Rehearsal
from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.follow_up import follow_up_id
from chalicelib.domain.gift import Label, Signs
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Line, Parcel, View
from chalicelib.domain.purchases import placed_at
from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import CAP_DAYS, Standing
from chalicelib.domain.voucher import Voucher
from chalicelib.stores import follow_ups, people, plans, vouchers
from chalicelib.table import DUE, INDEXES, Action
from chalicelib.usecases.take_order import take_order
from courtesy.forecast import foretell, live_until
from tests.factories import follow_up
from tests.support.world import NOON, TestWorld

CONTACTS, DAYS, SECONDS = 10_000, 30, 60.0
LATELY = timedelta(days=21)
CONSENTS = (
    "newsletter/e-mail",
    "voucher reminder/e-mail",
    "care/e-mail",
    "occasions/e-mail",
    "for you/e-mail",
    "offers/post",
    "offers/call",
)
COUNTRIES = ("GB",) * 7 + ("IE", "US", "DE", "FR")
THINGS = (("Sea-glass stud earrings", "EAR-SEA-001", 4800), ("Signet ring", "RING-001", 9200), ("Lambswool socks", "SOCK-GREY", 1800),
          ("Carrick locket", "LOC-CARRICK", 12500), ("Polishing cloth", "CARE-CLOTH", 600), ("Sennen bangle", "BRA-7", 7400))  # fmt: skip


def figures(contacts: int = CONTACTS, days: int = DAYS) -> Iterator[Figure]:
    """What filling the made-up shop's table took is not among them."""
    with TestWorld(at=NOON) as world:
        fill(world, contacts)
        began, cpu = time.monotonic(), time.process_time()
        with Rehearsal(world):
            yield Figure("copying the table", time.monotonic() - began, "s")
        began, cpu = time.monotonic(), time.process_time()
        made = foretell(world, days)
        yield Figure(f"{contacts:,} contacts, {days} days: CPU", time.process_time() - cpu, "s", SECONDS)
        yield Figure("the same by the clock on the wall", time.monotonic() - began, "s", SECONDS)
        yield Figure("mails in it", sum(one.sent for one in made.rules), "")
        yield Figure("memory at its highest, the shop's own table included", peak_memory(), "MiB")


def fill(world: TestWorld, contacts: int, seed: int = 1) -> None:
    """So many people, each with what is known of them. What lies a while back is written as it ended; the last weeks are lived through."""
    chance = random.Random(seed)
    now = world.clock.now()
    with Rehearsal(world, at=now - LATELY) as shop:
        recent = []
        for n in range(contacts):
            buyer = _person(shop, n, chance, now)
            for k in range(chance.choice((0, 1, 1, 1, 2, 3))):
                learnt = _order(buyer, f"{n}-{k}", now, chance)
                if learnt[0].history:
                    for one in learnt:
                        order = take_order(shop, one)
                    _was_thanked(shop, order.key, buyer, placed_at(order) + timedelta(days=3), now)
                else:
                    recent += [(one.view.seen_at if one.view is not None else one.parcels[0].seen_at, one) for one in learnt]
        for at, one in sorted(recent, key=lambda pair: pair[0]):
            live_until(shop, at)
            take_order(shop, one)
        live_until(shop, now)
        world.sqlite.take_over(shop.table)


def _person(world: Rehearsal, n: int, chance: random.Random, now: datetime) -> Buyer:
    address = parse_address(f"contact{n}@example.com")
    person, country = person_id(world.secrets.people, address.key), chance.choice(COUNTRIES)
    known = now - timedelta(days=chance.randrange(1, 400), hours=chance.randrange(24))
    consents = {one: stamp(known) for one in CONSENTS if chance.random() < (0.3 if one == CONSENTS[0] else 0.12)}
    stopped = stamp(known) if not consents and chance.random() < 0.03 else ""
    actions: list[Action] = [
        people.stands_again(Standing(person), Standing(person, version=1, consents=consents, stopped_at=stopped))
    ]
    if consents or chance.random() < 0.6:
        contact = Contact(person, f"Contact {n}", address.normalised, address.key, "en-GB", known, "voucher form")
        actions.append(people.put_contact(contact, None, None if consents else now + timedelta(days=chance.randrange(5, 90))))
    if chance.random() < 0.3:
        actions += _voucher(person, n, known, chance)
    if consents:
        actions.append(plans.look(person, world.clock.now()))
    world.table.transact(actions, world.ids.token())
    return Buyer(f"Contact {n}", address.normalised, address.key, country)


def _voucher(person: str, n: int, known: datetime, chance: random.Random) -> list[Action]:
    value, minimum = Money(1500, "GBP"), Money(6000, "GBP")
    made = Voucher(f"W{n:07}", person, "contract", "welcome", value, minimum, known, known + timedelta(days=90))
    return [*vouchers.issue(structs.replace(made, redeemed_by="x" if chance.random() < 0.3 else ""))]


def _order(buyer: Buyer, number: str, now: datetime, chance: random.Random) -> list[Learnt]:
    """What is heard of it by now: it is placed, sent, there."""
    placed = now - timedelta(days=chance.randrange(1, 365), minutes=chance.randrange(1440))
    title, sku, price = chance.choice(THINGS)
    view = View(placed, placed, f"#{number}", Money(price, "GBP"), buyer, (Line(title, 1, price, id="1", sku=sku),))
    said = (("Gift", "Yes"), ("Recipient name", f"Friend of {number}"), ("Recipient email", f"friend{number}@example.com"))
    signs = Signs(said if chance.random() < 0.15 else (), parcel=Label("", buyer.country, (f"{number} Quay Hill",)))
    sent, there = placed + timedelta(days=1), placed + timedelta(days=3)
    under_way = Parcel("1", sent, sent, carrier="Royal Mail", tracking="JD1")
    learnt = [Learnt("shopify", number, view, signs, history=placed < now - LATELY)]
    if sent <= now:
        learnt.append(Learnt("shopify", number, parcels=(under_way,)))
    if there <= now:
        learnt.append(Learnt("shopify", number, parcels=(structs.replace(under_way, seen_at=there, delivered_at=there),)))
    return learnt


def _was_thanked(world: Rehearsal, order: str, buyer: Buyer, there: datetime, now: datetime) -> None:
    person, at = person_id(world.secrets.people, buyer.dedupe_key), there + timedelta(days=3)
    if at > now - timedelta(days=CAP_DAYS):
        return  # it would have to stand in their cap list, too
    one = follow_up(
        id=follow_up_id("thank-you", person, order), person=person, anchor=order, state=fu.SENT, sent_at=at, due_at=at, look_at=at,
        created_at=there, reason=Reason("sent", {"at": stamp(at)}),
    )  # fmt: skip
    put = follow_ups.put(one)
    world.table.write(structs.replace(put, item={name: value for name, value in put.item.items() if name not in INDEXES[DUE]}))


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 when it took too long."""
    parser = argparse.ArgumentParser(prog="bench.forecast")
    parser.add_argument("--contacts", type=int, default=CONTACTS, help=f"default: {CONTACTS}")
    parser.add_argument("--days", type=int, default=DAYS, help=f"default: {DAYS}")
    asked = parser.parse_args(arguments)
    return 1 if show("A forecast", figures(asked.contacts, asked.days)) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
