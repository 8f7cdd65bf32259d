"""`make pictures`: the pictures that README.md and docs/ show, taken of a running shop."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from chalicelib.config import ROOT
from courtesy.demo import RUTH, Story
from tests.browser.chromium import NONE, chromium, find, opened
from tests.browser.walk import give, open_shop

OUT = ROOT / "docs" / "pictures"
LARGEST = 200_000


def main() -> int:
    """The exit code."""
    if not find():
        sys.stderr.write(f"{NONE}\n")
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_shop(Path(folder)) as story,
        chromium() as browser,
        opened(browser, story.url) as (page, _),
    ):
        return max(_claim(page), _gift_note(page, story))


def _claim(page: Page) -> int:
    page.goto("/voucher/")
    return _take(page, "claim", width=912, height=710)


def _gift_note(page: Page, story: Story) -> int:
    give(story)
    page.goto(f"/dev/outbox/{story.mail('gift-note', RUTH)['id']}")
    page.frame_locator("iframe").get_by_role("heading", name="Dear Ruth").wait_for()
    return _take(page, "outbox-gift-note", width=1280, height=1462)


def _take(page: Page, name: str, width: int, height: int) -> int:
    page.set_viewport_size({"width": width, "height": height})
    path = OUT / f"{name}.png"
    size = len(page.screenshot(path=path))
    sys.stdout.write(f"{path.relative_to(ROOT)}: {size // 1000} kB\n")
    return int(size > LARGEST)


if __name__ == "__main__":
    raise SystemExit(main())
