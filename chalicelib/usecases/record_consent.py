"""Somebody is said to agree to something: the owner heard it, read it on a card or in a reply, or the person said so by a link of ours.

read → refuse what stands against it → one transaction: what is proven is in force, what has to be confirmed waits for its mail → hint

By e-mail a consent is confirmed by a link (PRODUCT.md, manner 1), unless they acted from their own mailbox, or the owner holds the proof. What
the owner types undoes no stop, no never and no complaint: only the person's own click undoes a stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from chalicelib.domain.calendar import instant, long_date
from chalicelib.domain.claim import LINK_LASTS, ONE_MAIL_PER, Contact
from chalicelib.domain.consent import EMAIL, Asking, Consent, Wording, consent_key, consent_of, given, wording_hash
from chalicelib.domain.identity import Address, parse_name
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.domain.shop import newest_wording
from chalicelib.domain.standing import Standing, against_a_yes
from chalicelib.domain.stating import MAX_SOURCE, one_line
from chalicelib.errors import Conflict, Invalid, Lost, NotFound, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups, people
from chalicelib.table import Action, Item
from chalicelib.usecases.agree import agreed, journal_click
from chalicelib.usecases.who import whom

TRIES = 4
ANCHOR = "consent"

Proof = Literal["", "click", "link", "owner"]
"""How a consent by e-mail is proven: not yet, so a mail asks · they clicked in their own mailbox · they followed a link that may have been passed on
since, so that a mail asks where a no stands against it · the owner holds the proof."""


class Recorded(Struct, frozen=True):
    """Consents, as purpose/channel. `given`: in force from now on. `had`: they were in force before. `asked`: in force once the link is
    clicked in the mail that goes out now. `later`: nobody was asked, because a mail asked lately; another may from `again_at` on.
    """

    person: str
    given: tuple[str, ...] = ()
    had: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    again_at: datetime | None = None


class _Known(Struct, frozen=True):
    standing: Standing
    contact: Contact
    contact_item: Item | None
    asking_item: Item | None
    asking: Asking | None


def record_consent(
    world: World, who: str | Address, wanted: Iterable[str], *, source: str, name: str = "", proof: Proof = ""
) -> Recorded:
    """`who`: an address, or the id of a person who is a contact. `wanted`: each as purpose/channel. `source`: who said so, and where.

    Errors: Invalid (also where shop.toml has no words for it), NotFound, Conflict (they asked us to stop, or marked our mail as unwanted),
    Retryable.
    """
    now = world.clock.now()
    keys = [consent_of(key) for key in dict.fromkeys(wanted)]
    told_by = one_line(source, MAX_SOURCE, "source")
    if not keys:
        raise Invalid("Say to what they agree, such as newsletter/e-mail.", "consent")
    if not told_by:
        raise Invalid("Say who said so and where, such as “card at the counter, 3 March”: it is the proof.", "source")
    person, address = whom(world, who)
    for _ in range(TRIES):
        known = _known(world, person, address, told_by, name, now)
        words = _wordings(world, keys, known.contact.locale)
        had = tuple(key for key in words if key in known.standing.consents)
        new = {key: wording for key, wording in words.items() if key not in had}
        proven = proof if proof != "link" or not against_a_yes(known.standing, by_mail=True) else ""
        at_once = {key: wording for key, wording in new.items() if proven or wording.channel != EMAIL}
        to_ask = {key: wording for key, wording in new.items() if key not in at_once}
        _refuse(world, known.standing, at_once, to_ask, clicked=proof == "click")
        again_at = _again_at(known, now) if to_ask else None
        actions: list[Action] = []
        if at_once:
            consents = [given(person, wording, now, now, told_by) for wording in at_once.values()]
            actions += _given(world, known, consents, now, clicked=proof == "click")
        if to_ask and again_at is None:
            actions += _asked(world, known, to_ask, told_by, now)
        try:
            if actions:
                world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # something about them came between: look again
        if actions:
            world.queue.put(DUE_NOW, {"why": "consent"})
        held_back = tuple(to_ask) if again_at is not None else ()
        asked = () if again_at is not None else tuple(to_ask)
        return Recorded(person, tuple(at_once), had, asked, held_back, again_at)
    raise Retryable("Too much happened at once. Please try again.")


def _known(world: World, person: str, address: Address | None, source: str, name: str, now: datetime) -> _Known:
    keys = [people.standing_key(person), people.contact_key(person), people.asking_key(person)]
    found = world.table.get_many(keys)
    standing_item, contact_item, asking_item = map(found.get, keys)
    contact = people.load_contact(contact_item, now)
    if contact is None:
        if address is None:
            raise NotFound("We have no contact of that id: give their e-mail address.")
        called = parse_name(name) if name.strip() else ""
        contact = Contact(person, called, address.normalised, address.key, world.shop.locale, now, source)
    return _Known(
        people.load_standing(standing_item, person), contact, contact_item, asking_item, people.load_asking(asking_item, now)
    )


def _wordings(world: World, keys: Sequence[tuple[str, str]], locale: str) -> dict[str, Wording]:
    found = {consent_key(*key): newest_wording(world.shop, *key, locale) for key in keys}
    lacking = [key for key, wording in found.items() if wording is None]
    if lacking:
        purpose, channel = consent_of(lacking[0])
        there = ", ".join(dict.fromkeys(consent_key(one.purpose, one.channel) for one in world.shop.wordings))
        raise Invalid(
            f"shop.toml has no words for {lacking[0]}, and nobody can say yes to words that are not there. It has them for {there}. "
            f'For another add a [[wordings]] with purpose = "{purpose}" and channel = "{channel}".',
            "consent",
        )
    return {key: wording for key, wording in found.items() if wording is not None}


def _refuse(
    world: World, standing: Standing, at_once: Mapping[str, Wording], to_ask: Mapping[str, Wording], *, clicked: bool
) -> None:
    def on(stamped: str) -> str:
        return long_date(instant(stamped), world.shop.zone)

    mails_at_once = any(wording.channel == EMAIL for wording in at_once.values())
    against = against_a_yes(standing, by_mail=mails_at_once or bool(to_ask))
    if against == "complained":
        raise Conflict(
            f"They marked our mail as unwanted on {on(standing.unreachable_at)}: nothing goes by e-mail any more, not even a question."
        )
    if clicked:
        return
    if against == "never":
        raise Conflict(
            f"They asked on {on(standing.never_at)} never to be contacted, by any channel: nothing that you type undoes that."
        )
    if against == "stopped" and at_once:
        raise Conflict(
            f"They asked us to stop on {on(standing.stopped_at)}, and only their own click undoes that. Record a consent by e-mail "
            "without --confirmed: one mail asks them, and its link is that click."
        )
    if against == "bounced" and mails_at_once:
        raise Conflict(
            f"Mail to them came back on {on(standing.unreachable_at)}. Record it without --confirmed: one mail tries the address once "
            "more, and their click opens it again."
        )


def _again_at(known: _Known, now: datetime) -> datetime | None:
    """From when another mail may ask; None: now."""
    if known.asking is None:
        return None
    # who asked us to stop, or left a mail unanswered, is asked once for each link, not day after day
    patient = known.standing.stopped_at or known.asking.times > 1
    at = known.asking.asked_at + (LINK_LASTS if patient else ONE_MAIL_PER)
    return at if now < at else None


def _given(world: World, known: _Known, consents: Sequence[Consent], now: datetime, *, clicked: bool) -> list[Action]:
    standing = known.standing
    if clicked:
        journal_click(world, standing, now, agreed=True)
    return agreed(standing, consents, known.contact, known.contact_item, now, clicked=clicked)


def _asked(world: World, known: _Known, wordings: Mapping[str, Wording], source: str, now: datetime) -> list[Action]:
    (rule,) = world.playbook.of("consent")
    id_, contact, before = world.ids.token(), known.contact, known.asking
    # what they have not answered yet is asked along, for the newest link alone works
    waits = before if before is not None and before.confirmed_at is None else None
    ticked = {**(waits.ticked if waits else {}), **{wording.purpose: wording_hash(wording.text) for wording in wordings.values()}}
    sources = dict.fromkeys([*([waits.source] if waits else []), source])
    follow_up = planned(
        rule, contact.person, ANCHOR, now, Reason("consent-asked"), world.shop, now, extra={"asked": id_}, occurrence=id_
    )
    asking = Asking(
        id=id_,
        person=contact.person,
        name=contact.name,
        address=contact.address,
        dedupe_key=contact.dedupe_key,
        locale=contact.locale,
        asked_at=now,
        source="; ".join(sources)[-MAX_SOURCE:],
        follow_up=follow_up.id,
        ticked=ticked,
        times=waits.times + 1 if waits else 1,
    )
    return [people.put_asking(asking, known.asking_item), follow_ups.put(follow_up)]
