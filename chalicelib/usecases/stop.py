"""Stop: one click, no login, at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from chalicelib.domain import errand as errands_of
from chalicelib.domain import journal
from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import CANCELLED, HANDED_OVER, HELD, PLANNED, FollowUp
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.planning import recipient_of
from chalicelib.domain.playbook import RECIPIENT
from chalicelib.domain.reason import Reason
from chalicelib.domain.retention import AFTER_REASON
from chalicelib.domain.screening import End
from chalicelib.domain.standing import SERVICE
from chalicelib.errors import Lost
from chalicelib.ports import ERRANDS, STOP, Opened, World
from chalicelib.stores import errands, follow_ups, orders, pages, people, tasks
from chalicelib.table import Action
from chalicelib.usecases.plan_person import look_again

STOP_ALL = "all"
GIFT_SCOPE = "gift:"


def look_at_stop(world: World, token: str) -> Opened:
    """For the page with the button; writes nothing. Errors: Unverified."""
    return world.links.open(token, STOP, world.clock.now())


def stop(world: World, token: str) -> Opened:
    """No courtesy and no marketing from this commit on; as a gift's recipient they are forgotten, too. Saying it twice is fine.

    Errors: Unverified, Retryable.
    """
    opened = world.links.open(token, STOP, world.clock.now())
    stop_person(world, opened.person)
    return opened


def stop_address(world: World, address: str, *, never: bool = False) -> bool:
    """The owner was told, by phone or in a reply. Whether anything of that address was known. Errors: Invalid, Retryable."""
    person = person_id(world.secrets.people, parse_address(address).key)
    known = next(pages.below(world.table, f"P#{person}", limit=1), None) is not None
    stop_person(world, person, never=never, source="owner")
    return known


def stop_person(
    world: World, person: str, *, never: bool = False, source: str = "stop link", also: Sequence[Action] = ()
) -> None:
    """`never`: by no channel at all. `also`: what is written with it, and makes it lose where that loses. Errors: Lost (by `also` alone), Retryable."""
    now = world.clock.now()
    standing = people.load_standing(world.table.get(people.standing_key(person)), person)
    line, action = (journal.never, people.never) if never else (journal.stopped, people.stopped)
    try:
        world.journal.append([line(person, now)])
    finally:  # a journal that fails must not keep them waiting; whoever asked is told to ask again, and then it is journalled
        told = _told_on(world, person, now)
        actions = [action(person, now), *people.withdrawn(standing, now, source), *map(errands.put, told), *also]
        world.table.transact(actions, world.ids.token())
    for errand in told:
        world.queue.put(ERRANDS, {"id": errand.id})
    let_go(world, person, now)


def _told_on(world: World, person: str, now: datetime) -> list[errands_of.Errand]:
    """The storefront, too, is to write to them no more, where it can be told."""
    return [errands_of.stop(person, now)] if world.secrets.opens(world.shop.storefront.kind) else []


def let_go(world: World, person: str, now: datetime) -> None:
    """What a stop leaves behind is tidied up: planned mail called off, a gift's recipient forgotten, a contact kept no longer than it must."""
    with suppress(Lost):  # no contact of their own
        world.table.write(people.let_contact_go(person, now + AFTER_REASON))
    look_again(world, person)  # they are not missed any more: the list of those below the floor must not name them
    known = follow_ups.of_person(world.table, person)
    for follow_up in known:
        _call_off(world, follow_up, now)
        if follow_up.role == RECIPIENT:
            _forget_gift(world, follow_up, now)
    _give_up(world, [one.id for one in known if one.state == HANDED_OVER and one.message_class != SERVICE], now)


def _call_off(world: World, follow_up: FollowUp, now: datetime) -> None:
    # the standing alone already holds it back; this shows it at once
    if follow_up.state in (PLANNED, HELD) and follow_up.message_class != SERVICE:
        with suppress(Lost):  # on its way already
            world.table.write(follow_ups.end(follow_up.id, End(CANCELLED, Reason("stopped", {"since": stamp(now)}))))


def _give_up(world: World, handed_over: Sequence[str], now: datetime) -> None:
    # what is owed to them, a receipt, is still to be done by hand; what they asked us to stop is not
    for task in tasks.load_many(world.table, handed_over).values():
        if task.is_open:
            with suppress(Lost):  # done already
                world.table.write(tasks.done(task, "given up", "", now))


def _forget_gift(world: World, note: FollowUp, now: datetime) -> None:
    found = world.table.get_many([orders.key(note.anchor), orders.gift_key(note.anchor)])
    order = orders.load(found.get(orders.key(note.anchor)), note.anchor)
    gift = orders.load_gift(found.get(orders.gift_key(note.anchor)), order, now)
    if gift is None or recipient_of(order, gift, lambda key: person_id(world.secrets.people, key)) != note.person:
        return  # forgotten before, or the giver has named somebody else since
    with suppress(Lost):  # the order itself has been deleted
        world.table.transact([orders.forgotten(note.anchor, now), orders.forget_gift(note.anchor)], world.ids.token())
