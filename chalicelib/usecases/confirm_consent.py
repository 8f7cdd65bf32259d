"""The click in the mail that asks whether somebody agrees.

open the link → read → journal, where it undoes a stop → one transaction: ledger, standing, contact, plan
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.claim import Contact
from chalicelib.domain.consent import EMAIL, Asking, Wording, consent_key, given
from chalicelib.domain.links import CONSENT
from chalicelib.domain.shop import seen_wording
from chalicelib.errors import Lost, NotFound, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import people
from chalicelib.table import Action
from chalicelib.usecases.agree import agreed, journal_click

TRIES = 4


def look_at_consent(world: World, token: str) -> tuple[str, ...]:
    """The words that the button says yes to, for the page that has it; writes nothing. Errors: Unverified, NotFound."""
    return tuple(wording.text for wording in _wordings(world, _asking(world, token)))


def confirm_consent(world: World, token: str) -> tuple[str, ...]:
    """The words of what they agreed to here and is in force; a second click gives the same answer, and undoes nothing that they said since.

    Errors: Unverified (the link), NotFound (it has run out, or a newer link was sent), Retryable.
    """
    now, first = world.clock.now(), None
    for _ in range(TRIES):
        asking = _asking(world, token)
        wordings = _wordings(world, asking)
        keys = [people.standing_key(asking.person), people.contact_key(asking.person)]
        found = world.table.get_many(keys)
        standing, before = people.load_standing(found.get(keys[0]), asking.person), found.get(keys[1])
        first = first or standing
        # who says stop while this is under way has said the last word
        if asking.confirmed_at is not None or standing.stopped_at != first.stopped_at:
            return tuple(one.text for one in wordings if consent_key(one.purpose, EMAIL) in standing.consents)
        consents = [given(asking.person, wording, asking.asked_at, now, asking.source) for wording in wordings]
        journal_click(world, standing, now, agreed=True)
        actions: list[Action] = [
            people.asking_confirmed(asking, now),
            *agreed(standing, consents, _contact(asking, now), before, now, clicked=True),
        ]
        try:
            world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # the other tab was quicker, or something else about them came between: look again
        world.queue.put(DUE_NOW, {"why": "consent"})
        return tuple(wording.text for wording in wordings)
    raise Retryable("Too much happened at once. Please press the button again.")


def _asking(world: World, token: str) -> Asking:
    now = world.clock.now()
    opened = world.links.open(token, CONSENT, now)
    asking = people.load_asking(world.table.get(people.asking_key(opened.person)), now)
    if asking is None:
        raise NotFound("This link has run out, and nothing comes. If you would like to hear from us, tell us once more.")
    if asking.id != opened.scope:
        raise NotFound("A newer link was sent to you. Please use the newest mail.")
    return asking


def _wordings(world: World, asking: Asking) -> list[Wording]:
    # without the very words that they saw there is nothing to agree to
    seen = [seen_wording(world.shop, purpose, EMAIL, hash_) for purpose, hash_ in asking.ticked.items()]
    found = [wording for wording in seen if wording is not None]
    if not found:
        raise NotFound("We no longer ask this, so there is nothing to say yes to.")
    return found


def _contact(asking: Asking, now: datetime) -> Contact:
    return Contact(asking.person, asking.name, asking.address, asking.dedupe_key, asking.locale, now, asking.source)
