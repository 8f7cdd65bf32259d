"""Are we still welcome? A yes is a sign of life: they stay on the list."""

from __future__ import annotations

from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.links import WELCOME, YES
from chalicelib.errors import Lost, NotFound, Refused, Retryable
from chalicelib.ports import World
from chalicelib.stores import follow_ups, people
from chalicelib.usecases.plan_person import look_again

TRIES = 4

_RUN_OUT = "This question has run out: we no longer keep it. Nothing more comes unless you ask us for it again."

_ENDED = "This question has run out: we took your silence for a no, and write no more. On our site you can ask us for news again."


def look_at_welcome(world: World, token: str) -> FollowUp:
    """For the page with the button; writes nothing. Errors: Unverified, NotFound."""
    opened = world.links.open(token, WELCOME, world.clock.now())
    try:
        question = follow_ups.load_many(world.table, [opened.scope]).get(opened.scope)
    except (ValueError, Refused):
        question = None
    if question is None or question.person != opened.person:
        raise NotFound(_RUN_OUT)
    return question


def say_welcome(world: World, token: str) -> FollowUp:
    """Saying it twice is fine. Errors: as look_at_welcome; Retryable."""
    question = look_at_welcome(world, token)
    look_again(world, question.person)
    for _ in range(TRIES):
        standing = people.load_standing(world.table.get(people.standing_key(question.person)), question.person)
        if not standing.consents:
            raise NotFound(_ENDED)  # they said nothing in time, or stop: a yes to new words is theirs to give
        answer = follow_ups.answered(question.id, YES, world.clock.now())
        try:
            world.table.transact([answer, people.unchanged(standing)], world.ids.token())
        except Lost as lost:
            if 0 in lost.positions:
                raise NotFound(_RUN_OUT) from None
            continue  # their consents may have ended this moment: look again
        return question
    raise Retryable("Too much happened at once. Please press the button again.")
