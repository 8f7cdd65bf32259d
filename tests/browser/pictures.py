"""`make pictures`: the pictures that README.md and docs/ show: of every page, mail and piece of paper, as a desk, a phone and the dark show it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from chalicelib.config import ROOT
from chalicelib.domain.languages import ENGLISH
from courtesy.demo import RUTH, Story
from tests.adapters.test_templates import WRITTEN
from tests.browser import page_pictures, paper_pictures
from tests.browser.chromium import NONE, chromium, find, opened
from tests.browser.shop import give, open_shop
from tests.browser.specimens import mail_html
from tests.support.small_png import small

OUT = ROOT / "docs" / "pictures"
MAILS = OUT / "mails"
LARGEST, LARGEST_MAIL = 200_000, 60_000
SEEN = {"1280": (1280, "light"), "390": (390, "light"), "dark": (1280, "dark")}
"""How a mail is looked at: the window's width, and the scheme."""


def main() -> int:
    """The exit code."""
    if not find():
        sys.stderr.write(f"{NONE}\n")
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        return max(_two(browser), _walked(browser), _mails(browser), paper_pictures.take(browser))


def _two(browser: Browser) -> int:
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder)) as story, opened(browser, story.url) as (page, _):
        return max(_claim(page), _gift_note(page, story))


def _walked(browser: Browser) -> int:
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder)) as story, opened(browser, story.url) as (page, _):
        return page_pictures.take(page, story)


def _claim(page: Page) -> int:
    page.goto("/voucher/")
    return _take(page, "claim", width=912, height=710)


def _gift_note(page: Page, story: Story) -> int:
    give(story)
    page.goto(f"/dev/outbox/{story.mail('gift-note', RUTH)['id']}")
    page.frame_locator("iframe").get_by_role("heading", name="Dear Ruth").wait_for()
    return _take(page, "outbox-gift-note", width=1280, height=1462)


def _mails(browser: Browser) -> int:
    """Each in each language: the sheet alone on a desk, the whole window on a phone."""
    MAILS.mkdir(exist_ok=True)
    pictures = {}
    for how, (width, scheme) in SEEN.items():
        with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as seen:  # type: ignore[arg-type]
            page = seen.new_page()
            for mail, language in WRITTEN:
                if language != ENGLISH and how != "1280":
                    continue  # a translation differs in its words alone
                page.set_content(mail_html(mail, language))
                taken = page.screenshot(full_page=True) if width < 500 else page.locator(".sheet").screenshot()
                pictures[f"{mail}-{language}-{how}.png"] = small(taken)
    for name, picture in pictures.items():
        (MAILS / name).write_bytes(picture)
    for old in MAILS.glob("*.png"):
        if old.name not in pictures:
            old.unlink()
    sizes = [len(picture) for picture in pictures.values()]
    sys.stdout.write(f"{len(sizes)} pictures of mails: {sum(sizes) // 1000} kB\n")
    return int(max(sizes) > LARGEST_MAIL)


def _take(page: Page, name: str, width: int, height: int) -> int:
    page.set_viewport_size({"width": width, "height": height})
    path = OUT / f"{name}.png"
    size = len(page.screenshot(path=path))
    sys.stdout.write(f"{path.relative_to(ROOT)}: {size // 1000} kB\n")
    return int(size > LARGEST)


if __name__ == "__main__":
    raise SystemExit(main())
