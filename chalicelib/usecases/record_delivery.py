"""A delivery event comes back from the mailer: it settles what was in doubt, and closes an address that mail cannot reach."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain import journal
from chalicelib.domain.delivery import BOUNCED, COMPLAINED, REJECTED, DeliveryEvent, suppresses
from chalicelib.domain.follow_up import person_of
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import canary, follow_ups, people
from chalicelib.usecases.plan_person import look_again


def record_delivery(world: World, event: DeliveryEvent) -> None:
    """Events may come late, twice and in any order. Errors: Retryable; ValueError for an id that is none of ours."""
    if (sent_at := canary.sent_at(event.follow_up_id)) is not None:
        with suppress(Lost):  # a newer one came back before
            world.table.write(canary.heard(sent_at))
        return
    person = person_of(event.follow_up_id)
    if why := suppresses(event):
        now = world.clock.now()
        world.journal.append([journal.unreachable(person, why, now)])
        look_again(world, person)  # perhaps a letter may go in place of mail
        with suppress(Lost):  # it was closed before
            world.table.write(people.unreachable(person, why, now))
    with suppress(Lost):  # it was settled before
        world.table.write(follow_ups.settle(event))
    if event.kind in (BOUNCED, COMPLAINED, REJECTED):
        with suppress(Lost):  # its follow-up has been deleted; the standing holds what matters
            world.table.write(follow_ups.note_outcome(event))
