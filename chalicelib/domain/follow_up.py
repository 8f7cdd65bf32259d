"""A follow-up: one planned message to one person, and how it may move (PRODUCT.md, "A follow-up's states")."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from chalicelib.domain.reason import Reason
from chalicelib.domain.standing import SERVICE

PLANNED, HELD, SENDING, UNSURE = "planned", "held", "sending", "unsure"
SENT, FAILED, CANCELLED, EXPIRED, HANDED_OVER = "sent", "failed", "cancelled", "expired", "handed over"

NEXT = {
    PLANNED: (SENDING, HELD, CANCELLED, EXPIRED, HANDED_OVER, UNSURE, SENT),
    HELD: (PLANNED, CANCELLED, EXPIRED, SENT),
    SENDING: (SENT, PLANNED, UNSURE, FAILED),
    UNSURE: (SENT, PLANNED, FAILED),
    SENT: (), FAILED: (), CANCELLED: (), EXPIRED: (), HANDED_OVER: (),
}  # fmt: skip
STATES = tuple(NEXT)
OPEN = tuple(state for state, following in NEXT.items() if following)

URGENT_LANE, PATIENT_LANE = "service", "other"
LANES = (URGENT_LANE, PATIENT_LANE)
EXPIRES_AFTER, SERVICE_EXPIRES_AFTER = timedelta(days=5), timedelta(days=7)


class FollowUp(Struct, frozen=True, omit_defaults=True):
    """`anchor` names what it is about: an order's key, or an offer. `role` says as what the person is written to.

    `reason`: why it is in its state; `why`: why it was planned at all. `look_at`: when the clock looks at it next. `expires_at`: after that it is too late; None while a hold stops the count.
    `token`, `place`, its neighbours' ids `follows` and `followed_by`, and `authorised_at` belong to one authorisation.
    `via`: the mailer that it was last authorised for.
    `expires_after`: days that it has after it was due or released; 0 is its class's own. `answered`, `answered_at`: what its person
    answered, if it asked. `released_at`: when the owner said yes to it.
    `tried_again`: it was planned once more out of doubt, which happens once, or it must never be.
    """

    id: str
    rule: str
    person: str
    anchor: str
    role: str
    message_class: str
    state: str
    reason: Reason
    due_at: datetime
    look_at: datetime
    created_at: datetime
    why: Reason | None = None
    expires_at: datetime | None = None
    token: str = ""
    place: int = 0
    follows: str = ""
    followed_by: str = ""
    authorised_at: datetime | None = None
    via: str = ""
    tried_again: bool = False
    sent_at: datetime | None = None
    message_id: str = ""
    bounced: str = ""
    expires_after: int = 0
    answered: str = ""
    answered_at: datetime | None = None
    released_at: datetime | None = None
    extra: dict[str, str] = msgspec.field(default_factory=dict)
    """What only this message says: ids and choices, e.g. the claim that it confirms."""


def follow_up_id(rule: str, person: str, anchor: str, occurrence: str = "") -> str:
    """The same for the same message, always: planning twice makes one. The person's id stands in front, so the id alone finds it."""
    digest = hashlib.sha256("\n".join((rule, person, anchor, occurrence)).encode()).digest()
    return f"{person}-{base64.b32encode(digest).decode().lower()[:16]}"


def person_of(id_: str) -> str:
    """The person part of a follow-up's id. Errors: ValueError for what is no such id."""
    person, dash, digest = id_.partition("-")
    if not (person and dash and digest):
        raise ValueError("not a follow-up's id")
    return person


def lane_of(message_class: str) -> str:
    """Service mail goes first, in a lane of its own."""
    return URGENT_LANE if message_class == SERVICE else PATIENT_LANE


def lifetime(message_class: str, days: int = 0) -> timedelta:
    """How long after it was due, or released, it may still go out. `days`: as the playbook says; 0 is the class's own."""
    if days:
        return timedelta(days=days)
    return SERVICE_EXPIRES_AFTER if message_class == SERVICE else EXPIRES_AFTER


def before(state: str) -> tuple[str, ...]:
    """The states from which it may come, by PRODUCT.md's table."""
    return tuple(one for one, following in NEXT.items() if state in following)
