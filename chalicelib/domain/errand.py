"""Errands: what is to be done at the storefront itself, or for a whole round of the competition, and is tried until it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Errand(Struct, frozen=True, omit_defaults=True):
    """`kind`: the checkout is to take a voucher's code (register), or to take it no more (void); the customer's own consent there is to
    end (stop); or what was missed is asked for (catch-up), each night. Of the competition: a round is closed (close); its entrants
    are told of its draw, and given their last day (tell). `about`: the code, the person's id, the storefront, or the round. `not_before`: when it may be done. `tries` and `problem`: how often it could not be
    done, and the last sentence why.
    """

    id: str
    kind: Literal["register", "void", "stop", "catch-up", "close", "tell"]
    about: str
    made_at: datetime
    not_before: datetime
    tries: int = 0
    problem: str = ""


def register(code: str, now: datetime) -> Errand:
    """The checkout learns of the code, at once."""
    return Errand(voucher_errand(code), "register", code, now, now)


def void(code: str, now: datetime, not_before: datetime) -> Errand:
    """The checkout forgets it, when it ends."""
    return Errand(voucher_errand(code), "void", code, now, not_before)


def stop(person: str, now: datetime) -> Errand:
    """Their stop is told to the storefront, at once."""
    return Errand(f"stop-{person}", "stop", person, now, now)


def catch_up(storefront: str, now: datetime, not_before: datetime) -> Errand:
    """What changed since the last time is asked for and taken."""
    return Errand(f"catch-up-{storefront}", "catch-up", storefront, now, not_before)


def close(round_: str, now: datetime, not_before: datetime) -> Errand:
    """The round's list of entries is fixed, when it closes."""
    return Errand(f"close-{round_}", "close", round_, now, not_before)


def tell(round_: str, now: datetime) -> Errand:
    """What follows from a draw, for each who entered."""
    return Errand(f"tell-{round_}", "tell", round_, now, now)


AT_THE_STOREFRONT = ("register", "void", "stop", "catch-up")
"""Kinds that need a key to it."""


def voucher_errand(code: str) -> str:
    """A voucher has one errand at a time, under this id."""
    return f"voucher-{code}"
