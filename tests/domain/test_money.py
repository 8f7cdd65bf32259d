from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import LARGEST, Money, exact, parse
from tests.support.properties import hostile_text, quick

DIGITS = {"GBP": 2, "JPY": 0, "KWD": 3, "CHF": 2}


def written(money: Money) -> str:
    """As a storefront writes it: 48.00."""
    digits = DIGITS[money.currency]
    whole, rest = divmod(abs(money.amount), 10**digits)
    return ("-" if money.amount < 0 else "") + f"{whole}" + (f".{rest:0{digits}}" if digits else "")


@quick
@given(st.builds(Money, st.integers(-LARGEST, LARGEST), st.sampled_from(sorted(DIGITS))))
def test_what_is_written_reads_back(money: Money) -> None:
    assert parse(written(money), money.currency) == money


@quick
@given(st.builds(Money, st.integers(-LARGEST, LARGEST), st.sampled_from(sorted(DIGITS))))
def test_a_receipt_shows_every_digit(money: Money) -> None:
    assert exact(money).replace("£", "").replace(",", "").split(" ")[0] == written(money)


@pytest.mark.parametrize(
    ("money", "short", "whole"),
    [
        (Money(4800, "GBP"), "£48", "£48.00"),
        (Money(4850, "GBP"), "£48.50", "£48.50"),
        (Money(-5, "EUR"), "-€0.05", "-€0.05"),
        (Money(1234500, "USD"), "$12,345", "$12,345.00"),
        (Money(480, "JPY"), "480 JPY", "480 JPY"),
        (Money(1500, "KWD"), "1.500 KWD", "1.500 KWD"),
        (Money(1000, "KWD"), "1 KWD", "1.000 KWD"),
    ],
)
def test_people_read_signs_or_currencies(money: Money, short: str, whole: str) -> None:
    assert (str(money), exact(money)) == (short, whole)


@pytest.mark.parametrize(("text", "currency"), [("48.005", "GBP"), ("48.5", "JPY"), ("1.0005", "KWD")])
def test_finer_than_a_coin_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="finer"):
        parse(text, currency)


def test_zeros_beyond_the_coin_are_fine() -> None:
    assert parse("480.000", "JPY") == Money(480, "JPY")


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", ".5", "5.", "nan", "inf", "-Infinity", "1e2", "1E999999999999", "1e-1999999", "1_000", "1,000", "\u0663", "\uff14\uff18",
     "0x10", "48.00.00", "--1", "1000000000000.000000000000000000001", str(LARGEST + 1), "9" * 5000],
)  # fmt: skip
def test_hostile_amounts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the kind is the contract
        parse(text, "GBP")


@quick
@given(hostile_text)
def test_any_text_is_money_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert abs(parse(text, "GBP").amount) < (LARGEST + 1) * 100


@pytest.mark.parametrize("currency", ["", "GB", "GBPX", "G8P", "£££", "\uff27\uff22\uff30"])
def test_a_currency_has_three_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        parse("1.00", currency)
