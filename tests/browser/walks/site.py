"""What `courtesy build` wrote; and the local shop's own pages before anything happened."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from courtesy.demo import Story

_PATHS = {
    "home": "/",
    "products": "/products/",
    "product": "/products/carrick-locket/",
    "product, a ring": "/products/estuary-ring/",
    "product, ear studs": "/products/sea-glass-studs/",
    "product, socks": "/products/lambswool-socks/",
    "what we send": "/what-we-send/",
    "privacy": "/privacy/",
    "nothing here": "/nowhere",
    "voucher": "/voucher/",
    "outbox, empty": "/dev/",
    "follow-ups, empty": "/dev/follow-ups",
}
NAMES = tuple(_PATHS)


def walk(page: Page, story: Story) -> Iterator[str]:
    """Each page that needs nobody."""
    for name, path in _PATHS.items():
        page.goto(path)
        yield name
