"""By-hand tasks: what people do better than programs, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.playbook import CALL, POST, RECIPIENT, Rule

Kind = Literal["note", "letter", "call", "mail"]
Outcome = Literal["posted", "given up", "happy", "unhappy", "away", "no answer", "stop"]

OUTCOMES: Mapping[Kind, tuple[Outcome, ...]] = {
    "note": ("posted", "given up"),
    "letter": ("posted", "given up"),
    "mail": ("posted", "given up"),
    "call": ("happy", "unhappy", "away", "no answer", "stop", "given up"),
}
"""note: to a gift's recipient. letter: a postal offer. mail: a receipt or the like that e-mail cannot bring. call: away says why they stayed
away, stop is never again.
"""

ANSWERED: tuple[Outcome, ...] = ("happy", "unhappy", "away", "stop")
"""They spoke with us: that is a response."""


class Task(Struct, frozen=True, omit_defaults=True):
    """`id`: of the follow-up that was handed over. `anchor` and `rule`: as the follow-up's. `due_at`: when it was to go. No name and no
    address is kept here: they are looked up when it is printed. `words`: what was noted of a call.
    """

    id: str
    kind: Kind
    person: str
    anchor: str
    rule: str
    made_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    outcome: Literal["", "posted", "given up", "happy", "unhappy", "away", "no answer", "stop"] = ""
    words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_at is None


def handed_over(one: FollowUp, rule: Rule | None, now: datetime) -> Task:
    """The task that a follow-up becomes."""
    kinds: Mapping[str, Kind] = {POST: "letter", CALL: "call"}
    kind = "note" if one.role == RECIPIENT else kinds.get(rule.channel if rule is not None else "", "mail")
    return Task(one.id, kind, one.person, one.anchor, one.rule, made_at=now, due_at=one.due_at)
