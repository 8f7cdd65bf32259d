"""Pictures of every page that the walk stops at, as a desk, a phone and the dark show its first screens, and docs/pages.md, which lists them."""

from __future__ import annotations

import base64
import re
import sys

from playwright.sync_api import Page

from chalicelib.config import ROOT
from courtesy.demo import Story
from tests.browser.measure import Seen, stroll
from tests.browser.walks import PARTS
from tests.support.small_png import small

OUT = ROOT / "docs" / "pictures" / "pages"
LISTED = ROOT / "docs" / "pages.md"
LARGEST_ALL = 4_000_000
"""Bytes of all pictures of pages together: they stay in the repository."""

SEEN = {"1280": (1280, "light", 0.5, 1100), "390": (390, "light", 0.75, 950), "dark": (1280, "dark", 0.5, 800)}
"""How a page is looked at: the window's width, the scheme, how much smaller the picture is, and how far down it goes."""

COLOURS = 32
_TITLES = {
    "site": "The site", "claim": "The voucher", "dev": "On the local shop alone", "answers": "Answers by a link", "orders": "Orders, and questions",
    "preferences": "A person's own page", "competition": "The competition",
}  # fmt: skip
_HEAD = """# What the pages look like

Every page as `make pictures` last took it: the first screens on a desk, on a phone and in the dark. They come from a shop that runs and people who
walk through it. What each is made of: [architecture](architecture.md). How to make the site yours: [site.toml](settings.md#sitetoml); how it looks:
[`[brand]`](settings.md#brand). The mails: [mails](mails.md); what is printed: [paper](paper.md).
"""


def file_of(name: str) -> str:
    """ "voucher, refused" → "voucher-refused"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def pages() -> list[tuple[str, str, tuple[str, ...]]]:
    """(part, what it is about, the names of its pages), without the mails."""
    found = [(part.__name__.rpartition(".")[2], part.__doc__ or "", part.NAMES) for part in PARTS]
    return [(part, about.split("\n")[0], names) for part, about, names in found if part != "mails"]


def listing() -> str:
    """docs/pages.md."""
    lines = [_HEAD]
    for part, about, names in pages():
        lines += [f"## {_TITLES[part]}\n", f"{about}\n", "| Page | Pictures |", "|---|---|"]
        for name in names:
            links = ", ".join(
                f"[{said}](pictures/pages/{file_of(name)}-{how}.png)"
                for said, how in zip(("desk", "phone", "dark"), SEEN, strict=True)
            )
            lines.append(f"| {name} | {links} |")
        lines.append("")
    return "\n".join(lines)


def take(page: Page, story: Story) -> int:
    """Writes them all, and the list; 1 when the walk stumbles or they are too large together."""
    OUT.mkdir(parents=True, exist_ok=True)
    made: dict[str, bytes] = {}
    for seen in stroll(page, story):
        if not isinstance(seen, Seen):
            sys.stderr.write(f"{seen[0]}: {seen[1]}")
            return 1
        if not seen.is_mail:
            made |= {f"{file_of(seen.name)}-{how}.png": _taken(page, how) for how in SEEN}
    for name, picture in made.items():
        (OUT / name).write_bytes(picture)
    for old in OUT.glob("*.png"):
        if old.name not in made:
            old.unlink()
    LISTED.write_text(listing(), encoding="utf-8")
    size = sum(map(len, made.values()))
    sys.stdout.write(f"{len(made)} pictures of pages: {size // 1000} kB\n")
    return int(size > LARGEST_ALL)


def _taken(page: Page, how: str) -> bytes:
    width, scheme, scale, deepest = SEEN[how]
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), deepest)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
    chrome = page.context.new_cdp_session(page)
    shot = chrome.send("Page.captureScreenshot", {"format": "png", "clip": clip, "captureBeyondViewport": True})
    chrome.detach()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    return small(base64.b64decode(shot["data"]), COLOURS)
