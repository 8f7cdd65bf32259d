"""A storefront's back office in memory: ports.Office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.order import Line
from chalicelib.domain.voucher import Voucher
from chalicelib.ports import Changed, Proof, Subscribed

PAGE = 2


class FakeOffice:
    """`codes` that the checkout takes, `stopped`: addresses, `orders`: what `changed` hands out, two a page. `fails`: raised by the next calls."""

    def __init__(self) -> None:
        self.codes: dict[str, Voucher] = {}
        self.stopped: list[str] = []
        self.orders: list[tuple[datetime, str, bytes]] = []
        self.lines_of: dict[str, tuple[Line, ...]] = {}
        self.asked: list[str] = []
        self.fails: list[Exception] = []
        self.url = ""
        self.before: Callable[[], object] = lambda: None

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        self.before()
        if self.fails:
            raise self.fails.pop(0)

    def register(self, voucher: Voucher) -> None:
        self._ask(f"register {voucher.code}")
        self.codes[voucher.code] = voucher

    def void(self, code: str) -> None:
        self._ask(f"void {code}")
        self.codes.pop(code, None)

    def unsubscribe(self, address: str, at: datetime) -> bool:
        self._ask("unsubscribe")
        self.stopped.append(address)
        return True

    def lines(self, ask: str) -> tuple[Line, ...]:
        self._ask(f"lines {ask}")
        return self.lines_of.get(ask, ())

    def changed(self, since: datetime, after: str = "") -> Changed:
        self._ask(f"changed {after}".strip())
        found = [(topic, raw) for at, topic, raw in self.orders if at >= since]
        start = int(after or 0)
        more = start + PAGE < len(found)
        return Changed(tuple(found[start : start + PAGE]), str(start + PAGE) if more else "")

    def prove(self) -> Proof:
        self._ask("prove")
        return Proof("Pellow & Wren", len(self.orders), len(self.orders), len(self.orders), "1")

    def subscribe(self, url: str, secret: str) -> Subscribed:
        self._ask("subscribe")
        self.url = url
        return Subscribed(("orders/create",))
