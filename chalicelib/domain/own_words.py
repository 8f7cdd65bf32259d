"""How a person's own page says what is known of them: facts, days and what each is used for, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chalicelib.domain.calendar import MONTHS
from chalicelib.domain.consent import FOR_YOU, NEWSLETTER, OFFERS
from chalicelib.domain.fact import ADDRESS, AWAY, DATE, LIKES, NEVER, PHONE, SIZE, Fact
from chalicelib.domain.profile import OCCASIONS
from chalicelib.domain.standing import MONTHLY, ORDERS_ONLY, QUARTERLY, SERVICE

_NAMED: Mapping[str, str] = {
    ADDRESS: "Postal address",
    PHONE: "Telephone number",
    AWAY: "Why you stayed away",
}
_USED_FOR: Mapping[str, str] = {
    OCCASIONS: "reminders of your dates",
    FOR_YOU: "telling you of things that fit",
    OFFERS: "an offer by post, or a call",
    NEWSLETTER: "the newsletter",
    SERVICE: "your own orders and wishes",
    "": "your own orders and wishes",
}
PACES: Mapping[str, str] = {
    MONTHLY: "At most one thing a month",
    QUARTERLY: "At most one thing in three months",
    ORDERS_ONLY: "Only what belongs to my orders",
}


def named(fact: Fact) -> str:
    """What it is: "Size for rings", "Birthday"."""
    match fact.kind:
        case kind if kind == SIZE:
            return f"Size for {fact.about}"
        case kind if kind in (LIKES, DATE):
            return fact.about[:1].upper() + fact.about[1:]
        case kind if kind == NEVER:
            return f"Never about: {fact.about}"
        case kind:
            return _NAMED.get(kind, kind.capitalize())


def said(fact: Fact) -> str:
    """What was told: "22 November 1984", "You like them"."""
    match fact.kind:
        case kind if kind == DATE:
            return day_of(fact.value)
        case kind if kind == LIKES:
            return "Not for you" if fact.value == "no" else "You like them"
        case kind if kind == NEVER:
            return "We do not write to you about it"
        case _:
            return fact.value


def used_for(purpose: str) -> str:
    """What something was given for, as the end of "used for …, and nothing else"."""
    return _USED_FOR.get(purpose, f"“{purpose}”")


def day_of(text: str) -> str:
    """22 November, or 22 November 1984; itself where it is no date."""
    year, month, day = parts_of(text)
    if not day:
        return text
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}".rstrip()


def parts_of(text: str) -> tuple[str, str, str]:
    """Year, month and day of --MM-DD or YYYY-MM-DD as three fields show them: year "" where it was not told; all "" for what is no date."""
    year, _, rest = (f"2000{text[1:]}" if text.startswith("--") else text).partition("-")
    month, _, day = rest.partition("-")
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return "", "", ""
    return "" if text.startswith("--") else f"{found.year:04}", str(found.month), str(found.day)
