"""Vouchers: what they are worth, and codes that survive being read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.money import Money

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CHECK_SYMBOLS = ALPHABET + "*~$=U"
HEARD_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
SYMBOLS = 9
BITS = SYMBOLS * 5


class Offer(Struct, frozen=True, forbid_unknown_fields=True):
    """What a claim is answered with. `name` tells one offer from the next: a person gets one voucher for each. `headline` and `lede` head the
    claim page in place of ours.
    """

    name: str
    value: Money
    minimum: Money
    days: int = 90
    headline: str = ""
    lede: str = ""


class Voucher(Struct, frozen=True, omit_defaults=True):
    """`redeemed_by` is the order's key, "" until then; `redeemed_at`: when. `basis`: on what ground the person's data are used for it. `waits`: the checkout
    does not know the code yet.
    """

    code: str
    person: str
    basis: str
    offer: str
    value: Money
    minimum: Money
    issued_at: datetime
    ends_at: datetime
    redeemed_by: str = ""
    waits: bool = False
    redeemed_at: datetime | None = None


def new_code(bits: Callable[[int], int]) -> str:
    """A code such as 7HQ2M-9KXTC: nine random symbols (45 bits) and a check symbol. `bits(n)`: a uniform integer below 2**n.

    Draws again when the check symbol is none of the 32 (5 in 37 do): storefronts refuse * ~ $ = in a code.
    """
    while True:
        number = bits(BITS)
        check = _CHECK_SYMBOLS[number % 37]
        if check in ALPHABET:
            text = "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -5, -5)) + check
            return f"{text[:5]}-{text[5:]}"


_POOL = re.compile(r"[A-Z0-9_-]{4,64}")


def pool_code(text: str) -> str | None:
    """A code that the owner made at the checkout, as it is kept: in capitals, else as it stands; None for what is none."""
    found = text.strip().upper()
    return found if _POOL.fullmatch(found) else None


def readings(text: str) -> tuple[str, ...]:
    """What a typed code may be, the likelier first: just that, or one of ours with letters misheard."""
    return tuple(dict.fromkeys(code for code in (pool_code(text), parse_code(text)) if code is not None))


def parse_code(text: str) -> str | None:
    """The code as we write it, or None for what cannot be one of ours: any case, spaces, dashes, O for 0 and I or L for 1 are taken."""
    symbols = text.strip().upper().translate(HEARD_AS)
    if len(symbols) != SYMBOLS + 1 or any(symbol not in ALPHABET for symbol in symbols):
        return None
    number = 0
    for symbol in symbols[:-1]:
        number = number * 32 + ALPHABET.index(symbol)
    return f"{symbols[:5]}-{symbols[5:]}" if _CHECK_SYMBOLS[number % 37] == symbols[-1] else None
