"""The canary: a mail that goes nowhere and is sent only so that its delivery event comes back. It carries its time in its id."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.doubt import ASK_AGAIN
from chalicelib.table import Below, Item, Key, Update

KEY: Key = ("CANARY", "CANARY")
_PREFIX = "canary-"


def id_of(at: datetime) -> str:
    """The follow-up's id under which it is sent: no person's."""
    return f"{_PREFIX}{int(at.timestamp())}"


def sent_at(id_: str) -> datetime | None:
    """When a canary of that id was sent, or None for what is no canary."""
    seconds = id_.removeprefix(_PREFIX)
    return datetime.fromtimestamp(int(seconds), UTC) if id_.startswith(_PREFIX) and seconds.isdigit() else None


def heard_of(item: Item | None) -> datetime | None:
    """When the newest that came back was sent."""
    heard = (item or {}).get("heard_of")
    return datetime.fromtimestamp(heard, UTC) if isinstance(heard, int) else None


def asked(at: datetime) -> Update:
    """One goes out now. Loses when one went out within the last hour."""
    seconds = int(at.timestamp())
    return Update(KEY, set={"asked_at": seconds}, when=(Below("asked_at", seconds - int(ASK_AGAIN.total_seconds()) + 1),))


def heard(at: datetime) -> Update:
    """The one that was sent then came back. Loses to a newer one."""
    seconds = int(at.timestamp())
    return Update(KEY, set={"heard_of": seconds}, when=(Below("heard_of", seconds),))
