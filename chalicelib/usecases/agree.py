"""What a yes changes, whoever takes it: the ledger, the standing, the contact, and when the person is looked at; for the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain import journal
from chalicelib.domain.claim import Contact
from chalicelib.domain.consent import Consent
from chalicelib.domain.standing import Standing
from chalicelib.ports import World
from chalicelib.stores import people, plans
from chalicelib.table import Action, Item


def agreed(
    standing: Standing, consents: Sequence[Consent], contact: Contact, before: Item | None, now: datetime, *, clicked: bool
) -> list[Action]:
    """`contact`: as they become one now; `before`: as the table has it. `clicked`: they did it themselves, from their own mailbox or at
    their storefront; only that undoes a stop. Loses when the standing changed since it was read.
    """
    return [
        *map(people.put_consent, consents),
        people.confirmed(standing, *consents) if clicked else people.told_of(standing, consents),
        kept(contact, before, now, until=None),
        plans.look(standing.person, now),
    ]


def journal_click(world: World, standing: Standing, now: datetime, *, agreed: bool) -> None:
    """Before its transaction: what a click in their mailbox undoes, a stop or a closed address, must stay undone after a restore."""
    if standing.stopped_at or standing.unreachable_at:
        world.journal.append([journal.confirmed(standing.person, now, agreed=agreed)])


def kept(contact: Contact, before: Item | None, now: datetime, until: datetime | None) -> Action:
    """The contact is there until then, or for as long as a consent is in force (None). One that is there stays as it is."""
    if people.load_contact(before, now) is not None:
        return people.keep_contact(contact.person, until)
    return people.put_contact(contact, before, until)
