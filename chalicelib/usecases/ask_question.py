"""A visitor asks something, and a person will answer.

count (network, address) → what this address has asked and still waits for → the inquiry, or more words to one → hint

Whoever asks learns nothing about whom we know: every path through here takes the same calls, and the answer is the same. So whether an order of
that number is theirs is looked up when the owner reads the question, and what the question hushes is looked at behind the queue.
"""

from __future__ import annotations

from chalicelib.domain.identity import person_id
from chalicelib.domain.inquiry import Inquiry, Question, adds_to, with_more
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import inquiries
from chalicelib.table import Action
from chalicelib.usecases.admit import admit

TRIES = 4


def ask_question(world: World, asked: Question, ip: str) -> None:
    """Asking twice is fine. No mail goes out: nobody has confirmed the address, and the answer is a person's.

    Errors: TooMany when the visitor's network asks too often, Retryable. An address from which too much comes is answered like any other.
    """
    if not admit(world, ip, asked.address.key, "question"):
        return
    person = person_id(world.secrets.people, asked.address.key)
    for _ in range(TRIES):
        try:
            world.table.write(_taken(world, person, asked))
        except Lost:
            continue  # the owner closed the one that it belongs to, or more was said: look again
        world.queue.put(DUE_NOW, {"why": "a question", "asked": person})
        return
    raise Retryable("Too much happened at once. Please send the form again.")


def _taken(world: World, person: str, asked: Question) -> Action:
    waiting = adds_to(inquiries.of_person(world.table, person), asked.words)
    if waiting is not None:
        return inquiries.reworded(waiting, with_more(waiting.words, asked.words))
    return inquiries.put(
        Inquiry(
            id=f"{person}-{world.ids.token()}",
            person=person,
            opened_at=world.clock.now(),
            source="question",
            words=asked.words,
            name=asked.name,
            address=asked.address.normalised,
            order_said=asked.order,
        )
    )
