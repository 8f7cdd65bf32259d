"""Vouchers: by their code, and by the person and offer they were issued for."""

from __future__ import annotations

from chalicelib.domain.voucher import Voucher
from chalicelib.stores.codec import from_item, to_item
from chalicelib.stores.people import LEDGER_KEPT
from chalicelib.table import TTL, Equals, Item, Key, Lacks, Missing, Put, Update


def key(code: str) -> Key:
    """Of the voucher itself."""
    return f"V#{code}", "VOUCHER"


def issued_key(person: str, offer: str) -> Key:
    """Which code the person has for the offer: there is one, ever."""
    return f"P#{person}", f"OFFER#{offer}"


def load(item: Item | None) -> Voucher | None:
    """None when there is none."""
    return from_item(item, Voucher) if item is not None else None


def issue(voucher: Voucher) -> tuple[Put, Put]:
    """The voucher and its person's mark. Loses when the person has one for the offer, or (once in 10 million millions) the code is taken."""
    ttl = int((voucher.ends_at + LEDGER_KEPT).timestamp())
    mark = issued_key(voucher.person, voucher.offer)
    return (
        Put(to_item(key(voucher.code), voucher, **{TTL: ttl}), when=(Missing(),)),
        Put({"pk": mark[0], "sk": mark[1], "code": voucher.code, TTL: ttl}, when=(Missing(),)),
    )


def redeem(voucher: Voucher, order: str) -> Update:
    """Spent by one order. Loses when another was quicker."""
    return Update(key(voucher.code), set={"redeemed_by": order}, when=(Equals("code", voucher.code), Lacks("redeemed_by")))
