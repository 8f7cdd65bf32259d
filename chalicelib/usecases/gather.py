"""Everything that the checks and the mail need to know of some follow-ups, in two batched reads.

Weak reads may be a moment old. That is enough to send by, for the authorising transaction proves that what decides had not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.domain.claim import Claim, Contact
from chalicelib.domain.competition import Entry
from chalicelib.domain.consent import Asking
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.gift import Gift
from chalicelib.domain.order import Buyer, Order
from chalicelib.domain.playbook import BUYER, CLAIMANT, CONTACT, ENTRANT, GIVER, OWNER, RECIPIENT
from chalicelib.domain.screening import Case
from chalicelib.domain.standing import MARKETING
from chalicelib.logs import failed
from chalicelib.ports import World
from chalicelib.stores import entries, follow_ups, gate, orders, people, vouchers
from chalicelib.table import Item, Key
from chalicelib.usecases.recall import recall
from chalicelib.usecases.who import buyer_of, reached_as

LISTED_AT_ONCE = 50


def gather(world: World, shard: str, ids: Sequence[str], *, strong: bool = False) -> list[Case]:
    """A case for each follow-up that is still there, in the order of `ids`."""
    found = follow_ups.load_many(world.table, ids, strong=strong)
    wanted = [found[id_] for id_ in ids if id_ in found]
    keys = {gate.key(shard)}
    for follow_up in wanted:
        keys.update(_about(follow_up))
    items = world.table.get_many(sorted(keys), strong=strong)
    return list(_cases(world, shard, wanted, items))


def gather_all(world: World, ids: Sequence[str]) -> dict[str, Case]:
    """For the owner's lists, which read as many as there are, some at a time: a case for each that is still there, by id."""
    batches = (ids[start : start + LISTED_AT_ONCE] for start in range(0, len(ids), LISTED_AT_ONCE))
    return {case.follow_up.id: case for batch in batches for case in gather(world, follow_ups.SHARDS[0], batch)}


def _cases(world: World, shard: str, wanted: Sequence[FollowUp], items: dict[Key, Item]) -> Iterator[Case]:
    for follow_up in wanted:
        try:
            yield _case(world, shard, follow_up, items)
        except msgspec.ValidationError as error:  # unreadable is not "nothing": it stays where it is, and stops nobody
            failed("what a follow-up is about cannot be read", error, follow_up=follow_up.id)


def _about(follow_up: FollowUp) -> list[Key]:
    keys = [people.standing_key(follow_up.person)]
    match follow_up.role:
        case role if role in (BUYER, RECIPIENT, GIVER):
            keys.append(orders.key(follow_up.anchor))
            if role != BUYER:
                keys.append(orders.gift_key(follow_up.anchor))
        case role if role == OWNER:
            pass  # what the shop itself says of them is enough
        case role if role == CLAIMANT:
            keys.append(_claimed(follow_up))
        case role if role == ENTRANT:
            keys.append(entries.key(follow_up.person, follow_up.anchor))
        case _:
            keys.append(people.contact_key(follow_up.person))
    if code := follow_up.extra.get("code"):
        keys.append(vouchers.key(code))
    return keys


def _claimed(follow_up: FollowUp) -> Key:
    if "entry" in follow_up.extra:
        return entries.key(follow_up.person, follow_up.anchor)
    asks = "asked" in follow_up.extra
    return people.asking_key(follow_up.person) if asks else people.claim_key(follow_up.person, follow_up.anchor)


