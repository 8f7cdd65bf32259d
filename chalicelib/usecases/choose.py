"""What somebody chooses on their own page, by their own click: consents given and ended, pace and pause, facts told and taken back.

journal, where a stop is undone, a consent ends, a fact is taken back, or pace or pause changes → one transaction: ledger, standing, contact, facts, plan → hint → what is held for a pause is looked at
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from chalicelib.domain import journal
from chalicelib.domain.consent import Wording, consent_key, given
from chalicelib.domain.fact import Fact, mark
from chalicelib.domain.preferences import SOURCE, Change, reached
from chalicelib.domain.reason import CHOSEN
from chalicelib.domain.retention import AFTER_REASON
from chalicelib.domain.standing import Standing
from chalicelib.ports import DUE_NOW, World
from chalicelib.stores import facts, people, plans
from chalicelib.table import Action
from chalicelib.usecases.agree import kept
from chalicelib.usecases.look_at_held import look_at_held
from chalicelib.usecases.look_at_preferences import Own


def choose(
    world: World,
    own: Own,
    change: Change,
    now: datetime,
    *,
    told: Sequence[Fact] = (),
    taken_back: Sequence[Fact] = (),
    source: str = SOURCE,
) -> None:
    """Errors: Lost (something about them came between: look again), Retryable."""
    standing = own.history.standing
    again = reached(standing, own.asked_at)
    consents = [given(standing.person, wording, now, now, source) for wording in change.given]
    _journal(world, standing, change, now, taken_back, undoes=bool(consents) or again)
    ended = structs.replace(standing, consents={key: at for key, at in standing.consents.items() if key in change.ended})
    actions: list[Action] = [
        people.chose(
            standing,
            now,
            given=consents,
            ended=change.ended,
            pace=change.pace,
            paused_until=change.paused_until,
            reached=again,
        ),
        *map(people.put_consent, consents),
        *people.withdrawn(ended, now, source),
        *_contact(own, change, now),
        *(facts.put(standing.person, fact) for fact in told),
        *(facts.forget(standing.person, fact) for fact in taken_back),
    ]
    if own.has_plan or in_force(standing, change):
        actions.append(plans.look(standing.person, now))
    world.table.transact(actions, world.ids.token())
    look_at_held(world, own.history.follow_ups, *CHOSEN)
    world.queue.put(DUE_NOW, {"why": "preferences"})


def in_force(standing: Standing, change: Change) -> set[str]:
    """The consents that are there once this is done, as purpose/channel."""
    return (standing.consents.keys() - set(change.ended)) | set(map(_key, change.given))


def _key(wording: Wording) -> str:
    return consent_key(wording.purpose, wording.channel)


def _journal(
    world: World, standing: Standing, change: Change, now: datetime, taken_back: Sequence[Fact], *, undoes: bool
) -> None:
    lines = [journal.withdrawn(standing.person, key, now) for key in change.ended]
    marks = (mark(world.secrets.people, standing.person, fact.kind, fact.about) for fact in taken_back)
    lines += [journal.untold(standing.person, known_by, now) for known_by in marks]
    if (change.pace, change.paused_until) != (standing.pace, standing.paused_until):
        lines.append(journal.chose(standing.person, change.pace, change.paused_until, now))
    if undoes and (standing.stopped_at or standing.unreachable_at):
        lines.append(journal.confirmed(standing.person, now, agreed=bool(change.given)))
    if lines:
        world.journal.append(lines)


def _contact(own: Own, change: Change, now: datetime) -> list[Action]:
    if in_force(own.history.standing, change):
        return [kept(own.contact, own.contact_item, now, until=None)]
    # what ends with the last consent is reckoned anew by night (domain.retention)
    ends = change.ended and own.history.contact is not None
    return [people.keep_contact(own.contact.person, now + AFTER_REASON)] if ends else []
