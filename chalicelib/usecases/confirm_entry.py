"""The click in the mail that asks whether an entry is theirs.

open the link → read → journal, where it undoes a stop or a bounce → one transaction: entry, list, consents if ticked, the mail with the entry id → hint

The transaction holds only while the round has not closed, so that nothing joins a list that is fixed.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.calendar import clock_time
from chalicelib.domain.claim import Contact
from chalicelib.domain.competition import SOURCES, Entry, called, closes_at, entry_of, open_round
from chalicelib.domain.consent import EMAIL, Wording, given
from chalicelib.domain.delivery import BOUNCED
from chalicelib.domain.draw import new_entry
from chalicelib.domain.errand import close
from chalicelib.domain.links import ENTRY
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.domain.retention import ENTRY_UNDRAWN
from chalicelib.domain.shop import Shop, seen_wording
from chalicelib.errors import Lost, NotFound, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import entries, errands, follow_ups, people
from chalicelib.table import Action
from chalicelib.usecases.agree import agreed, journal_click
from chalicelib.usecases.enter_competition import held, rule_for

TRIES = 4
_CLOSED = "so no entry can be added to it. You are welcome to enter the next one on our site."


class Waiting(Struct, frozen=True):
    """What the click would do. `draw`: such as December 2026. `wordings`: which words it says yes to."""

    draw: str
    prize: str
    wordings: tuple[str, ...]


class InTheDraw(Struct, frozen=True):
    """What the person now has. `closes`: for people. `wordings`: what this entry says yes to and is in force."""

    draw: str
    round: str
    entry: str
    closes: str
    wordings: tuple[str, ...]


def look_at_entry(world: World, token: str) -> Waiting:
    """For the page with the button; writes nothing. Errors: Unverified, NotFound (run out, a newer link, or the round has closed)."""
    entry = _entry(world, token)
    _refuse_late(world, entry)
    wordings = tuple(one.text for one in seen(world.shop, entry)) if entry.confirmed_at is None else ()
    return Waiting(called(entry.round), held(world).prize, wordings)


def confirm_entry(world: World, token: str) -> InTheDraw:
    """The entry counts; the second click gives the same answer, also after the closing. Errors: as look_at_entry; Misconfigured, Retryable."""
    now, first = world.clock.now(), None
    for _ in range(TRIES):
        entry = _entry(world, token)
        _refuse_late(world, entry)
        keys = [people.standing_key(entry.person), people.contact_key(entry.person), errands.key(f"close-{entry.round}")]
        found = world.table.get_many(keys)
        standing, before, closing = people.load_standing(found.get(keys[0]), entry.person), found.get(keys[1]), found.get(keys[2])
        first = first or standing
        if entry.confirmed_at is not None:
            agreed_to = [one for one in seen(world.shop, entry) if f"{one.purpose}/{EMAIL}" in standing.consents]
            return _told(world, entry, entry.entry, agreed_to)
        # who says stop while this is under way has said the last word
        wordings = seen(world.shop, entry) if standing.stopped_at == first.stopped_at else []
        id_, closes = new_entry(world.ids.bits), _closes(world, entry.round)
        why = Reason("entry-confirmed", {"round": entry.round})
        mail = planned(rule_for(world, "entered"), entry.person, entry.round, now, why, world.shop, now, occurrence=entry.id)
        actions: list[Action] = [
            *entries.confirmed(entry, id_, mail.id, now, closes + ENTRY_UNDRAWN),
            follow_ups.put(mail),
        ]
        if wordings:
            consents = [given(entry.person, one, entry.asked_at, now, SOURCES[entry.source]) for one in wordings]
            actions += agreed(standing, consents, _contact(entry, now), before, now, clicked=True)
        elif standing.unreachable_why == BOUNCED:
            actions.append(people.confirmed(standing))
        if closing is None:  # the first of its round
            actions.append(errands.put(close(entry.round, now, closes)))
        journal_click(world, standing, now, agreed=bool(wordings))
        try:
            world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # the other tab was quicker, the round has closed, or a bounce came in: look again
        world.queue.put(DUE_NOW, {"why": "entered"})
        return _told(world, entry, id_, wordings)
    raise Retryable("Too much happened at once. Please press the button again.")


def seen(shop: Shop, entry: Entry) -> list[Wording]:
    """The very words that they ticked, as far as they are still there: without them there is nothing to agree to."""
    found = [seen_wording(shop, purpose, EMAIL, hash_) for purpose, hash_ in entry.ticked.items()]
    return [wording for wording in found if wording is not None]


def _entry(world: World, token: str) -> Entry:
    now = world.clock.now()
    opened = world.links.open(token, ENTRY, now)
    round_, id_ = entry_of(opened.scope)
    entry = entries.load(world.table.get(entries.key(opened.person, round_)), now)
    if entry is None:
        raise NotFound("This link has run out, and we have deleted what you gave us. Please enter once more.")
    if entry.id != id_:
        raise NotFound("A newer link was sent to you. Please use the newest mail.")
    return entry


def _refuse_late(world: World, entry: Entry) -> None:
    if entry.confirmed_at is not None:
        return
    now, zone, closes = world.clock.now(), world.shop.zone, _closes(world, entry.round)
    if now >= closes:
        raise NotFound(f"The {called(entry.round)} draw closed on {clock_time(closes, zone)}, {_CLOSED} {_next(world, now)}")
    if world.table.get(entries.closed_key(entry.round)) is not None:
        raise NotFound(f"The {called(entry.round)} draw has closed, {_CLOSED}")


def _next(world: World, now: datetime) -> str:
    return f"It is open until {clock_time(_closes(world, open_round(now, held(world).closes_hour, world.shop.zone)), world.shop.zone)}."


def _closes(world: World, round_: str) -> datetime:
    return closes_at(round_, held(world).closes_hour, world.shop.zone)


def _told(world: World, entry: Entry, id_: str, wordings: list[Wording]) -> InTheDraw:
    closes = clock_time(_closes(world, entry.round), world.shop.zone)
    return InTheDraw(called(entry.round), entry.round, id_, closes, tuple(one.text for one in wordings))


def _contact(entry: Entry, now: datetime) -> Contact:
    return Contact(entry.person, entry.name, entry.address, entry.dedupe_key, entry.locale, now, SOURCES[entry.source])
