"""Did it meet your expectations? A yes is noted; a no opens an inquiry, and until it is closed they are not sold to."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.identity import parse_words
from chalicelib.domain.inquiry import MAX_WORDS, Inquiry
from chalicelib.domain.links import EXPECTATION, NO, answer_of
from chalicelib.errors import Lost, NotFound, Refused, Retryable
from chalicelib.ports import World
from chalicelib.stores import follow_ups, inquiries, orders
from chalicelib.table import Action
from chalicelib.usecases.open_inquiry import look_at_hushed
from chalicelib.usecases.plan_person import look_again

FIELD = "words"
TRIES = 4


class Answer(Struct, frozen=True):
    """`said`: yes or no, as the link has it."""

    question: FollowUp
    said: str


def look_at_answer(world: World, token: str) -> Answer:
    """For the page with the button; writes nothing. Errors: Unverified, NotFound (the question is no longer kept)."""
    opened = world.links.open(token, EXPECTATION, world.clock.now())
    try:
        id_, said = answer_of(opened.scope)
        question = follow_ups.load_many(world.table, [id_]).get(id_)
    except (ValueError, Refused):
        question = None
    if question is None or question.person != opened.person or _is_forgotten(world, question):
        raise NotFound(
            "This question has run out: we no longer keep what it was about. Please answer our mail, and a person reads it."
        )
    return Answer(question, said)


def _is_forgotten(world: World, question: FollowUp) -> bool:
    item = world.table.get(orders.key(question.anchor))
    return item is not None and orders.load(item, question.anchor).erased


def answer_expectation(world: World, token: str, words: str = "") -> Answer:
    """Saying it twice is fine; of two answers the newer counts, and an inquiry stays open until the owner closes it.

    `words`: what was wrong, in theirs; "" is fine. Errors: as look_at_answer; Invalid for the words, Retryable.
    """
    told = parse_words(words, MAX_WORDS, FIELD)
    for _ in range(TRIES):
        answer = look_at_answer(world, token)
        look_again(world, answer.question.person)
        now = world.clock.now()
        actions: list[Action] = [follow_ups.answered(answer.question.id, answer.said, now)]
        if answer.said == NO:
            actions += _inquiry(world, answer.question, told, now)
        try:
            world.table.transact(actions, world.ids.token())
        except Lost:
            continue  # the other tab, or the owner who closes it, came between: look again
        look_at_hushed(world, answer.question.person)
        return answer
    raise Retryable("Too much happened at once. Please press the button again.")


def _inquiry(world: World, question: FollowUp, words: str, now: datetime) -> list[Action]:
    """One at a time: what they say more is added to the one that is open."""
    known = [one for one in inquiries.of_person(world.table, question.person) if one.id.startswith(question.id)]
    waiting = next((one for one in known if one.is_open), None)
    if waiting is None:
        id_ = question.id if not known else f"{question.id}-{len(known) + 1}"
        return [inquiries.put(Inquiry(id_, question.person, now, "expectation", about=question.anchor, words=words))]
    if not words or words in waiting.words:
        return []
    return [inquiries.reworded(waiting, f"{waiting.words}\n\n{words}".strip()[:MAX_WORDS])]
