"""CSV for a spreadsheet: what people wrote stays text there, and the file is its owner's alone."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet that meets one of these first runs what follows. The last four are the wide ones of East Asian keyboards."""


_BEHIND_A_SEPARATOR = re.compile(r"(?<=\S)([;|\t][\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


def cell(text: str) -> str:
    """As text, whatever it begins with: an apostrophe goes before what would be a formula, also behind spaces and quotation marks."""
    inside = _BEHIND_A_SEPARATOR.sub(r"\1'", text)  # where a spreadsheet parts cells by another sign than ours
    shown = "".join(
        char for char in text if not (char.isspace() or unicodedata.category(char) in ("Cf", "Cc")) or char in _FORMULA
    )
    risky = text.startswith(_FORMULA) or shown.lstrip("\"'").startswith(_FORMULA)
    return f"'{inside}" if risky else inside


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it, lines ended as RFC 4180 has them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([cell(one) for one in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def keep(path: Path, data: bytes) -> None:
    """In place of what was there, readable by its owner alone: it holds names and addresses. Errors: OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)  # where it was there before
        file.write(data)
