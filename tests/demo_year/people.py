"""Who there is in the made-up shop's year, and what they do by themselves, drawn from a seed. What they do about a mail, year.py draws."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

HOMES = (
    (52, "GB", "", "Europe/London"),
    (8, "IE", "", "Europe/Dublin"),
    (5, "US", "NY", "America/New_York"),
    (5, "US", "CA", "America/Los_Angeles"),
    (3, "US", "CO", "America/Denver"),
    (2, "US", "HI", "Pacific/Honolulu"),
    (14, "DE", "", "Europe/Berlin"),
    (11, "FR", "", "Europe/Paris"),
)
"""How many of a hundred, country, region, and whose clock they live by."""

THINGS = (
    ("Sea-glass stud earrings", "EAR-SEA-001", 4800, ()),
    ("Hammered hoop earrings", "EAR-HOOP", 5600, ()),
    ("Signet ring", "RING-SIGNET", 9200, ("L", "M", "N", "P")),
    ("Lambswool socks", "SOCK-GREY", 1800, ("S", "M", "L")),
    ("Carrick locket", "LOC-CARRICK", 12500, ()),
    ("Polishing cloth", "CARE-CLOTH", 600, ()),
    ("Sennen bangle", "BRA-SENNEN", 7400, ("S", "M", "L")),
)
"""Title, SKU, price in pence, sizes."""

PURPOSES = (
    ("voucher reminder", "e-mail", 0.5),
    ("care", "e-mail", 0.5),
    ("occasions", "e-mail", 0.45),
    ("for you", "e-mail", 0.5),
    ("offers", "post", 0.35),
    ("offers", "call", 0.25),
)
"""What somebody may say yes to besides the newsletter, and how many of those who say yes at all do."""

CATEGORIES = ("rings", "earrings", "necklaces", "bracelets", "socks")


class Placed(Struct, frozen=True):
    """One order. `gift_to`: the recipient's number, their e-mail address or "", and country; None where it is none. `fate`: what becomes of it.
    `days`: until it is sent, and from then until it is there.
    """

    at: datetime
    things: tuple[tuple[str, str, int, str], ...]
    gift_to: tuple[str, str, str] | None = None
    fate: str = ""
    days: tuple[int, int] = (1, 2)


class Stated(Struct, frozen=True):
    """Something that they tell of themselves."""

    at: datetime
    kind: str
    about: str
    value: str
    purpose: str


class Somebody(Struct, frozen=True):
    """One person. `claims_at`: when they claim the voucher, None for never. `said`: what their storefront tells of them (yes, no), and when.
    `agrees`: to which purposes by which channels, all at once. `quiet`: they answer nothing. `bounces`: no mail reaches them, from then on.
    """

    number: int
    name: str
    email: str
    country: str
    region: str
    zone: str
    claims_at: datetime | None
    newsletter: bool
    said: tuple[str, datetime] | None
    agrees: tuple[tuple[str, str], ...]
    agrees_at: datetime
    states: tuple[Stated, ...]
    orders: tuple[Placed, ...]
    quiet: bool
    bounces: datetime | None


def draw(count: int, start: datetime, days: int, seed: int) -> list[Somebody]:
    """So many, the same for the same seed."""
    chance = random.Random(seed)
    return [_somebody(number, count, start, days, chance) for number in range(count)]


def _somebody(number: int, count: int, start: datetime, days: int, chance: random.Random) -> Somebody:
    _, country, region, zone = chance.choices(HOMES, weights=[home[0] for home in HOMES])[0]
    talks = chance.random() < 0.6
    claims = _when(start, days, chance) if talks and chance.random() < 0.7 else None
    said = None
    if chance.random() < 0.2:
        said = ("yes" if chance.random() < 0.8 else "no", _when(start, days, chance))
    agreed_at = max(_when(start, days // 2, chance), claims or start) + timedelta(days=1)
    agrees = tuple((purpose, channel) for purpose, channel, share in PURPOSES if talks and chance.random() < share)
    return Somebody(
        number=number,
        name=f"Person {number}",
        email=f"person{number}@example.com",
        country=country,
        region=region,
        zone=zone,
        claims_at=claims,
        newsletter=chance.random() < 0.6,
        said=said,
        agrees=agrees,
        agrees_at=agreed_at,
        states=tuple(_stated(agrees, agreed_at + timedelta(days=6), chance)),
        orders=tuple(_orders(number, count, country, start, days, chance)),
        quiet=chance.random() < 0.3,
        bounces=_when(start, days, chance) if chance.random() < 0.02 else None,
    )


def _when(start: datetime, days: int, chance: random.Random) -> datetime:
    return start + timedelta(minutes=chance.randrange(max(1, days) * 1440))


def _stated(agrees: Sequence[tuple[str, str]], at: datetime, chance: random.Random) -> Iterator[Stated]:
    if ("occasions", "e-mail") in agrees:
        for label in ("birthday", "partner's birthday", "anniversary"):
            if chance.random() < 0.5:
                yield Stated(at, "date", label, f"--{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}", "occasions")
    if ("for you", "e-mail") in agrees:
        for category in CATEGORIES:
            if chance.random() < 0.35:
                yield Stated(at, "interest", category, "yes" if chance.random() < 0.9 else "no", "for you")
        if chance.random() < 0.3:
            yield Stated(at, "size", "rings", chance.choice(("L", "M", "N", "P")), "for you")
    if ("offers", "post") in agrees:
        yield Stated(at, "address", "post", f"{chance.randrange(1, 99)} Quay Hill\nFalmouth", "offers")
    if ("offers", "call") in agrees:
        yield Stated(at, "phone", "call", f"+44132655{chance.randrange(1000, 9999)}", "offers")


def _orders(number: int, count: int, country: str, start: datetime, days: int, chance: random.Random) -> Iterator[Placed]:
    many = chance.choices((0, 1, 2, 3, 5), weights=(18, 42, 22, 12, 6))[0]
    for at in sorted(_when(start, days, chance) for _ in range(many)):
        yield placed(at, number, count, country, chance)


def placed(at: datetime, number: int, count: int, country: str, chance: random.Random) -> Placed:
    """An order of theirs: what, for whom, and what becomes of it."""
    things = tuple(
        (title, sku, price, chance.choice(sizes) if sizes else "")
        for title, sku, price, sizes in chance.sample(THINGS, chance.choice((1, 1, 1, 2)))
    )
    fate = chance.choices(("", "cancelled", "refunded", "sent back", "lost", "test"), weights=(86, 3, 4, 4, 2, 1))[0]
    return Placed(
        at=at,
        things=things,
        gift_to=_recipient(at, number, count, country, chance) if chance.random() < 0.2 else None,
        fate=fate,
        days=(chance.randrange(1, 4), chance.randrange(1, 7)),
    )


def _recipient(at: datetime, number: int, count: int, country: str, chance: random.Random) -> tuple[str, str, str]:
    """Mostly somebody else altogether; sometimes a customer, somebody who has had a gift, or the couple to whose wedding everybody goes."""
    lot = chance.random()
    if lot > 0.75:
        couple = f"couple{at.toordinal() // 30}"
        return couple.title(), f"{couple}@example.com", "GB"
    if lot < 0.1:
        other = chance.randrange(count)
        return f"Person {other}", f"person{other}@example.com", country
    friend = f"friend{chance.randrange(count // 4 + 1)}" if lot < 0.4 else f"friend-of-{number}-{chance.randrange(9)}"
    where = chance.choices((country, "GB", "DE"), weights=(6, 3, 1))[0]
    return friend.replace("-", " ").title(), f"{friend}@example.com" if chance.random() < 0.75 else "", where
