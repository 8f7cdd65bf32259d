"""Dates, money and the choice of a mail's language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.languages import ENGLISH, GERMAN, LANGUAGES, PHRASES, chosen, date_in, day_in, exact_in, money_in, tag
from chalicelib.domain.money import Money

NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("written_in", "person", "shop", "language"),
    [
        (("en", "de"), "de-AT", "en-GB", "de"),
        (("en", "de"), "DE_ch", "en-GB", "de"),
        (("en",), "de", "en-GB", "en"),
        (("en", "de"), "fr", "de-DE", "de"),
        (("en", "de"), "", "de", "de"),
        (("en", "de"), "en-US", "de", "en"),
        (("en", "de"), "x" * 500, "", "en"),
        ((), "de", "de", "en"),
    ],
)
def test_a_mail_speaks_the_persons_language_else_the_shops_else_english(
    written_in: tuple[str, ...], person: str, shop: str, language: str
) -> None:
    assert chosen(written_in, person, shop) == language


def test_the_tag_is_the_shops_where_it_fits() -> None:
    assert tag(ENGLISH, "en-IE") == "en-IE"
    assert tag(ENGLISH, "de-AT") == "en-GB"
    assert tag(GERMAN, "de_AT") == "de-AT"
    assert tag(GERMAN, "en-GB") == "de"


def test_a_date_is_the_zones_and_the_languages() -> None:
    assert date_in(ENGLISH, NIGHT, "Europe/Berlin") == "22 November 2026"
    assert date_in(GERMAN, NIGHT, "Europe/Berlin") == "22. November 2026"
    assert (day_in(ENGLISH, date(2026, 3, 1)), day_in(GERMAN, date(2026, 3, 1))) == ("1 March", "1. März")


@pytest.mark.parametrize(
    ("money", "short", "whole"),
    [
        (Money(1500, "GBP"), "15 £", "15,00 £"),
        (Money(4850, "EUR"), "48,50 €", "48,50 €"),
        (Money(123456789, "EUR"), "1.234.567,89 €", "1.234.567,89 €"),
        (Money(-200000, "CHF"), "-2.000 CHF", "-2.000,00 CHF"),
        (Money(1200, "JPY"), "1.200 JPY", "1.200 JPY"),
        (Money(0, "GBP"), "0 £", "0,00 £"),
    ],
)
def test_germans_write_money_their_way(money: Money, short: str, whole: str) -> None:
    assert (plain(money_in(GERMAN, money)), plain(exact_in(GERMAN, money))) == (short, whole)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "EUR", "USD", "CHF", "JPY", "KWD"]))
def test_the_same_digits_stand_in_both_languages(amount: int, currency: str) -> None:
    english, german = (exact_in(language, Money(amount, currency)) for language in LANGUAGES)
    assert [char for char in english if char.isdigit() or char == "-"] == [
        char for char in german if char.isdigit() or char == "-"
    ]
    assert english.count(",") == german.count(".")


def test_every_language_has_all_its_phrases() -> None:
    assert set(PHRASES) == set(LANGUAGES)
