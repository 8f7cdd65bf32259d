"""Vouchers: by their code, and by the person and offer they were issued for."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.calendar import stamp
from chalicelib.domain.retention import LEDGER
from chalicelib.domain.voucher import Voucher
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import TTL, Check, Delete, Equals, Exists, Item, Key, Lacks, Missing, Put, Update

ISSUED = "OFFER#"


def key(code: str) -> Key:
    """Of the voucher itself."""
    return f"V#{code}", "VOUCHER"


def issued_key(person: str, offer: str) -> Key:
    """Which code the person has for the offer: there is one, ever."""
    return f"P#{person}", f"{ISSUED}{offer}"


def load(item: Item | None) -> Voucher | None:
    """None when there is none."""
    return from_item(item, Voucher) if item is not None else None


def issue(voucher: Voucher) -> tuple[Put, Put]:
    """The voucher and its person's mark. Loses when the person has one for the offer, or (once in 10 million millions) the code is taken."""
    ttl = int((voucher.ends_at + LEDGER).timestamp())
    mark = issued_key(voucher.person, voucher.offer)
    return (
        Put(to_item(key(voucher.code), voucher, **{TTL: ttl}), when=(Missing(),)),
        Put({"pk": mark[0], "sk": mark[1], "code": voucher.code, TTL: ttl}, when=(Missing(),)),
    )


def known(voucher: Voucher) -> Update:
    """The checkout takes its code from now on. Harmless when said twice; loses when it was ended since it was read."""
    return Update(
        key(voucher.code), remove=("waits",), when=(Equals("code", voucher.code), Equals("ends_at", stamp(voucher.ends_at)))
    )


def end(voucher: Voucher, now: datetime) -> Update:
    """It is worth nothing from now on. Loses when it was spent."""
    return Update(key(voucher.code), set={"ends_at": stamp(now)}, when=(Equals("code", voucher.code), Lacks("redeemed_by")))


def put_in_pool(offer: str, code: str) -> tuple[Put, Check]:
    """One more code that the owner has made at the checkout. Loses when it is there already, or was given away before."""
    return Put({"pk": f"POOL#{offer}", "sk": code, "code": code}, when=(Missing(),)), Check(key(code), when=(Missing(),))


def from_pool(table: Table, offer: str, limit: int) -> list[str]:
    """Some of the codes that are left."""
    return [str(item["code"]) for item in table.query(f"POOL#{offer}", limit=limit).items]


def taken_from_pool(offer: str, code: str) -> Delete:
    """Given away. Loses when another was quicker."""
    return Delete((f"POOL#{offer}", code), when=(Exists(),))


def pool_size(table: Table, offer: str) -> int:
    """How many are left."""
    return sum(1 for _ in pages.below(table, f"POOL#{offer}", limit=1000))


def all_of(table: Table) -> list[Voucher]:
    """Every voucher. Reads the whole table: for the owner's lists, never for a visitor."""
    found = (from_item(item, Voucher) for item in pages.everything(table) if item["sk"] == "VOUCHER")
    return sorted(found, key=lambda voucher: (voucher.issued_at, voucher.code))


def redeem(voucher: Voucher, order: str, now: datetime, *, while_good: bool = False) -> Update:
    """Spent by one order. Loses when another was quicker; `while_good`: also when it was ended since it was read."""
    still = (Equals("ends_at", stamp(voucher.ends_at)),) if while_good else ()
    return Update(
        key(voucher.code),
        set={"redeemed_by": order, "redeemed_at": stamp(now)},
        when=(Equals("code", voucher.code), Lacks("redeemed_by"), *still),
    )
