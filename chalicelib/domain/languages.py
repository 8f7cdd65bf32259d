"""The languages that mails are written in, and how each writes dates, money and the few words that stand in no template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain.calendar import local_day, written_date
from chalicelib.domain.money import Money, exact

ENGLISH, GERMAN = "en", "de"
LANGUAGES = (ENGLISH, GERMAN)
"""English is there for every mail."""

_BETWEEN = "\N{NO-BREAK SPACE}"


class Phrases(Struct, frozen=True):
    """What stands in a mail but in none of its templates. `locale`: how the language is tagged where the shop's own is another."""

    locale: str
    postage: str
    tax: str
    discount: str
    charges: str
    stop: str
    remove: str
    preferences: str


PHRASES = {
    ENGLISH: Phrases(
        locale="en-GB",
        postage="Postage",
        tax="Tax",
        discount="Discount",
        charges="Other charges",
        stop="Stop mail like this",
        remove="Remove my address now",
        preferences="Your preferences, and what we know of you",
    ),
    GERMAN: Phrases(
        locale="de",
        postage="Versand",
        tax="Steuer",
        discount="Rabatt",
        charges="Weitere Kosten",
        stop="Keine solchen Mails mehr",
        remove="Meine Adresse jetzt löschen",
        preferences="Ihre Einstellungen, und was wir von Ihnen wissen",
    ),
}

_GERMAN_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


def language_of(locale: str) -> str:
    """The language of a locale as storefronts write them: "de" of de-AT, de_AT or DE; "" where there is none."""
    return tag_of(locale).partition("-")[0]


def tag_of(locale: str) -> str:
    """The locale in one spelling, so that two can be compared: "de-at" of de-AT, de_AT or DE-AT."""
    return locale.replace("_", "-").strip().lower()


def chosen(written_in: Iterable[str], *locales: str) -> str:
    """The first of the locales' languages in which the mail is written, else English."""
    known = {*written_in}
    return next((language for language in map(language_of, locales) if language in known), ENGLISH)


def tag(language: str, locale: str) -> str:
    """What HTML calls the language: the shop's own locale where that is of this language."""
    return locale.replace("_", "-") if language_of(locale) == language else PHRASES[language].locale


def date_in(language: str, at: datetime, zone: str) -> str:
    """22 November 2026 · 22. November 2026."""
    day = local_day(at, zone)
    return f"{day.day}. {_GERMAN_MONTHS[day.month - 1]} {day.year}" if language == GERMAN else written_date(day)


def day_in(language: str, day: date) -> str:
    """Of a day that comes round each year: 22 November · 22. November."""
    return f"{day.day}. {_GERMAN_MONTHS[day.month - 1]}" if language == GERMAN else written_date(day).rpartition(" ")[0]


def month_in(language: str, month: str) -> str:
    """Of a month as 2026-12: December 2026 · Dezember 2026. Errors: ValueError."""
    day = date.fromisoformat(f"{month}-01")
    return f"{_GERMAN_MONTHS[day.month - 1]} {day.year}" if language == GERMAN else written_date(day).partition(" ")[2]


def money_in(language: str, money: Money) -> str:
    """As a voucher shows it: £15 · 15 £."""
    return _german(str(money)) if language == GERMAN else str(money)


def exact_in(language: str, money: Money) -> str:
    """As a receipt shows it: £1,048.00 · 1.048,00 £."""
    return _german(exact(money)) if language == GERMAN else exact(money)


def _german(english: str) -> str:
    """From "-£1,048.00" or "1,048.00 CHF"."""
    sign, _, currency = english.partition(" ")
    minus = "-" if sign.startswith("-") else ""
    amount = sign.removeprefix("-")
    if not currency:
        currency, amount = amount[0], amount[1:]
    return minus + amount.translate({ord(","): ".", ord("."): ","}) + _BETWEEN + currency
