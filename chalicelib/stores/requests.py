"""What people asked for by way of their storefront: to be told what is kept of them, or to be forgotten."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.retention import REQUEST
from chalicelib.ports import Table
from chalicelib.stores import pages
from chalicelib.stores.codec import from_item, to_item
from chalicelib.table import TTL, Missing, Put

_PARTITION = "REQUESTS"


def folder_of(source: str, person: str) -> str:
    """Where what was gathered for a person lies."""
    return f"requests/{source}/p-{person or 'nobody'}"


class Request(Struct, frozen=True, omit_defaults=True):
    """`kind`: export | erase | erase shop. `answer`: the blob with all that is kept of them, for the owner to hand on, or ""."""

    id: str
    source: str
    kind: str
    asked_at: datetime
    orders: int = 0
    answer: str = ""


def put(request: Request) -> Put:
    """Kept for 90 days, for the owner to see. Loses when it is there already."""
    ttl = int((request.asked_at + REQUEST).timestamp())
    return Put(to_item((_PARTITION, request.id), request, **{TTL: ttl}), when=(Missing(),))


def all_of(table: Table) -> list[Request]:
    """Oldest first."""
    found = (from_item(item, Request) for item in pages.below(table, _PARTITION))
    return sorted(found, key=lambda request: request.asked_at)
