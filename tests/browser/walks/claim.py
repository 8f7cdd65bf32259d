"""From the form to the code."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from courtesy.demo import ISOBEL, Story, link_of
from tests.browser.shop import claim

NAMES = ("voucher, refused", "claimed", "confirm", "confirmed", "confirmed already", "bad link")


def walk(page: Page, story: Story) -> Iterator[str]:
    """Isobel claims the voucher."""
    claim(page, "", "isobel@")
    yield "voucher, refused"
    claim(page)
    yield "claimed"
    story.settle()
    link = link_of(story.mail("confirm-address", ISOBEL), "/api/confirm")
    page.goto(link)
    yield "confirm"
    page.get_by_role("button").click()
    yield "confirmed"
    page.goto(link)
    yield "confirmed already"
    page.goto("/api/confirm?t=nonsense")
    yield "bad link"
