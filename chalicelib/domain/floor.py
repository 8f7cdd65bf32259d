"""The floor (manner 7): who said yes should hear something helpful at least twice a year, or the owner is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain.calendar import instant
from chalicelib.domain.follow_up import HANDED_OVER, SENT
from chalicelib.domain.history import History
from chalicelib.domain.ladder import rung
from chalicelib.domain.shop import Manners
from chalicelib.domain.standing import COURTESY, SERVICE, closed_by, wants_only_orders


class Unheard(Struct, frozen=True, omit_defaults=True):
    """Somebody who agreed and heard nothing since `since`. `suggestion`: planned (something is due), preferences (ask what they like),
    newsletter (they agreed to it), letter or call (mail does not move them).
    """

    person: str
    since: datetime
    suggestion: Literal["planned", "preferences", "newsletter", "letter", "call"]


def unheard(history: History, manners: Manners, now: datetime) -> Unheard | None:
    """None for who did not agree, who was written to lately, and who wants peace: for good, for a while, or but for their orders."""
    since = _heard_of_us(history)
    if since is None or now < since + timedelta(days=manners.floor_days) or rung(history, manners, now).name == "peace":
        return None
    return Unheard(history.person, since, _suggestion(history, manners, now))


def floor_at(history: History, manners: Manners, now: datetime) -> datetime | None:
    """When time alone would bring them below the floor, or None."""
    since = _heard_of_us(history)
    at = since + timedelta(days=manners.floor_days) if since is not None else None
    return at if at is not None and at > now else None


def _heard_of_us(history: History) -> datetime | None:
    standing = history.standing
    if not standing.consents or closed_by(standing, COURTESY) or wants_only_orders(standing):
        return None
    heard = [
        one.sent_at or one.due_at
        for one in history.follow_ups
        if one.message_class != SERVICE and one.state in (SENT, HANDED_OVER)
    ]
    rested = [instant(standing.paused_until)] if standing.paused_until else []  # silence that they asked for is none of ours
    return max([*heard, *rested, min(instant(at) for at in standing.consents.values())])


def _suggestion(
    history: History, manners: Manners, now: datetime
) -> Literal["planned", "preferences", "newsletter", "letter", "call"]:
    if any(one.state in ("planned", "held") and one.message_class != SERVICE for one in history.follow_ups):
        return "planned"
    match rung(history, manners, now).name:
        case "post":
            return "letter"
        case "call":
            return "call"
        case _:
            return "newsletter" if "newsletter/e-mail" in history.standing.consents else "preferences"
