"""The storefront that the shop is connected with, and how far its orders are known."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import Item, Key, Put


class Connection(Struct, frozen=True, omit_defaults=True):
    """`connected_at`: orders placed before are history. `seen_until`: every change before it is known. While a catch-up is under way:
    `cursor`, where it goes on, and `began_at`.
    """

    storefront: str
    connected_at: datetime
    seen_until: datetime
    cursor: str = ""
    began_at: datetime | None = None


def key(storefront: str) -> Key:
    """By the storefront's name."""
    return f"STOREFRONT#{storefront}", "CONNECTION"


def load(item: Item | None) -> Connection | None:
    """None while it is not connected."""
    return from_item(item, Connection) if item is not None else None


def put(connection: Connection) -> Put:
    """In place of what was there: only one catches up at a time, and twice would do no harm."""
    return Put(to_item(key(connection.storefront), connection))
