"""The owner's own word on an order: that it is a gift or is none, and when it arrived."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from chalicelib.domain.calendar import NOON, at_local, local_day
from chalicelib.domain.order import Learnt, Order, Word, source_of
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import World
from chalicelib.stores import webhooks
from chalicelib.usecases.find_order import find_order
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.take_webhook import take


def say_gift(world: World, called: str, *, gift: bool) -> Order:
    """It counts before all signs, from now on and whatever events come. Errors: NotFound, Invalid, Retryable."""
    order = find_order(world, called)
    said = take_order(world, _learnt(order, Word(world.clock.now(), gift=gift)))
    return _told_again(world, said) if gift else said


def say_arrived(world: World, called: str, day: date) -> Order:
    """It counts before what any storefront says. Errors: NotFound, Invalid (a day that is none), Retryable."""
    order, now = find_order(world, called), world.clock.now()
    if order.view is None:
        raise Invalid("The storefront has yet to tell what was ordered: try again when it has.")
    if not local_day(order.view.placed_at, world.shop.zone) <= day <= local_day(now, world.shop.zone):
        raise Invalid("Give a day from the order's own up to today.")
    return take_order(world, _learnt(order, Word(now, arrived_at=at_local(day, NOON, world.shop.zone))))


def _learnt(order: Order, word: Word) -> Learnt:
    source = source_of(order.key)
    return Learnt(source, order.key.removeprefix(f"{source}:"), word=word)


def _told_again(world: World, order: Order) -> Order:
    """Where it was no gift so far, nothing of its recipient was kept; what the storefront sent in the last 30 days still tells."""
    source = source_of(order.key)
    storefront = world.storefronts.get(source)
    if storefront is None:
        return order
    for name in world.blob.names(webhooks.folder_of_order(source, order.key)):
        received = webhooks.load(world.table.get(webhooks.key(source, webhooks.id_in(name))))
        if received is None:
            continue
        with suppress(Invalid, NotFound):
            take(world, storefront.learn(received.topic, world.blob.get(name)))
    return find_order(world, order.key)
