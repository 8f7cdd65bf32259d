"""Somebody asks for a link to their own page, with nothing but an address.

count (network, address) → read what is known → one transaction: that they asked, and the mail where we know them → hint

Whoever asks learns nothing about whom we know: every path through here takes the same calls, and the answer is the same.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.history import History
from chalicelib.domain.identity import Address, keyed_hash, person_id
from chalicelib.domain.planning import planned
from chalicelib.domain.playbook import BUYER, GIVER
from chalicelib.domain.reason import Reason
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import counters, entries, follow_ups, inquiries, orders, pages, people
from chalicelib.table import Action
from chalicelib.usecases.admit import admit
from chalicelib.usecases.who import reached_as

TRIES = 4
ANCHOR = "preferences"


def send_preferences_link(world: World, address: Address, ip: str) -> None:
    """Plans the mail, to the address that we have of them, where we have one; once an address in 24 hours.

    Errors: TooMany when the visitor's network asks too often. An address that asks too often is answered like any other.
    """
    now = world.clock.now()
    if not admit(world, ip, address.key, "preferences"):
        return
    for _ in range(TRIES):
        try:
            world.table.transact(_answer(world, address, now), world.ids.token())
        except Lost:
            continue  # the same address asked by another tab: decide anew
        world.queue.put(DUE_NOW, {"why": "preferences"})
        return
    raise Retryable("Too much happened at once. Please send the form again.")


def _answer(world: World, address: Address, now: datetime) -> list[Action]:
    person, hashed = person_id(world.secrets.people, address.key), keyed_hash(world.secrets.people, "link", address.key)
    items = list(pages.below(world.table, f"P#{person}"))
    placed = {one.anchor for one in follow_ups.readable(filter(follow_ups.is_follow_up, items)) if one.role in (BUYER, GIVER)}
    placed |= {str(item["sk"]).removeprefix(orders.LISTED) for item in items if str(item["sk"]).startswith(orders.LISTED)}
    found = world.table.get_many([counters.link_key(hashed), *map(orders.key, sorted(placed))])
    before = found.get(counters.link_key(hashed))
    if counters.asked_lately(before, now):
        return [counters.asks_again(hashed)]
    by_key = {str(item["sk"]): item for item in items}
    history = History(
        person,
        people.load_standing(by_key.get("STANDING"), person),
        people.load_contact(by_key.get("CONTACT"), now),
        tuple(orders.load(found[orders.key(key)], key) for key in sorted(placed) if orders.key(key) in found),
        inquiries=tuple(inquiries.load(item) for name, item in by_key.items() if name.startswith(inquiries.PREFIX)),
    )
    actions: list[Action] = [counters.asks_for_link(hashed, before, now)]
    entered = [entries.load(item, now) for name, item in by_key.items() if name.startswith(entries.PREFIX)]
    if reached_as(world, history, filter(None, entered)) is not None:
        (rule,) = world.playbook.of("preferences")
        why, once = Reason("link-asked"), world.ids.token()
        actions.append(follow_ups.put(planned(rule, person, ANCHOR, now, why, world.shop, now, occurrence=once)))
    return actions
