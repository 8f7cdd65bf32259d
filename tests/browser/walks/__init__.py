"""Through every page that Courtesy shows, in the order in which people meet them. Tests check each; pictures are taken of each.

Each module goes through the pages of one part: NAMES, and `walk`, which stops at each page and says its name. One shop is open for all of
them, so a part has people and orders of its own, and expects nothing of the clock but that it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from playwright.sync_api import Page

from courtesy.demo import Story
from tests.browser.walks import answers, claim, competition, dev, mails, orders, preferences, site

PARTS: tuple[ModuleType, ...] = (site, claim, dev, answers, orders, preferences, competition, mails)
NAMES: tuple[str, ...] = tuple(name for part in PARTS for name in part.NAMES)


def walk(page: Page, story: Story) -> Iterator[str]:
    """Stops at each page and says its name."""
    for part in PARTS:
        yield from part.walk(page, story)
