"""What only the local shop shows: its outbox, its follow-ups."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from courtesy.demo import ISOBEL, RUTH, Story
from tests.browser.shop import give

NAMES = ("outbox", "outbox, a mail", "outbox, a bounced mail", "follow-ups")


def walk(page: Page, story: Story) -> Iterator[str]:
    """Daniel's gift has reached Ruth, and Isobel's voucher bounces."""
    give(story)
    page.goto("/dev/")
    yield "outbox"
    page.goto(f"/dev/outbox/{story.mail('gift-note', RUTH)['id']}")
    yield "outbox, a mail"
    page.goto(f"/dev/outbox/{story.mail('voucher', ISOBEL)['id']}")
    page.get_by_role("button", name="Bounced for good").click()
    yield "outbox, a bounced mail"
    page.goto("/dev/follow-ups")
    yield "follow-ups"
