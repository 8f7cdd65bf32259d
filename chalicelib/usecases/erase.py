"""Somebody asked to be forgotten. What stays is ids and times: that they said stop, and that an order was there once.

journal → stop → their own details, gone → order by order: itself with its gift, then the raw bodies that hold it, then that it was theirs

Saying it twice is fine, and a crash at any point is mended by saying it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from chalicelib.domain import journal
from chalicelib.domain.follow_up import CANCELLED, SENT, FollowUp
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.order import source_of
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import End
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import World
from chalicelib.stores import entries, follow_ups, orders, people, requests, webhooks
from chalicelib.table import Action
from chalicelib.usecases.stop import let_go
from chalicelib.usecases.who import orders_left

TRIES = 6


def erase_by_link(world: World, token: str) -> None:
    """Whoever holds the link to their own page asks for it; also where nothing shows any more, for the last go may have been cut short.

    Errors: Unverified, Retryable.
    """
    erase(world, world.links.open(token, PREFERENCES, world.clock.now()).person)


def erase(world: World, person: str, order_keys: Iterable[str] = ()) -> None:
    """The person, "" for nobody in particular, with all orders that they placed and those named. Errors: Retryable."""
    now = world.clock.now()
    keys = sorted({*order_keys, *(orders_left(world, person) if person else ())})
    world.journal.append([journal.erased(person, now), *(journal.erased(person, now, key) for key in keys)])
    if person:
        standing = people.load_standing(world.table.get(people.standing_key(person)), person)
        if not standing.stopped_at or standing.stopped_by:  # from now on only they themselves undo it
            world.table.transact([people.stopped(person, now), *people.withdrawn(standing, now, "erasure")], world.ids.token())
        let_go(world, person, now)
        for one in follow_ups.of_person(world.table, person):
            with suppress(Lost):  # swept meanwhile
                world.table.write(follow_ups.emptied(one))
        _forget_mails(world, follow_ups.of_person(world.table, person))
        for action in (*entries.forget(world.table, person), *people.forget(world.table, person)):
            world.table.write(action)
        for source in world.storefronts:
            _forget_bodies(world, webhooks.folder_of_person(source, person))
            _forget_bodies(world, requests.folder_of(source, person))
    for key in keys:
        _erase_order(world, key)
        _forget_bodies(world, webhooks.folder_of_order(source_of(key), key))
        if person:  # last: by this the order is found again where this was cut short
            world.table.write(orders.unlist(person, key))


def _erase_order(world: World, key: str) -> None:
    for _ in range(TRIES):
        item = world.table.get(orders.key(key))
        before = orders.load(item, key)
        # also of one that is not there: an event under way must not bring it to life
        actions: list[Action] = [orders.erased(before, world.clock.now()), orders.forget_gift(key)]
        try:
            world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # an event came between
        planned = follow_ups.load_many(world.table, list(before.follow_ups)).values()
        for one in planned:
            with suppress(Lost):  # on its way already
                world.table.write(follow_ups.end(one.id, End(CANCELLED, Reason("erased"))))
        _forget_mails(world, planned)
        return
    raise Retryable("The order changes too quickly; it is erased again in a moment.")


def _forget_mails(world: World, told: Iterable[FollowUp]) -> None:
    # one in doubt is kept: else nobody could tell any more whether it went out
    world.mailer.forget([one.id for one in told if one.state == SENT])


def _forget_bodies(world: World, folder: str) -> None:
    for name in world.blob.names(folder):
        world.blob.delete(name)
