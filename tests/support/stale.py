"""A table as weak reads see it: some items as they were a moment ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from chalicelib.ports import Table
from chalicelib.table import Item, Key


class _Stale:
    def __init__(self, table: Table, as_it_was: Mapping[Key, Item | None]) -> None:
        self._table, self._as_it_was = table, as_it_was

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def get_many(self, keys: Sequence[Key], *, strong: bool = True) -> dict[Key, Item]:
        found = self._table.get_many(keys, strong=strong)
        if strong:
            return found
        seen: dict[Key, Item | None] = {**found, **{key: item for key, item in self._as_it_was.items() if key in keys}}
        return {key: item for key, item in seen.items() if item is not None}


def stale(table: Table, as_it_was: Mapping[Key, Item | None]) -> Table:
    """The table itself, but weak reads of these items show this of them; None: they are not there yet."""
    return cast("Table", _Stale(table, as_it_was))
