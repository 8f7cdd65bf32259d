"""Inquiries: somebody waits for an answer, or is unhappy, and is helped before anything else is said to them (PRODUCT.md, manners 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain.calendar import working_days_between

ANSWER_WITHIN, NUDGED_AFTER, ON_TOP_AFTER = 5, 3, 4
"""Working days: nobody waits longer, the owner is reminded, it stands before all else."""


class Inquiry(Struct, frozen=True, omit_defaults=True):
    """`id`: the person's, a dash and more, so that it alone finds the item. `source`: their answer to "did it meet your expectations?", a
    call, a question of theirs, or the owner who heard of it. `about`: an order's key, or "". `words`: theirs, or what was noted of them.
    `outcome`, once it is closed: good, or bad where they could not be helped.
    """

    id: str
    person: str
    opened_at: datetime
    source: Literal["expectation", "call", "question", "owner"]
    about: str = ""
    words: str = ""
    closed_at: datetime | None = None
    outcome: Literal["", "good", "bad"] = ""

    @property
    def is_open(self) -> bool:
        """Whether they still wait."""
        return self.closed_at is None


def waited(inquiry: Inquiry, now: datetime, zone: str) -> int:
    """Working days since it was opened, in the shop's zone."""
    return working_days_between(inquiry.opened_at, now, zone)


def hushed_until(inquiries: Iterable[Inquiry], now: datetime, hush_days: int) -> datetime | None:
    """Until when marketing keeps quiet after a good close; None when nothing of that kind hushes it (any more)."""
    ends = [one.closed_at + timedelta(days=hush_days) for one in inquiries if one.closed_at and one.outcome == "good"]
    latest = max(ends, default=None)
    return latest if latest is not None and latest > now else None
