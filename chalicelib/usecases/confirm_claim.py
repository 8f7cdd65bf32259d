"""The click in the confirmation mail.

open the link → read → one transaction: contact, voucher, consent if ticked, standing, the voucher's mail → hint
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.claim import Claim, Contact, claim_of, contact_from
from chalicelib.domain.consent import Consent, given
from chalicelib.domain.delivery import BOUNCED
from chalicelib.domain.errand import register, voucher_errand
from chalicelib.domain.planning import planned
from chalicelib.domain.reason import Reason
from chalicelib.domain.retention import AFTER_REASON
from chalicelib.domain.shop import Shop, wording_of
from chalicelib.domain.standing import Standing
from chalicelib.domain.voucher import Voucher, new_code
from chalicelib.errors import Lost, NotFound, Retryable
from chalicelib.ports import DUE_NOW, ERRANDS, World
from chalicelib.stores import errands, follow_ups, people, plans, vouchers
from chalicelib.table import Action, Item
from chalicelib.usecases.agree import agreed, journal_click, kept

PURPOSE = "confirm"
CONTRACT = "contract"
"""The exchange itself: their details for the voucher. It needs no consent, and gives none."""

TRIES = 4
POOL_CHOICE = 20


class Confirmed(Struct, frozen=True):
    """What the person now has. `newsletter`: this click also said yes to it. `again`: they had the voucher before, so no mail brings it."""

    voucher: Voucher
    newsletter: bool
    again: bool


class Waiting(Struct, frozen=True):
    """What the click would do. `value`: of the voucher. `wording`: to which words it says yes, "" for none. `issued`: they have the voucher."""

    value: str
    wording: str
    issued: bool


def look_at_claim(world: World, token: str) -> Waiting:
    """For the page with the button; writes nothing. Errors: Unverified, NotFound."""
    claim = _claim(world, token)
    seen = wording_of(world.shop, claim.version) if claim.version and claim.confirmed_at is None else None
    issued = world.table.get(vouchers.issued_key(claim.person, claim.offer.name), strong=False)
    return Waiting(str(claim.offer.value), seen.text if seen is not None else "", issued is not None)


def confirm_claim(world: World, token: str) -> Confirmed:
    """The address is theirs: they are a contact and have their voucher; the second click gives the same answer.

    Errors: Unverified (the link), NotFound (the claim has run out, a newer link was sent, or no code is left), Retryable.
    """
    now, first = world.clock.now(), None
    for _ in range(TRIES):
        claim = _claim(world, token)
        standing, issued, before = _read(world, claim)
        first = first or standing
        if claim.confirmed_at is not None and issued is not None:
            again = issued.issued_at < claim.mailed_at  # else an earlier press on this very link has brought it
            return Confirmed(issued, newsletter=bool(claim.version and standing.consents), again=again)
        # who says stop while this is under way has said the last word
        consent = _consent(world.shop, claim, now) if standing.stopped_at == first.stopped_at else None
        voucher = issued or _new_voucher(world, claim, now)
        contact = contact_from(claim, world.shop.locale, now)
        actions: list[Action] = [people.claim_confirmed(claim, now)]
        if consent is not None:
            actions += agreed(standing, [consent], contact, before, now, clicked=True)
        else:
            if standing.unreachable_why == BOUNCED:
                actions.append(people.confirmed(standing))
            actions += _kept(standing, contact, before, voucher, now)
        if issued is None:
            actions += [*_issue(world, voucher, now), _voucher_mail(world, claim, voucher, now)]
        journal_click(world, standing, now, agreed=consent is not None)
        try:
            world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # the other tab was quicker, or a bounce came in: look again
        if voucher.waits:
            world.queue.put(ERRANDS, {"id": voucher_errand(voucher.code)})
        world.queue.put(DUE_NOW, {"why": "confirmed"})
        return Confirmed(voucher, newsletter=consent is not None, again=issued is not None)
    raise Retryable("Too much happened at once. Please press the button again.")


def _claim(world: World, token: str) -> Claim:
    now = world.clock.now()
    opened = world.links.open(token, PURPOSE, now)
    offer, claim_id = claim_of(opened.scope)
    claim = people.load_claim(world.table.get(people.claim_key(opened.person, offer)), now)
    if claim is None:
        raise NotFound("This link has run out. Please claim the voucher once more.")
    if claim.id != claim_id:
        raise NotFound("A newer link was sent to you. Please use the newest mail.")
    return claim


def _read(world: World, claim: Claim) -> tuple[Standing, Voucher | None, Item | None]:
    standing_key, contact_key = people.standing_key(claim.person), people.contact_key(claim.person)
    issued_key = vouchers.issued_key(claim.person, claim.offer.name)
    found = world.table.get_many([standing_key, contact_key, issued_key])
    issued = found.get(issued_key)
    voucher = vouchers.load(world.table.get(vouchers.key(str(issued["code"])))) if issued is not None else None
    return people.load_standing(found.get(standing_key), claim.person), voucher, found.get(contact_key)


def _kept(standing: Standing, contact: Contact, before: Item | None, voucher: Voucher, now: datetime) -> list[Action]:
    if standing.consents:  # a new voucher is a new thing to be reminded of
        return [kept(contact, before, now, until=None), plans.look(standing.person, now)]
    return [kept(contact, before, now, until=voucher.ends_at + AFTER_REASON)]


def _consent(shop: Shop, claim: Claim, now: datetime) -> Consent | None:
    if not claim.version:
        return None
    seen = wording_of(shop, claim.version)
    # without the very words that they saw there is nothing to agree to
    return given(claim.person, seen, claim.mailed_at, now, claim.source) if seen is not None else None


def _new_voucher(world: World, claim: Claim, now: datetime) -> Voucher:
    offer = claim.offer
    return Voucher(
        code=_new_code(world, offer.name),
        person=claim.person,
        basis=CONTRACT,
        offer=offer.name,
        value=offer.value,
        minimum=offer.minimum,
        issued_at=now,
        ends_at=now + timedelta(days=offer.days),
        waits=world.shop.vouchers.known == "storefront",
    )


def _new_code(world: World, offer: str) -> str:
    if world.shop.vouchers.known != "pool":
        return new_code(world.ids.bits)
    left = vouchers.from_pool(world.table, offer, limit=POOL_CHOICE)
    if not left:
        raise NotFound(
            "All our vouchers are given away just now. This link stays good for its seven days: please try it again later."
        )
    return left[world.ids.bits(16) % len(left)]  # not always the first, so that two who click at once seldom meet


def _issue(world: World, voucher: Voucher, now: datetime) -> list[Action]:
    actions: list[Action] = [*vouchers.issue(voucher)]
    if voucher.waits:
        actions.append(errands.put(register(voucher.code, now)))
    if world.shop.vouchers.known == "pool":
        actions.append(vouchers.taken_from_pool(voucher.offer, voucher.code))
    return actions


def _voucher_mail(world: World, claim: Claim, voucher: Voucher, now: datetime) -> Action:
    (rule,) = world.playbook.of("confirmed")
    extra, why = {"code": voucher.code}, Reason("confirmed")
    # by its code: where a restore has lost the first, its mail is known from the journal, and says another code
    one = planned(rule, claim.person, claim.offer.name, now, why, world.shop, now, extra=extra, occurrence=voucher.code)
    return follow_ups.put(one)
