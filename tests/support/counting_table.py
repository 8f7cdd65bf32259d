"""A table that adds up what DynamoDB would charge, for the budgets in bench/ and docs/.

Request units by AWS's published arithmetic (on-demand mode): a write unit for each begun KB of the larger of before and after,
twice in a transaction (checks too), once more for each index line put or deleted, and a failed condition costs as a write of
what stood there. A strong read unit for each begun 4 KB of an item, half when it need not be strong; a query adds up its items
first. Exact for one writer at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

from chalicelib.errors import Lost
from chalicelib.ports import Table
from chalicelib.table import HIGHEST, INDEXES, Action, Check, IndexPage, Item, Key, Page, apply, item_size

KB = 1024


class Call(NamedTuple):
    """One call and what it cost. `about` is for the reader of a failed budget: keys, or kinds of action with their keys."""

    method: str
    about: str
    wru: int
    rru: float


class CountingTable:
    """Any Table, counted: `wru` and `rru` since the start or the last `reset`, each call in `calls`."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.calls: list[Call] = []
        self._done: set[str] = set()

    @property
    def wru(self) -> int:
        """Write request units."""
        return sum(call.wru for call in self.calls)

    @property
    def rru(self) -> float:
        """Read request units; weak reads count halves."""
        return sum(call.rru for call in self.calls)

    def reset(self) -> None:
        """Count from zero again."""
        self.calls.clear()

    def identity(self) -> str:
        return self.table.identity()  # costs nothing that is counted in units

    def get(self, key: Key, *, strong: bool = True) -> Item | None:
        item = self.table.get(key, strong=strong)
        self._note("get", _name(key), rru=_read(_size(item), strong=strong))
        return item

    def get_many(self, keys: Sequence[Key], *, strong: bool = True) -> dict[Key, Item]:
        found = self.table.get_many(keys, strong=strong)
        different = dict.fromkeys(keys)
        cost = sum(_read(_size(found.get(key)), strong=strong) for key in different)
        self._note("get_many", ", ".join(map(_name, different)), rru=cost)
        return found

    def query(
        self, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None, newest: bool = False
    ) -> Page:
        page = self.table.query(pk, low=low, high=high, limit=limit, after=after, newest=newest)
        self._note("query", f"{pk}: {len(page.items)} items", rru=_read(sum(map(item_size, page.items)), strong=True))
        return page

    def query_index(
        self, index: str, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None
    ) -> IndexPage:
        page = self.table.query_index(index, pk, low=low, high=high, limit=limit, after=after)
        index_pk, index_sk = INDEXES[index]
        lines = [{"pk": line.key[0], "sk": line.key[1], index_pk: pk, index_sk: line.sort} for line in page.entries]
        self._note("query_index", f"{index} {pk}: {len(lines)} lines", rru=_read(sum(map(item_size, lines)), strong=False))
        return page

    def scan(self, *, limit: int = 1000, after: str | None = None) -> Page:
        page = self.table.scan(limit=limit, after=after)
        self._note("scan", f"{len(page.items)} items", rru=_read(sum(map(item_size, page.items)), strong=True))
        return page

    def write(self, action: Action) -> None:
        before = self.table.get(action.key)
        try:
            self.table.write(action)
        except Lost:
            self._note("write", f"lost: {_describe(action)}", wru=_units(_size(before)))
            raise
        after = apply(before, action)
        self._note("write", _describe(action), wru=_units(_size(before), _size(after)) + _index_lines(before, after))

    def transact(self, actions: Sequence[Action], token: str) -> None:
        before = self.table.get_many([action.key for action in actions])
        about = ", ".join(map(_describe, actions))
        try:
            self.table.transact(actions, token)
        except Lost:
            self._note("transact", f"lost: {about}", wru=sum(2 * _units(_size(before.get(action.key))) for action in actions))
            raise
        if token in self._done:  # written before: DynamoDB then charges for reading the items
            cost = sum(2 * _read(_size(before.get(action.key)), strong=True) for action in actions)
            self._note("transact", f"again: {about}", rru=cost)
            return
        self._done.add(token)
        self._note("transact", about, wru=sum(_in_transaction(before.get(action.key), action) for action in actions))

    def _note(self, method: str, about: str, *, wru: int = 0, rru: float = 0) -> None:
        self.calls.append(Call(method, about, wru, rru))


def _in_transaction(before: Item | None, action: Action) -> int:
    after = before if isinstance(action, Check) else apply(before, action)
    return 2 * _units(_size(before), _size(after)) + _index_lines(before, after)


def _units(*sizes: int) -> int:
    return max(1, ceil(max(sizes) / KB))


def _read(size: int, *, strong: bool) -> float:
    units = max(1, ceil(size / (4 * KB)))
    return units if strong else units / 2


def _size(item: Item | None) -> int:
    return 0 if item is None else item_size(item)


def _index_lines(before: Item | None, after: Item | None) -> int:
    """KEYS_ONLY: a line changes only with its keys, and then one line goes and another comes."""
    cost = 0
    for names in INDEXES.values():
        old, new = _line(before, names), _line(after, names)
        if old != new:
            cost += sum(_units(item_size(line)) for line in (old, new) if line is not None)
    return cost


def _line(item: Mapping[str, object] | None, names: tuple[str, str]) -> Item | None:
    if item is None or not all(name in item for name in names):
        return None
    return {name: str(item[name]) for name in ("pk", "sk", *names)}


def _describe(action: Action) -> str:
    return f"{type(action).__name__} {_name(action.key)}"


def _name(key: Key) -> str:
    return "/".join(key)
