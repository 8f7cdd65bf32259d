"""On which line of a TOML file each key stands: tomllib keeps no places. Looked at only where something is wrong."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from chalicelib.domain.fault import Where

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# the long forms first, for "" also begins them; a long text may end in two quotation marks of its own
_TEXT = re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*")


def lines_of(text: str) -> dict[Where, int]:
    """Place → line, from 1: of every table, key and entry of a list, keys as they are meant, entries counted from 0.

    A table that stands in pieces is where its first piece stands. `text`: what tomllib has read without a fault.
    """
    scan = _Scan(text)
    scan.document()
    return scan.found


def line_of(lines: dict[Where, int], where: Where) -> int:
    """Its line, or the line of the nearest table or list around it; 1 where there is none."""
    return next((lines[where[:size]] for size in range(len(where), 0, -1) if where[:size] in lines), 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.found: dict[Where, int] = {}
        self._text, self._at = text, 0
        self._breaks = [at for at, char in enumerate(text) if char == "\n"]
        self._last: dict[Where, int] = {}  # of each [[list]], the entry that headers now mean

    def document(self) -> None:
        table: Where = ()
        while self._skip(_BLANK) < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._header("[[", "]]")
            elif self._text.startswith("[", self._at):
                table = self._header("[", "]")
            else:
                self._pair(table)

    def _header(self, opens: str, closes: str) -> Where:
        line = self._line()
        self._at += len(opens)
        keys = self._keys()
        self._at += len(closes)
        table: Where = ()
        for key in keys[:-1]:
            table = self._entered((*table, key), line)
        table = (*table, keys[-1])
        if opens == "[[":
            self._last[table] = self._last.get(table, -1) + 1
        return self._entered(table, line)

    def _entered(self, table: Where, line: int) -> Where:
        """The table itself, or where it is a list the entry that is meant."""
        self.found.setdefault(table, line)
        if table in self._last:
            table = (*table, self._last[table])
            self.found.setdefault(table, line)
        return table

    def _pair(self, table: Where) -> None:
        line = self._line()
        for key in self._keys():
            table = (*table, key)
            self.found.setdefault(table, line)
        self._at += 1  # the =
        self._skip(_SPACE)
        self._value(table)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            found = _BARE_KEY.match(self._text, self._at) or _TEXT.match(self._text, self._at)
            written = found[0] if found else ""
            keys.append(written if written[:1] not in ('"', "'") else next(iter(tomllib.loads(f"{written}=1")), ""))
            self._at += len(written)
            self._skip(_SPACE)
            if self._text[self._at : self._at + 1] != ".":
                return keys
            self._at += 1

    def _value(self, where: Where) -> None:
        match self._text[self._at : self._at + 1]:
            case "[":
                self._entries(where)
            case "{":
                self._inline(where)
            case _:
                found = _TEXT.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
                self._at += len(found[0]) if found else 0

    def _entries(self, where: Where) -> None:
        self._at += 1
        count = 0
        while self._skip(_BLANK) < len(self._text) and self._text[self._at] != "]":
            self.found[*where, count] = self._line()
            self._value((*where, count))
            count += 1
            self._past_comma()
        self._at += 1

    def _inline(self, where: Where) -> None:
        self._at += 1
        while self._skip(_BLANK) < len(self._text) and self._text[self._at] != "}":
            self._pair(where)
            self._past_comma()
        self._at += 1

    def _past_comma(self) -> None:
        self._skip(_BLANK)
        if self._text[self._at : self._at + 1] == ",":
            self._at += 1

    def _skip(self, what: re.Pattern[str]) -> int:
        found = what.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _line(self) -> int:
        return bisect_right(self._breaks, self._at - 1) + 1
