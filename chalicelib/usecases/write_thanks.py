"""A gift's recipient writes their thanks; the giver gets it, and neither sees the other's address."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.gift import Gift
from chalicelib.domain.identity import first_name, parse_words, person_id
from chalicelib.domain.order import Order
from chalicelib.domain.planning import planned, recipient_of
from chalicelib.domain.reason import Reason
from chalicelib.errors import Conflict, Invalid, Lost, NotFound, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups, orders
from chalicelib.table import Action

PURPOSE = "thank"
MAX_MESSAGE = 1000
TRIES = 4
_RUN_OUT = "This card has run out: we have deleted what we knew of the gift."
_WRITTEN = "Your card has been passed on already."


class Card(Struct, frozen=True):
    """The blank card: to whom it goes, by first name, "" when unknown."""

    giver: str


def look_at_card(world: World, token: str) -> Card:
    """For the page with the card; writes nothing. Errors: Unverified, NotFound, Conflict (it was written)."""
    order, _ = _opened(world, token)
    return Card(first_name(order.view.buyer.name) if order.view is not None else "")


def write_thanks(world: World, token: str, message: str) -> None:
    """Keeps the words with the gift and plans the mail to the giver. Errors: as look_at_card; Invalid for the message, Retryable."""
    words = parse_message(message)
    for _ in range(TRIES):
        order, gift = _opened(world, token)
        relay = _relay(world, order)
        try:
            world.table.transact(_passing_on(world, order, gift, words, relay), world.ids.token())
        except Lost:
            if follow_ups.load_many(world.table, [relay.id]):
                raise Conflict(_WRITTEN) from None  # by the other tab, or before a restore
            continue  # an event of the order came between: look again
        world.queue.put(DUE_NOW, {"why": "thanks"})
        return
    raise Retryable("Too much happened at once. Please press the button again.")


def _relay(world: World, order: Order) -> FollowUp:
    if order.view is None or not order.view.buyer.dedupe_key:
        raise NotFound("We can no longer reach the giver.")
    now = world.clock.now()
    giver = person_id(world.secrets.people, order.view.buyer.dedupe_key)
    (rule,) = world.playbook.of("thanks")
    return planned(rule, giver, order.key, now, Reason("thanks-written", {"at": stamp(now)}), world.shop, now)


def _passing_on(world: World, order: Order, gift: Gift, words: str, relay: FollowUp) -> list[Action]:
    return [
        orders.thanked(order, world.clock.now()),
        orders.put_gift(order, msgspec.structs.replace(gift, thanks=words)),
        follow_ups.put(relay),
    ]


def parse_message(text: str) -> str:
    """The words, lines kept. Errors: Invalid, with field "message"."""
    words = parse_words(text, MAX_MESSAGE, "message")
    if not words:
        raise Invalid("Write a few words first.", "message")
    return words


def _opened(world: World, token: str) -> tuple[Order, Gift]:
    now = world.clock.now()
    opened = world.links.open(token, PURPOSE, now)
    note = follow_ups.load_many(world.table, [opened.scope]).get(opened.scope)
    if note is None:
        raise NotFound(_RUN_OUT)
    found = world.table.get_many([orders.key(note.anchor), orders.gift_key(note.anchor)])
    order = orders.load(found.get(orders.key(note.anchor)), note.anchor)
    gift = orders.load_gift(found.get(orders.gift_key(note.anchor)), order, now)
    if (
        gift is None
        or recipient_of(order, gift, lambda key: person_id(world.secrets.people, key)) != opened.person
        or gift.person
    ):
        raise NotFound(_RUN_OUT)
    if order.thanked_at is not None:
        raise Conflict(_WRITTEN)
    return order, gift
