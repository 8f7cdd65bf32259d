"""Inquiries: somebody waits for an answer, or is unhappy, and is helped before anything else is said to them (PRODUCT.md, manners 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from chalicelib.domain.calendar import working_days_between
from chalicelib.domain.identity import Address

ANSWER_WITHIN, NUDGED_AFTER, ON_TOP_AFTER = 5, 3, 4
"""Working days: nobody waits longer, the owner is reminded, it stands before all else."""

MAX_WORDS, MAX_KEPT = 2000, 8000
"""Of one saying, and of all that is added to one inquiry."""

MAX_OPEN = 5
"""Questions that one address may have open; what is asked beyond is added to the newest, for the one answer to take up."""

MORE = "[They wrote more than is kept here.]"


class Inquiry(Struct, frozen=True, omit_defaults=True):
    """`id`: the person's, a dash and more, so that it alone finds the item. `source`: their answer to "did it meet your expectations?", a
    call, a question of theirs, or the owner who heard of it. `about`: an order's key, or "". `words`: theirs, or what was noted of them.
    `outcome`, once it is closed: good, or bad where they could not be helped. `name`, `address`: as somebody typed them into the site's form,
    confirmed by nobody, for they may be known nowhere else. `order_said`: the number that they typed with it, which may be no order of theirs.
    """

    id: str
    person: str
    opened_at: datetime
    source: Literal["expectation", "call", "question", "owner"]
    about: str = ""
    words: str = ""
    closed_at: datetime | None = None
    outcome: Literal["", "good", "bad"] = ""
    name: str = ""
    address: str = ""
    order_said: str = ""

    @property
    def is_open(self) -> bool:
        """Whether they still wait."""
        return self.closed_at is None


class Question(Struct, frozen=True):
    """The form on the site, checked. `order`: its number as typed, or ""."""

    name: str
    address: Address
    order: str
    words: str


def adds_to(known: Sequence[Inquiry], words: str) -> Inquiry | None:
    """Of one person's inquiries the open question that these words belong to: the one that says just that, or the newest where too many are open."""
    open_ones = sorted(
        (one for one in known if one.is_open and one.source == "question"), key=lambda one: (one.opened_at, one.id)
    )
    said = next((one for one in open_ones if words in one.words), None)
    return said or (open_ones[-1] if len(open_ones) >= MAX_OPEN else None)


def with_more(said: str, words: str) -> str:
    """What an inquiry says once they have said this, too; the first that was said stays, whatever follows."""
    if words in said or said.endswith(MORE):
        return said
    whole = f"{said}\n\n{words}".strip()
    return whole if len(whole) <= MAX_KEPT else f"{said}\n\n{MORE}"


Urgency = Literal["", "nudged", "on top"]


def urgency(days: int) -> Urgency:
    """How much one asks for the owner that has waited so many working days."""
    return "on top" if days >= ON_TOP_AFTER else "nudged" if days >= NUDGED_AFTER else ""


def waited(inquiry: Inquiry, now: datetime, zone: str) -> int:
    """Working days since it was opened, in the shop's zone."""
    return working_days_between(inquiry.opened_at, now, zone)


def hushed_until(inquiries: Iterable[Inquiry], now: datetime, hush_days: int) -> datetime | None:
    """Until when marketing keeps quiet after a good close; None when nothing of that kind hushes it (any more)."""
    ends = [one.closed_at + timedelta(days=hush_days) for one in inquiries if one.closed_at and one.outcome == "good"]
    latest = max(ends, default=None)
    return latest if latest is not None and latest > now else None
