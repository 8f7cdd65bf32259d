"""All items of a partition or of the table, page after page: the one place that knows how pages go on."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.ports import Table
from chalicelib.table import DUE, HIGHEST, Item


def below(table: Table, pk: str, *, prefix: str = "", limit: int = 100) -> Iterator[Item]:
    """A partition's items whose sk begins so, in order of sk's UTF-8 bytes, read `limit` at a time."""
    high, after = f"{prefix}~" if prefix else HIGHEST, None
    while True:
        page = table.query(pk, low=prefix, high=high, limit=limit, after=after)
        yield from page.items
        if (after := page.next) is None:
            return


def waiting_in(table: Table, partition: str) -> Iterator[Item]:
    """The items that stand in a partition of the due index, by their time. What is done meanwhile may come once more."""
    after = None
    while True:
        page = table.query_index(DUE, partition, after=after)
        items = table.get_many([entry.key for entry in page.entries])
        yield from (items[entry.key] for entry in page.entries if entry.key in items)
        if (after := page.next) is None:
            return


def everything(table: Table) -> Iterator[Item]:
    """The whole table, in no promised order: for the owner's lists, the law's requests and upkeep, never for a visitor."""
    after = None
    while True:
        page = table.scan(after=after)
        yield from page.items
        if (after := page.next) is None:
            return
