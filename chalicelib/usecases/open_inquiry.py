"""Somebody waits for an answer, or is unhappy: from now on they are helped, and not sold to."""

from __future__ import annotations

from chalicelib.domain.identity import parse_address, parse_words, person_id
from chalicelib.domain.inquiry import MAX_WORDS, Inquiry
from chalicelib.domain.reason import HUSHED
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import follow_ups, inquiries, pages
from chalicelib.usecases.find_order import find_order
from chalicelib.usecases.look_at_held import look_at_held


def open_inquiry(world: World, address: str, words: str, *, order: str = "") -> Inquiry:
    """The owner heard of it. `order`: its number or key, "" for none. Errors: Invalid, NotFound (nobody has that address), Retryable."""
    person = person_id(world.secrets.people, parse_address(address).key)
    told = parse_words(words, MAX_WORDS, "words")
    if not told:
        raise Invalid("Say in a few words what they wait for.", "words")
    if next(pages.below(world.table, f"P#{person}", limit=1), None) is None:
        raise NotFound("Nobody with that address is known here. Answer them by mail; there is nothing to hush.")
    inquiry = Inquiry(
        id=f"{person}-{world.ids.token()}",
        person=person,
        opened_at=world.clock.now(),
        source="owner",
        about=find_order(world, order).key if order else "",
        words=told,
    )
    world.table.write(inquiries.put(inquiry))
    look_at_hushed(world, person)
    return inquiry


def look_at_hushed(world: World, person: str) -> None:
    """What is held because they are helped, or were lately, is looked at at once. Errors: Retryable."""
    if look_at_held(world, follow_ups.of_person(world.table, person), *HUSHED):
        world.queue.put(DUE_NOW, {"why": "an inquiry"})
