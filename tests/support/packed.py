"""A morning at the packing table: four parcels to pack, a note, a letter and a call to make. Made by the real use cases, of nobody real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.fact import ADDRESS, PHONE, Fact
from chalicelib.domain.follow_up import HANDED_OVER, follow_up_id
from chalicelib.domain.identity import person_id
from chalicelib.domain.money import Money
from chalicelib.domain.playbook import CONTACT
from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import MARKETING
from chalicelib.domain.task import Kind, Task
from chalicelib.domain.voucher import Voucher
from chalicelib.stores import facts, follow_ups, people, tasks, vouchers
from chalicelib.table import Update, Value
from chalicelib.usecases.take_order import take_order
from tests.factories import follow_up, gift_order, learnt, shopify_order, shopify_parcel
from tests.support.world import TestWorld

ISOBEL, JENIFER, LOWENNA = "isobel.trant@example.com", "jenifer.kitto@example.com", "lowenna.rosewarne@example.com"
MESSAGE = "Forty years, and you still laugh at my stories. Happy birthday, my dear. D."
LINE = {"id": 1, "title": "Sea-glass stud earrings", "quantity": 1, "price": "48.00", "properties": []}


def order(
    world: TestWorld,
    number: int,
    *,
    name: str = "Isobel Trant",
    email: str = ISOBEL,
    days_ago: int = 0,
    sent: bool = False,
    **changes: Any,
) -> None:
    """Somebody's order for themselves."""
    _take(world, shopify_order, number, name, email, days_ago, sent=sent, **changes)


def gift(
    world: TestWorld,
    number: int,
    message: str = MESSAGE,
    *,
    to: str = "Tamsin Hale",
    days_ago: int = 0,
    sent: bool = False,
    **changes: Any,
) -> None:
    """Daniel's gift; no e-mail address of whom it is for was given."""
    said = {"Gift": "Yes", "Recipient name": to, **({"Gift message": message} if message else {})}
    pairs = [{"name": key, "value": value} for key, value in said.items()]
    _take(
        world,
        gift_order,
        number,
        "Daniel Okafor",
        "daniel.okafor@example.com",
        days_ago,
        sent=sent,
        note_attributes=pairs,
        **changes,
    )


def _take(world: TestWorld, make: Any, number: int, name: str, email: str, days_ago: int, *, sent: bool, **changes: Any) -> None:
    at = world.clock.now() - timedelta(days=days_ago, hours=2)
    first, _, last = name.partition(" ")
    told: dict[str, Any] = {
        "id": number, "name": f"#{number}", "email": email, "created_at": stamp(at), "updated_at": stamp(at),
        "customer": {"first_name": first, "last_name": last}, "line_items": [LINE],
    }  # fmt: skip
    if make is shopify_order:
        told["shipping_address"] = {"name": name, "address1": "4 Fore Street", "city": "Truro", "country_code": "GB"}
    take_order(world, learnt("orders/create", make(**{**told, **changes})))
    if sent:
        here = stamp(at + timedelta(days=2))
        parcel = shopify_parcel(id=number, order_id=number, created_at=stamp(at), updated_at=here)
        take_order(world, learnt("fulfillments/update", parcel))


def contact(world: TestWorld, name: str, email: str, *consents: str) -> str:
    """Somebody by their own act, who agreed to these; their id."""
    person, now = person_id(world.secrets.people, email), world.clock.now()
    world.table.write(people.put_contact(Contact(person, name, email, email, "en-GB", now, "voucher form"), None, None))
    agreed: dict[str, Value] = {one: stamp(now - timedelta(days=200)) for one in consents}
    world.table.write(Update(people.standing_key(person), set={"person": person, "version": 1, "consents": agreed}))
    return person


def voucher(world: TestWorld, person: str, code: str = "7HQ2M-9KXTC") -> None:
    """Fifteen pounds, good for eighty days more."""
    now = world.clock.now()
    made = Voucher(code, person, "claim", "welcome", Money(1500, "GBP"), Money(6000, "GBP"), now, now + timedelta(days=80))
    world.table.transact(list(vouchers.issue(made)), world.ids.token())


def fact(world: TestWorld, person: str, kind: str, value: str) -> None:
    """Their postal address or telephone number, for offers."""
    about = {ADDRESS: "post", PHONE: "call"}[kind]
    at = world.clock.now() - timedelta(days=300)
    world.table.write(facts.put(person, Fact(kind, about, value, "stated", at, "at the counter", "offers")))


def bounced(world: TestWorld, person: str, *, days_ago: int = 20) -> None:
    """Mail to them came back, so they stand beyond e-mail."""
    at = stamp(world.clock.now() - timedelta(days=days_ago))
    world.table.write(Update(people.standing_key(person), set={"unreachable_at": at, "unreachable_why": "bounced"}))


def by_hand(world: TestWorld, kind: Kind, person: str, *, in_days: int = 0) -> str:
    """A letter or a call, handed over as the engine does it."""
    at, id_ = world.clock.now() + timedelta(days=in_days), follow_up_id(kind, person, "rung")
    one = follow_up(
        id=id_, rule=kind, person=person, anchor="rung", role=CONTACT, message_class=MARKETING, state=HANDED_OVER, due_at=at,
        reason=Reason("by-hand-channel"), why=Reason("unreachable-by-mail"),
    )  # fmt: skip
    world.table.write(follow_ups.put(one))
    world.table.write(tasks.put(Task(id_, kind, person, "rung", kind, world.clock.now(), at)))
    return id_


def note(world: TestWorld) -> None:
    """Ruth's note, by hand, ten days after her gift arrived."""
    gift(world, 1030, "", to="Ruth Okafor")
    sent = stamp(world.clock.now())
    parcel = shopify_parcel(id=1030, order_id=1030, created_at=sent, updated_at=sent)
    take_order(world, learnt("fulfillments/update", parcel))
    world.live(days=13)
