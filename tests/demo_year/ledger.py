"""What the people of the year remember: what they said, and which mails they got. The judges look at nothing else, but for the follow-ups' reasons."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from msgspec import Struct

FOREVER = datetime.max.replace(tzinfo=UTC)


class Got(Struct, frozen=True):
    """One mail. `rule`, `anchor`, `extra`: what it was about, as the shop's own records have it."""

    at: datetime
    to: str
    message_class: str
    rule: str
    anchor: str
    extra: tuple[tuple[str, str], ...] = ()


class ByHand(Struct, frozen=True):
    """One thing that the shop is to do by hand. `to`: an e-mail address where the shop was given one. `channel`: post, call, or e-mail where it took an e-mail's place."""

    at: datetime
    to: str
    channel: str
    rule: str
    purpose: str


class Ledger:
    """By e-mail address, in the order in which things happened."""

    def __init__(self) -> None:
        self.mails: list[Got] = []
        self.by_hand: list[ByHand] = []
        self.agreed: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
        """When, purpose, channel."""
        self.stopped: dict[str, list[datetime]] = defaultdict(list)
        self.never: dict[str, datetime] = {}
        self.unreachable: dict[str, tuple[datetime, str]] = {}
        self.unhappy: dict[str, list[list[datetime]]] = defaultdict(list)
        """Since when, and until when marketing is to leave them alone; FOREVER while nobody has helped them."""
        self.ordered: dict[str, list[datetime]] = defaultdict(list)
        """Orders that stand, as far as they know."""
        self.homes: dict[str, tuple[datetime, str, str]] = {}
        """Since when the shop can know where they live; country, zone."""
        self.parcels: dict[str, tuple[str, str]] = {}
        """Gift by order: the country that it goes to, and by whose clock its recipient lives."""
        self.customers: dict[str, datetime] = {}
        """Who did something by themselves (ordered, claimed), and since when."""
        self.recipients: set[str] = set()

    def home(self, mail: Got) -> tuple[str, str] | None:
        """Country and zone of whom it went to, as far as the shop could know; None where it could not."""
        if mail.rule == "gift-note":
            return self.parcels[mail.anchor]
        since, country, zone = self.homes.get(mail.to, (FOREVER, "", ""))
        return (country, zone) if since <= mail.at else None

    def has_agreed(self, who: str, purpose: str, channel: str, at: datetime) -> bool:
        """Whether they had, and had not stopped since."""
        return any(
            said <= at and not any(said <= stop <= at for stop in self.stopped[who])
            for said, what, how in self.agreed[who]
            if (what, how) == (purpose, channel)
        )

    def has_stopped(self, who: str, at: datetime) -> bool:
        """Whether their last word on it was to stop."""
        stops = [stop for stop in self.stopped[who] if stop <= at]
        return bool(stops) and not any(stops[-1] < said <= at for said, _, _ in self.agreed[who])
