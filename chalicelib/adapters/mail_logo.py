"""How large the logo stands in a mail. Mail programs keep its place by the size that they are told, also where pictures are off."""

from __future__ import annotations

from pathlib import Path

WIDEST, HIGHEST = 240, 56
"""Pixels on the page; the file may have twice as many, and is then sharp on a phone."""

_HEAD = b"\x89PNG\r\n\x1a\n"


def shown_size(folder: Path, name: str) -> tuple[int, int] | None:
    """Width and height for the PNG of that name in the shop's folder; None where there is none: then mails show the name in letters."""
    try:
        with (folder / name).open("rb") as file:
            head = file.read(24)
    except OSError:
        return None
    if not head.startswith(_HEAD) or len(head) < 24:
        return None
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if not width or not height:
        return None
    share = min(1.0, WIDEST / width, HIGHEST / height)
    return max(1, round(width * share)), max(1, round(height * share))
