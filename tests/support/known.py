"""People who are known already: contacts with consents and facts, as the use cases leave them."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.fact import Fact
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.stores import facts, people, plans
from chalicelib.table import Put, Update
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"
EVERYTHING = (
    "newsletter/e-mail", "voucher reminder/e-mail", "care/e-mail", "occasions/e-mail", "for you/e-mail", "offers/post", "offers/call",
)  # fmt: skip


def person_of(world: TestWorld, address: str = ISOBEL) -> str:
    return person_id(world.secrets.people, parse_address(address).key)


def agreed(
    world: TestWorld, *consents: str, address: str = ISOBEL, name: str = "Isobel Trant", at: datetime | None = None
) -> str:
    """A contact who has agreed to these (EVERYTHING without any). The person's id."""
    person, when = person_of(world, address), at or world.clock.now()
    contact = Contact(person, name, address, parse_address(address).key, "en-GB", when, "voucher form")
    given = dict.fromkeys(consents or EVERYTHING, stamp(when))
    world.table.transact(
        [
            Put({**_item(people.contact_key(person)), **_plain(contact)}),
            Update(people.standing_key(person), set={"person": person, "consents": {**given}}, add={"version": 1}),
            plans.look(person, world.clock.now()),
        ],
        world.ids.token(),
    )
    return person


def told(world: TestWorld, person: str, kind: str, about: str, value: str) -> None:
    """They stated it just now, for what it is mostly asked for."""
    purpose = {"size": "for you", "likes": "for you", "address": "offers", "phone": "offers"}.get(kind, "occasions")
    fact = Fact(kind, about, value, "stated", world.clock.now(), "preference page", purpose)
    world.table.transact([facts.put(person, fact), plans.look(person, world.clock.now())], world.ids.token())


def _item(key: tuple[str, str]) -> dict[str, str]:
    return {"pk": key[0], "sk": key[1]}


def _plain(contact: Contact) -> dict[str, str]:
    from chalicelib.stores.codec import to_item

    return {name: str(value) for name, value in to_item(("", ""), contact).items() if name not in ("pk", "sk")}
