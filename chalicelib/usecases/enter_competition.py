"""A visitor enters the competition, on the site or at the shop's counter.

count (network, address) → read what is known → one transaction: the entry and its mail's follow-up → hint

Whoever asks learns nothing about whom we know: every path through here takes the same calls, and the answer is the same.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.claim import ONE_MAIL_PER
from chalicelib.domain.competition import COUNTER, Competition, Entered, Entry, open_round
from chalicelib.domain.identity import person_id
from chalicelib.domain.planning import planned
from chalicelib.domain.playbook import Rule, Trigger
from chalicelib.domain.reason import Reason
from chalicelib.errors import Lost, Misconfigured, NotFound, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import entries, follow_ups
from chalicelib.table import Action
from chalicelib.usecases.admit import admit

TRIES = 4
NONE_HELD = "We hold no competition just now."


def held(world: World) -> Competition:
    """The shop's competition. Errors: NotFound where it holds none."""
    if world.shop.competition is None:
        raise NotFound(NONE_HELD)
    return world.shop.competition


def rule_for(world: World, trigger: Trigger) -> Rule:
    """The one that answers. Errors: Misconfigured."""
    rules = world.playbook.of(trigger)
    if len(rules) != 1:
        raise Misconfigured(f'The playbook needs exactly one rule with trigger = "{trigger}": courtesy check says more.')
    return rules[0]


def enter_competition(world: World, entered: Entered, ip: str) -> None:
    """Plans the mail that the entry calls for: a link to confirm, or for whoever has entered already their entry id again.

    Errors: NotFound (no competition), TooMany when the visitor's network sends too many forms, Misconfigured, Retryable. An address that is
    entered too often is answered like any other.
    """
    now, competition = world.clock.now(), held(world)
    if not admit(world, ip, entered.address.key, "counter" if entered.source == COUNTER else "entry"):
        return
    person = person_id(world.secrets.people, entered.address.key)
    round_ = open_round(now, competition.closes_hour, world.shop.zone)
    for _ in range(TRIES):
        try:
            world.table.transact(_answer(world, entered, person, round_, now), world.ids.token())
        except Lost:
            continue  # another entry for the address came between: decide anew
        world.queue.put(DUE_NOW, {"why": "entry"})
        return
    raise Retryable("Too much happened at once. Please send the form again.")


def _answer(world: World, entered: Entered, person: str, round_: str, now: datetime) -> list[Action]:
    item = world.table.get(entries.key(person, round_))
    before = entries.load(item, now)
    if before is not None and now < before.mailed_at + ONE_MAIL_PER:
        return [entries.asked_again(before), follow_ups.asked_again(before.follow_up)]
    id_ = world.ids.token()
    asks = before is None or before.confirmed_at is None
    rule = rule_for(world, "entry" if asks else "entered")
    why = Reason("entry-asked", {"round": round_}) if asks else Reason("entry-asked-again", {"round": round_})
    extra = {"entry": id_} if asks else {"again": "yes"}
    follow_up = planned(rule, person, round_, now, why, world.shop, now, extra=extra, occurrence=id_)
    if before is not None and not asks:
        return [entries.told_again(before, follow_up.id, now), follow_ups.put(follow_up)]
    entry = Entry(
        id=id_,
        person=person,
        round=round_,
        name=entered.name,
        address=entered.address.normalised,
        dedupe_key=entered.address.key,
        locale=world.shop.locale,
        asked_at=now,
        mailed_at=now,
        follow_up=follow_up.id,
        county=entered.county,
        objects=entered.objects,
        ticked=entered.ticked,
        source=entered.source,
    )
    return [entries.put(entry, item), follow_ups.put(follow_up)]
