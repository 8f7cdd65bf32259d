"""A visitor claims the voucher.

count (network, address) → read what is known → one transaction: the claim and its mail's follow-up → hint

Whoever asks learns nothing about whom we know: every path through here takes the same calls, and the answer is the same.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.claim import Asked, Claim, was_mailed_lately
from chalicelib.domain.consent import EMAIL, NEWSLETTER, consent_key
from chalicelib.domain.delivery import BOUNCED
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.identity import person_id
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups, people, vouchers
from chalicelib.table import Action, Item
from chalicelib.usecases.admit import admit

TRIES = 4


def claim_voucher(world: World, asked: Asked, ip: str) -> None:
    """Plans the mail that the claim calls for: a link to confirm, or for a holder of the voucher their code again.

    Errors: TooMany when the visitor's network claims too often. An address that is claimed too often is answered like any other.
    """
    now = world.clock.now()
    if not admit(world, ip, asked.address.key, "claim"):
        return
    person = person_id(world.secrets.people, asked.address.key)
    token = world.ids.token()
    for _ in range(TRIES):
        actions = _answer(world, asked, person, now)
        try:
            world.table.transact(actions, token)
        except Lost:
            token = world.ids.token()  # another claim for the address came between: decide anew
            continue
        world.queue.put(DUE_NOW, {"why": "claim"})
        return
    raise Retryable("Too much happened at once. Please send the form again.")


def _answer(world: World, asked: Asked, person: str, now: datetime) -> list[Action]:
    offer = world.shop.offer.name
    claim_key, issued_key = people.claim_key(person, offer), vouchers.issued_key(person, offer)
    standing_key, contact_key = people.standing_key(person), people.contact_key(person)
    found = world.table.get_many([claim_key, issued_key, standing_key, contact_key])
    before = people.load_claim(found.get(claim_key), now)
    if before is not None and was_mailed_lately(before, now):
        return [people.claimed_again(before), follow_ups.asked_again(before.follow_up)]
    standing = people.load_standing(found.get(standing_key), person)
    subscribed = consent_key(NEWSLETTER, EMAIL) in standing.consents
    claim_id = world.ids.token()
    # of whom we no longer have an address, and whoever bounced, must first show that mail reaches them; the click then shows their code
    known = people.load_contact(found.get(contact_key), now) is not None and standing.unreachable_why != BOUNCED
    issued = found.get(issued_key) if known else None
    follow_up = _follow_up(world, person, claim_id, issued, ticked=0 if subscribed else asked.newsletter, now=now)
    claim = Claim(
        id=claim_id,
        person=person,
        offer=world.shop.offer,
        name=asked.name,
        address=asked.address.normalised,
        dedupe_key=asked.address.key,
        mailed_at=now,
        follow_up=follow_up.id,
        version=asked.newsletter,
        source=asked.source,
    )
    return [people.put_claim(claim, found.get(claim_key)), follow_ups.put(follow_up)]


def _follow_up(world: World, person: str, claim_id: str, issued: Item | None, *, ticked: int, now: datetime) -> FollowUp:
    extra = {"claim": claim_id}
    if ticked:
        extra["newsletter"] = str(ticked)
    if issued is None:
        (rule,) = world.playbook.of("claim")
        why = Reason("claimed")
    else:
        (rule,) = world.playbook.of("claim again")
        why = Reason("claimed-again")
        extra["code"] = str(issued["code"])
    return planned(rule, person, world.shop.offer.name, now, why, world.shop, now, extra=extra, occurrence=claim_id)
