from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from courtesy.demo import Story
from tests.browser import chromium
from tests.browser.shop import open_shop

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not chromium.find():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(chromium.NONE, pytrace=False)
        pytest.skip(chromium.NONE)
    with chromium.chromium() as found:
        yield found


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Story]:
    with open_shop(tmp_path, quiet=True) as story:
        yield story


@pytest.fixture
def visit(browser: Browser, shop: Story) -> Iterator[Open]:
    """Opens a page of the shop; afterwards nothing may have gone wrong in it."""
    with ExitStack() as stack:
        seen = []

        def visit(*, scripts: bool = True, width: int = 1280) -> Page:
            page, trouble = stack.enter_context(chromium.opened(browser, shop.url, scripts=scripts, width=width))
            seen.append(trouble)
            return page

        yield visit
        assert [line for trouble in seen for line in trouble.found] == []
