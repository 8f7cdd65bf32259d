"""Fields of a payload that may hold anything. What is not as expected counts as absent; only what an order cannot be without is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from chalicelib import strict_json
from chalicelib.domain.calendar import instant
from chalicelib.domain.identity import tidy
from chalicelib.domain.money import Money, parse, plain
from chalicelib.errors import Invalid

Payload = Mapping[str, Any]
_YEARS = range(1990, 2200)
_MAX_QUANTITY, MAX_ID = 10**6, 128
MAX_OPTIONS, _MAX_ORDERS, _MAX_CODES = 6, 1000, 10
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
UNKNOWN_CURRENCY = "XXX"
"""ISO 4217's "no currency"."""
UNREADABLE = "ZZ"
"""Some country, which no owner's table allows: better a note by hand than one that its law forbids."""


def read_object(raw: bytes) -> dict[str, Any]:
    """The body's JSON object. Errors: Invalid."""
    payload = strict_json.loads(raw)
    if not isinstance(payload, dict):
        raise Invalid("The body is not a JSON object.")
    return payload


def digest(*parts: str) -> str:
    """A name for what the parts say together, 32 characters of [0-9a-f]."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def mapping(value: Any) -> Payload:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Payload]:
    """The objects in the list; anything else in it is passed over."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any, limit: int = 100) -> str:
    """One harmless line; numbers are written out, anything else is ""."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:limit]
    return tidy(value, limit)


def foreign_id(value: Any, what: str) -> str:
    """A platform's id as text: they pass 2**53. Errors: Invalid."""
    found = text(value, MAX_ID + 1)
    if not (0 < len(found) <= MAX_ID and found.isascii() and all(char.isalnum() or char in "-_" for char in found)):
        raise Invalid(f"The {what} has no usable id.", what)
    return found


def when(value: Any) -> datetime | None:
    """An instant with an offset in a believable year, or None."""
    if not isinstance(value, str):
        return None
    try:
        found = instant(value)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def when_in_gmt(value: Any) -> datetime | None:
    """As `when`, of a time that is in GMT without saying so."""
    return when(value) or (when(f"{value}+00:00") if isinstance(value, str) else None)


def currency(value: Any) -> str:
    """Three capital letters, UNKNOWN_CURRENCY for anything else."""
    found = text(value, 4).upper()
    return found if len(found) == 3 and found.isascii() and found.isalpha() else UNKNOWN_CURRENCY


def money(value: Any, currency: str) -> Money:
    """An amount, nothing for what is none."""
    try:
        return parse(text(value, 40), currency)
    except ValueError:
        return Money(0, currency)


def rounded(value: Any, currency: str) -> Money:
    """As `money`, of an amount that may be finer than the smallest coin: to the nearest."""
    said = text(value, 40)
    try:
        coins = Decimal(said).quantize(Decimal(plain(Money(0, currency))), ROUND_HALF_UP)
    except InvalidOperation:
        return money(said, currency)
    return money(str(coins), currency)


def quantity(value: Any) -> int:
    """A whole number from 0 to a million. What is sold by weight or length, "1.50", counts as begun pieces."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        whole, _, part = value.partition(".")
        value = int(whole) + bool(part.strip("0"))
    return min(value, _MAX_QUANTITY) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def options(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What was chosen of a line, as (name, value), each once; the name may be ""."""
    found = dict.fromkeys((text(name, 40), text(value, 60)) for name, value in pairs)
    return tuple(pair for pair in found if pair[1])[:MAX_OPTIONS]


def url(value: Any) -> str:
    """A web address that a link may go to, or ""."""
    found = text(value, 1000)
    return found if found.startswith("https://") and not set(found) & set(' "<>\\') else ""


def country_code(code: Any) -> str:
    """Two capital letters, "" when nothing is said, UNREADABLE when something else is."""
    found = text(code, 3).upper()
    if len(found) == 2 and found.isascii() and found.isalpha():
        return found
    return UNREADABLE if found else ""


def country(address: Payload) -> str:
    """As `country_code`, of an address that may name its country by a word alone."""
    return country_code(address.get("country_code")) or (UNREADABLE if text(address.get("country")) else "")


_REGION = re.compile(r"[A-Z0-9]{1,3}")


def region_code(code: Any, of_country: str) -> str:
    """The part after the dash of ISO 3166-2, of what may be the whole or a word; "" for anything else."""
    found = text(code, 10).upper().removeprefix(f"{of_country}-")
    return found if _REGION.fullmatch(found) else ""


def voucher_codes(said: Iterable[Any]) -> tuple[str, ...]:
    """The codes that an order names, each once, ten at most."""
    return tuple(sorted({text(one, 64) for one in said} - {""}))[:_MAX_CODES]


def named_orders(said: Any) -> tuple[str, ...]:
    """The ids in the list of orders that a request of the law names, a thousand at most."""
    ids = (text(one, MAX_ID) for one in said) if isinstance(said, list) else ()
    return tuple(id_ for id_ in ids if id_)[:_MAX_ORDERS]
