"""courtesy.js: the claim form for other pages than ours, with what this shop says in it (site/widget.js; docs/claim-widget.md)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from chalicelib.domain.brand import palette
from chalicelib.domain.shop import Shop, newsletter_wording

NAME = "courtesy.js"
MOST = 3 * 1024
"""Bytes of it, as gzip sends them."""

_SOURCE = Path(__file__).parent.parent / "site" / "widget.js"
_TOLD = '"TOLD"'


def widget(shop: Shop) -> str:
    """The script. Errors: ValueError for what is no colour."""
    colours, wording = palette(shop.brand), newsletter_wording(shop)
    told = {
        "site": shop.url,
        "value": str(shop.offer.value),
        "minimum": str(shop.offer.minimum),
        "days": shop.offer.days,
        "wording": wording.text,
        "version": str(wording.version),
        "lang": shop.locale,
        "act": colours.act,
        "onAct": colours.on_act,
    }
    # ASCII, so that it reads the same whatever a page says of its scripts' encoding
    return (
        _squeezed(_SOURCE.read_text(encoding="utf-8"))
        .replace(_TOLD, json.dumps(told, separators=(",", ":")))
        .encode("ascii", "backslashreplace")
        .decode()
    )


_TEXT = re.compile(r"""("(?:[^"\\\n]|\\.)*"|`[^`]*`)""")


def _squeezed(source: str) -> str:
    """Without comments of a line, indents, and blanks beside signs outside of texts; the line breaks stay, for they may end statements."""
    lean = re.sub(r"\n+", "\n", re.sub(r"^\s*//.*$|^\s+", "", source, flags=re.MULTILINE)).strip() + "\n"
    parts = _TEXT.split(lean)  # code and texts by turns
    return "".join(part if place % 2 else re.sub(r" *([=+(){}\[\],:;<>?&|]) *", r"\1", part) for place, part in enumerate(parts))
