"""Ports with something said before and after each of their calls: to record, to interfere, to crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

P = TypeVar("P")
Hook = Callable[[str], None]


def _nothing(call: str) -> None:
    """The hook that does nothing."""


class _Watched:
    def __init__(self, port: object, before: Hook, after: Hook) -> None:
        self._port, self._before, self._after = port, before, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*values: Any, **named: Any) -> Any:
            self._before(name)
            answer = found(*values, **named)
            self._after(name)
            return answer

        return call


def watched(port: P, *, before: Hook = _nothing, after: Hook = _nothing) -> P:
    """The port itself, for every purpose; the hooks are given each method's name."""
    return cast("P", _Watched(port, before, after))


def once(do: Callable[[], None], *, at: str, turn: int = 1) -> Hook:
    """A hook that does something at the so-many-th call of one method, and never again, its own calls included."""
    seen = 0

    def hook(call: str) -> None:
        nonlocal seen
        if call == at:
            seen += 1
            if seen == turn:
                do()

    return hook


class Crash(BaseException):
    """The process is gone: nothing may swallow it."""


class Calls:
    """Counts calls over all watched ports; crashes before or after the so-many-th."""

    def __init__(self, crash_at: int = 0, *, after: bool = False) -> None:
        self.count, self._at, self._after = 0, crash_at, after

    def before(self, call: str) -> None:
        """The hook for before."""
        self.count += 1
        if self.count == self._at and not self._after:
            raise Crash(call)

    def after(self, call: str) -> None:
        """The hook for after."""
        if self.count == self._at and self._after:
            raise Crash(call)
