"""The competition: a round each month, by itself; who may enter, until when, and what an entry is. How the winner is drawn: domain/draw.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from chalicelib.domain.calendar import MONTHS, at_local, local_day
from chalicelib.domain.identity import Address, parse_name
from chalicelib.domain.money import Money
from chalicelib.errors import Invalid

COMPETITION = "competition"
"""The consent's purpose: to be told how the draw ended, and when the next one opens."""

SITE, COUNTER = "site", "counter"
SOURCES: Mapping[str, str] = {SITE: "competition form", COUNTER: "competition form at the counter"}
"""Where an entry was made, and how the ledger calls it."""

MAX_COUNTY = 60
ANSWER_WITHIN = timedelta(days=14)
"""So long the winner has to answer; then the first reserve has the prize."""

FIXING = timedelta(hours=1)
"""So long after the closing the list may well come; whoever asks later for one that is not there asks in vain."""

_ROUND = re.compile(r"(2[01][0-9]{2})-(0[1-9]|1[0-2])")


class Competition(Struct, frozen=True, forbid_unknown_fields=True):
    """A draw each month. It closes at `closes_hour` on the month's last day, in the shop's zone.

    `seed`: in words, and named beforehand, the public value that decides, and where it is published. `age`: from which somebody may enter;
    `area`: where they must live, as it stands behind "who live in", "" for anywhere.
    """

    prize: str
    value: Money
    seed: str
    closes_hour: int = 18
    age: int = 18
    area: str = ""


class Entered(Struct, frozen=True):
    """An entry form, checked: every field is as it may be stored. `ticked`: consent purpose → hash of the words that they saw."""

    name: str
    address: Address
    county: str = ""
    objects: bool = False
    ticked: Mapping[str, str] = {}
    source: str = SITE


class Entry(Struct, frozen=True, omit_defaults=True):
    """One person's entry in one round: waiting for the click in its mail, or, from `confirmed_at` on, in the draw.

    `id` changes with each mail that asks, and its link carries it. `entry`: the random id by which the person finds their entry in the list;
    its hash alone is published. `objects`: their surname and county are told to nobody. `follow_up`: the mail that went last, at `mailed_at`.
    `times`: how often they asked in vain while that one stood.
    """

    id: str
    person: str
    round: str
    name: str
    address: str
    dedupe_key: str
    locale: str
    asked_at: datetime
    mailed_at: datetime
    follow_up: str
    county: str = ""
    objects: bool = False
    ticked: Mapping[str, str] = {}
    source: str = SITE
    times: int = 1
    confirmed_at: datetime | None = None
    entry: str = ""


def is_round(text: str) -> bool:
    """Whether it names a round, such as 2026-12."""
    return _ROUND.fullmatch(text) is not None


def closes_at(round_: str, hour: int, zone: str) -> datetime:
    """The instant from which nobody can enter any more. Errors: Invalid for what names no round."""
    year, month = _parts(round_)
    first_after = date(year + month // 12, month % 12 + 1, 1)
    return at_local(first_after - timedelta(days=1), hour, zone)


def open_round(now: datetime, hour: int, zone: str) -> str:
    """Which round an entry of now is for: this month's, or, once that has closed, the next one's."""
    day = local_day(now, zone)
    this = f"{day:%Y-%m}"
    return this if now < closes_at(this, hour, zone) else following(this)


def awaited(round_: str, now: datetime, hour: int, zone: str) -> datetime | None:
    """When a round closes whose list is still to be fixed: the open one, and for an hour after its closing; None for any other. Errors: Invalid."""
    closes = closes_at(round_, hour, zone)
    return closes if round_ == open_round(now, hour, zone) or closes <= now < closes + FIXING else None


def following(round_: str) -> str:
    """The next month's. Errors: Invalid."""
    year, month = _parts(round_)
    return f"{year + month // 12}-{month % 12 + 1:02}"


def before(round_: str) -> str:
    """The month's before. Errors: Invalid."""
    year, month = _parts(round_)
    return f"{year - (month == 1)}-{(month + 10) % 12 + 1:02}"


def called(round_: str) -> str:
    """For people: December 2026. Errors: Invalid."""
    year, month = _parts(round_)
    return f"{MONTHS[month - 1]} {year}"


def _parts(round_: str) -> tuple[int, int]:
    found = _ROUND.fullmatch(round_)
    if found is None:
        raise Invalid("Give a round as its year and month, such as 2026-12.", "round")
    return int(found[1]), int(found[2])


def link_scope(round_: str, id_: str) -> str:
    """What the link in the mail is for: one entry in one round."""
    return f"{id_}/{round_}"


def entry_of(scope: str) -> tuple[str, str]:
    """`link_scope`'s round and id."""
    id_, _, round_ = scope.partition("/")
    return round_, id_


def parse_county(text: str) -> str:
    """Where somebody lives, as far as a winner is told of; "" stays "". Errors: Invalid, with field "county"."""
    if not text.strip():
        return ""
    try:
        county = parse_name(text)
    except Invalid:
        county = ""
    if not county or len(county) > MAX_COUNTY:
        raise Invalid(f"Enter your county in at most {MAX_COUNTY} letters, or leave it empty.", "county")
    return county


def surname(name: str) -> str:
    """What a winner is named by."""
    return name.rpartition(" ")[2]
