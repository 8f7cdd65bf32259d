"""Money: integer minor units and an ISO 4217 currency."""

from __future__ import annotations

import re

from msgspec import Struct

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}
_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
LARGEST = 10**15
_DECIMAL = re.compile(r"(-?)([0-9]{1,20})(?:\.([0-9]{1,20}))?")


class Money(Struct, frozen=True):
    """`amount` in minor units (pence), `currency` three capital letters."""

    amount: int
    currency: str

    def __str__(self) -> str:
        digits = _DIGITS.get(self.currency, 2)
        whole, rest = divmod(abs(self.amount), 10**digits)
        text = f"{whole:,}" + (f".{rest:0{digits}}" if digits and rest else "")
        sign = _SIGNS.get(self.currency)
        return ("-" if self.amount < 0 else "") + (f"{sign}{text}" if sign else f"{text} {self.currency}")


def exact(money: Money) -> str:
    """With its minor units even when they are zero, as a receipt shows it: £48.00."""
    digits = _DIGITS.get(money.currency, 2)
    return str(money) if money.amount % 10**digits or not digits else _with_zeros(str(money), digits, money.currency)


def plain(money: Money) -> str:
    """The amount alone, for machines: 48.00."""
    digits = _DIGITS.get(money.currency, 2)
    whole, rest = divmod(abs(money.amount), 10**digits)
    return ("-" if money.amount < 0 else "") + (f"{whole}.{rest:0{digits}}" if digits else str(whole))


def _with_zeros(text: str, digits: int, currency: str) -> str:
    zeros = "." + "0" * digits
    return text.replace(f" {currency}", f"{zeros} {currency}") if currency in text else text + zeros


def parse(text: str, currency: str) -> Money:
    """From a decimal text such as "48.00". Errors: ValueError (not a number, too fine for the currency, absurdly large)."""
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise ValueError("a currency has three letters")
    found = _DECIMAL.fullmatch(text.strip())
    if found is None or int(found[2]) > LARGEST:
        raise ValueError("not an amount of money")
    digits = _DIGITS.get(currency.upper(), 2)
    fraction = (found[3] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueError("finer than the currency's smallest coin")
    minor = int(found[2] + fraction.ljust(digits, "0"))
    return Money(-minor if found[1] else minor, currency.upper())
