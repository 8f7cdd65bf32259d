"""What becomes of a follow-up of which nobody knows whether it was taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.standing import SERVICE

DOUBT = timedelta(hours=24)
"""How long an event may still settle it before anything else does."""

ASK_AGAIN = timedelta(hours=1)

TOO_SOON = timedelta(minutes=10)
"""Before that the owner cannot have it sent again: an event may be on its way, and a command said twice must not answer a new doubt."""

Step = Literal["wait", "ask", "once more", "leave to the owner"]


def next_step(one: FollowUp, heard_of: datetime | None, now: datetime) -> Step:
    """Service mail is owed, so it goes once more after a day without a sign of it, while events are known to flow. The rest is the owner's.

    `heard_of`: when the newest canary that came back was sent (a canary is a mail whose only purpose is its event), or None. It shows
    that events flow only if it was sent since the doubt began.
    """
    if one.message_class != SERVICE or one.tried_again or one.authorised_at is None:
        return "leave to the owner"
    if heard_of is None or heard_of < one.authorised_at:
        return "ask"
    return "wait" if now < one.authorised_at + DOUBT else "once more"


def may_go_again(one: FollowUp, now: datetime) -> bool:
    """Whether the owner may have it sent again by now."""
    return one.authorised_at is None or now >= one.authorised_at + TOO_SOON


def look_again(one: FollowUp, step: Step, now: datetime) -> datetime:
    """When to look at it next."""
    if step == "wait" and one.authorised_at is not None:
        return one.authorised_at + DOUBT
    return now + (ASK_AGAIN if step == "ask" else DOUBT)
