"""Through every page that Courtesy shows, in the order in which people meet them. Tests check each; pictures are taken of some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, settings
from courtesy.demo import DANIEL, ISOBEL, RUTH, Story, link_of
from courtesy.up import Server
from tests.support.running import quiet_shop

THANKS = "Dear Daniel,\n\nthe locket fits as if I had always worn it.\n\nRuth"
NAMES = (
    "home", "product", "your details", "nothing here", "outbox, empty", "follow-ups, empty",
    "voucher", "voucher, refused", "claimed", "confirm", "confirmed", "confirmed already", "bad link",
    "outbox", "outbox, a mail", "outbox, a bounced mail", "follow-ups",
    "stop", "stopped", "thank", "thank, refused", "thanked", "thanked already", "address, remove", "address, removed",
    "mail confirm-address", "mail voucher", "mail receipt", "mail on-its-way", "mail thank-you", "mail gift-note", "mail thanks-relay",
    "mail morning",
)  # fmt: skip


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


def walk(page: Page, story: Story) -> Iterator[str]:
    """Stops at each page and says its name."""
    yield from _site(page)
    yield from _claimed(page, story)
    give(story)
    yield from _dev(page, story)
    yield from _answered(page, story)
    yield from _mails(page, story)


def _site(page: Page) -> Iterator[str]:
    for name, path in (
        ("home", "/"),
        ("product", "/products/carrick-locket/"),
        ("your details", "/your-details/"),
        ("nothing here", "/nowhere"),
        ("outbox, empty", "/dev/"),
        ("follow-ups, empty", "/dev/follow-ups"),
        ("voucher", "/voucher/"),
    ):
        page.goto(path)
        yield name


def _claimed(page: Page, story: Story) -> Iterator[str]:
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


def _dev(page: Page, story: Story) -> Iterator[str]:
    page.goto("/dev/")
    yield "outbox"
    page.goto(f"/dev/outbox/{story.mail('gift-note', RUTH)['id']}")
    yield "outbox, a mail"
    page.goto(f"/dev/outbox/{story.mail('voucher', ISOBEL)['id']}")
    page.get_by_role("button", name="Bounced for good").click()
    yield "outbox, a bounced mail"
    page.goto("/dev/follow-ups")
    yield "follow-ups"


def _answered(page: Page, story: Story) -> Iterator[str]:
    page.goto(link_of(story.mail("thank-you", DANIEL), "/api/stop"))
    yield "stop"
    page.get_by_role("button").click()
    yield "stopped"
    card = link_of(story.mail("gift-note", RUTH), "/api/thanks")
    page.goto(card)
    yield "thank"
    page.get_by_role("button").click()
    yield "thank, refused"
    page.get_by_label("Your words").fill(THANKS)
    page.get_by_role("button").click()
    yield "thanked"
    page.goto(card)
    yield "thanked already"
    page.goto(link_of(story.mail("gift-note", RUTH), "/api/stop"))
    yield "address, remove"
    page.get_by_role("button").click()
    yield "address, removed"


def _mails(page: Page, story: Story) -> Iterator[str]:
    story.settle()
    page.goto("about:blank")  # as a mail program shows it; the outbox's own address lets no checker's script in
    for mail in {mail["kind"]: mail for mail in story.mails()}.values():
        page.set_content(mail["html"])
        yield f"mail {mail['kind']}"
