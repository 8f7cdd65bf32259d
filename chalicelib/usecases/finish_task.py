"""What became of a by-hand task; and what follows from it: help for who is unhappy, a fact, or never again.

read → follow from the outcome → one transaction: the task, the inquiry or the fact, or a stop by every channel
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.fact import AWAY, Fact
from chalicelib.domain.identity import parse_words
from chalicelib.domain.inquiry import MAX_WORDS, Inquiry
from chalicelib.domain.task import OUTCOMES, Outcome, Task
from chalicelib.errors import Conflict, Invalid, Lost, NotFound, Refused
from chalicelib.ports import World
from chalicelib.stores import facts, inquiries, tasks
from chalicelib.table import Action
from chalicelib.usecases.open_inquiry import look_at_hushed
from chalicelib.usecases.plan_person import look_again
from chalicelib.usecases.stop import stop_person

SOURCE = "call"


def finish_task(world: World, id_: str, outcome: Outcome, words: str = "") -> Task:
    """The task as it was. A call: unhappy opens an inquiry, away keeps why they stayed away, stop is never again, by any channel.

    Errors: NotFound, Invalid (the outcome is none of its kind's, or words are missing or unfit), Conflict (it was done before), Retryable.
    """
    task = _found(world, id_)
    told = parse_words(words, MAX_WORDS, "words")
    if outcome not in OUTCOMES[task.kind]:
        raise Invalid(f"That is a {task.kind}: say {', '.join(OUTCOMES[task.kind])}.", "outcome")
    if outcome == "away" and not told:
        raise Invalid("Say in a few words why they stayed away.", "words")
    now = world.clock.now()
    done = tasks.done(task, outcome, told, now)
    look_again(world, task.person)
    try:
        if outcome == "stop":
            stop_person(world, task.person, never=True, source=SOURCE, also=[done])
        else:
            world.table.transact([done, *_follows(task, outcome, told, now)], world.ids.token())
    except Lost:
        if outcome == "stop":
            stop_person(world, task.person, never=True, source=SOURCE)  # whoever closed the task, they asked us to stop
        raise Conflict("That task was done before.") from None
    if outcome == "unhappy":
        look_at_hushed(world, task.person)
    return task


def _found(world: World, id_: str) -> Task:
    try:
        found = tasks.load_many(world.table, [id_]).get(id_)
    except (ValueError, Refused):
        found = None
    if found is None:
        raise NotFound("There is no by-hand task of that id: courtesy tasks lists them.")
    if not found.is_open:
        raise Conflict("That task was done before.")
    return found


def _follows(task: Task, outcome: Outcome, words: str, now: datetime) -> list[Action]:
    if outcome == "unhappy":
        about = task.anchor if ":" in task.anchor else ""
        return [inquiries.put(Inquiry(task.id, task.person, now, "call", about=about, words=words))]
    if outcome == "away":
        return [facts.put(task.person, Fact(AWAY, SOURCE, words, "stated", now, SOURCE))]
    return []