def _case(world: World, shard: str, follow_up: FollowUp, items: dict[Key, Item]) -> Case:
    now, shop = world.clock.now(), world.shop
    opened = gate.load(items.get(gate.key(shard)), now, shop)
    case = Case(
        follow_up=follow_up,
        rule=world.playbook.named(follow_up.rule),
        standing=people.load_standing(items.get(people.standing_key(follow_up.person)), follow_up.person),
        shop=shop,
        now=now,
        name="",
        address="",
        country=shop.country,
        paused=opened.paused,
        used_today=opened.used_today,
        shards=len(follow_ups.SHARDS),
        voucher=vouchers.load(items.get(vouchers.key(code))) if (code := follow_up.extra.get("code")) else None,
        history=recall(world, follow_up.person) if follow_up.message_class == MARKETING else None,
        products=world.products,
        playbook=world.playbook,
    )
    match follow_up.role:
        case role if role == OWNER:
            return msgspec.structs.replace(case, address=shop.owner or shop.reply_to)
        case role if role == CLAIMANT:
            item = items.get(_claimed(follow_up))
            if "entry" in follow_up.extra:
                return _for_entry(case, entries.load(item, now))
            if "asked" in follow_up.extra:
                return _for_asked(case, people.load_asking(item, now))
            return _for_claimant(case, people.load_claim(item, now))
        case role if role == ENTRANT:
            return _for_entrant(case, entries.load(items.get(entries.key(follow_up.person, follow_up.anchor)), now))
        case role if role == CONTACT:
            contact = people.load_contact(items.get(people.contact_key(follow_up.person)), now)
            if contact is None and case.rule is not None and case.rule.trigger == "preferences":
                known, entered = recall(world, follow_up.person), entries.of_person(world.table, follow_up.person, now)
                contact = reached_as(world, known, entered)
            return _for_contact(world, case, contact)
        case _:
            item = items.get(orders.key(follow_up.anchor))
            order = orders.load(item, follow_up.anchor) if item is not None else None
            gift = orders.load_gift(items.get(orders.gift_key(follow_up.anchor)), order, now) if order is not None else None
            return _for_order(world, case, order, gift)


def _for_claimant(case: Case, claim: Claim | None) -> Case:
    if claim is None or claim.id != case.follow_up.extra.get("claim"):
        return case  # run out, or a newer claim took its place: without an address nothing goes
    return msgspec.structs.replace(case, address=claim.address, claim=claim)


def _for_asked(case: Case, asking: Asking | None) -> Case:
    if asking is None or asking.id != case.follow_up.extra["asked"] or asking.confirmed_at is not None:
        return case  # as with a claim; and what was answered is not asked
    return msgspec.structs.replace(case, address=asking.address, locale=asking.locale, asking=asking)


def _for_entry(case: Case, entry: Entry | None) -> Case:
    if entry is None or entry.id != case.follow_up.extra["entry"] or entry.confirmed_at is not None:
        return case  # as with what is asked
    return msgspec.structs.replace(case, address=entry.address, locale=entry.locale, entry=entry)


def _for_entrant(case: Case, entry: Entry | None) -> Case:
    if entry is None or entry.confirmed_at is None:
        return case
    return msgspec.structs.replace(case, name=entry.name, address=entry.address, locale=entry.locale, entry=entry)


def _for_contact(world: World, case: Case, contact: Contact | None) -> Case:
    if contact is None:
        return case
    case = msgspec.structs.replace(case, name=contact.name, address=contact.address, locale=contact.locale)
    placed = case.history.orders if case.history is not None else ()
    views = [order.view for order in placed if order.view is not None and not order.view.test]
    # where they live is known by their newest order alone, be it one that was called off since
    buyer = max(views, key=lambda view: view.placed_at).buyer if views else Buyer()
    return msgspec.structs.replace(case, country=buyer.country or case.country, zones=world.zones.of(buyer.country, buyer.region))


def _for_order(world: World, case: Case, order: Order | None, gift: Gift | None) -> Case:
    if order is None or order.view is None:
        return case
    if case.follow_up.role == RECIPIENT:
        to = gift or Gift()
        return msgspec.structs.replace(
            case,
            order=order,
            gift=gift,
            name=to.recipient,
            address=to.address,
            country=to.country or case.country,
            zones=world.zones.of(to.country),
        )
    if buyer_of(world, order) not in ("", case.follow_up.person):
        return case  # by now somebody else's, who must not have this person's links
    buyer = order.view.buyer
    return msgspec.structs.replace(
        case,
        order=order,
        gift=gift,
        name=buyer.name,
        address=buyer.address,
        country=buyer.country or case.country,
        locale=buyer.locale,
        zones=world.zones.of(buyer.country, buyer.region),
    )
