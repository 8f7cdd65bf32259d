"""Somebody has their answer. After a good close marketing keeps quiet for some days more."""

from __future__ import annotations

from typing import Literal

from chalicelib.domain.inquiry import Inquiry
from chalicelib.errors import Conflict, Lost, NotFound, Refused
from chalicelib.ports import World
from chalicelib.stores import inquiries
from chalicelib.usecases.open_inquiry import look_at_hushed
from chalicelib.usecases.plan_person import look_again

Outcome = Literal["good", "bad"]


def close_inquiry(world: World, id_: str, outcome: Outcome) -> Inquiry:
    """`bad`: they could not be helped. Errors: NotFound, Conflict (closed before), Retryable."""
    try:
        found = inquiries.load_many(world.table, [id_]).get(id_)
    except (ValueError, Refused):
        found = None
    if found is None:
        raise NotFound("There is no inquiry of that id: courtesy inquiry list shows them.")
    look_again(world, found.person)
    try:
        world.table.write(inquiries.closed(found, outcome, world.clock.now()))
    except Lost:
        raise Conflict("That inquiry was closed before.") from None
    look_at_hushed(world, found.person)
    return found
