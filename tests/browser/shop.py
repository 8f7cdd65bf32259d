"""A shop that runs, and what people do in it through a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, settings
from courtesy.demo import ISOBEL, Story
from courtesy.up import Server
from tests.support.running import quiet_shop

THANKS = "Dear Daniel,\n\nthe locket fits as if I had always worn it.\n\nRuth"


@contextmanager
def open_shop(data: Path, *, quiet: bool = False) -> Iterator[Story]:
    """A shop that runs on a free port, and what its people may do in it. `quiet`: without the owner's mornings."""
    shop = str(quiet_shop() if quiet else ROOT / "shop")
    server = Server(
        lambda url: LocalWorld(settings({"COURTESY_DATA": str(data), "COURTESY_URL": url, "COURTESY_SHOP": shop})), "127.0.0.1", 0
    )
    server.start()
    try:
        yield Story(server)
    finally:
        server.stop()


def give(story: Story) -> None:
    """Daniel's gift reaches Ruth; his thank-you and her note go out."""
    story.webhook("orders/create", "gift-order.json")
    story.pass_time("1d")
    story.webhook("fulfillments/create", "gift-fulfilment.json", shipment_status=None, updated_at=None)
    story.pass_time("2d")
    story.webhook("fulfillments/update", "gift-fulfilment.json")
    story.pass_time("11d")


def claim(page: Page, name: str = "Isobel Trant", email: str = ISOBEL) -> None:
    """Fills in the form and sends it."""
    page.goto("/voucher/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send me the voucher").click()
