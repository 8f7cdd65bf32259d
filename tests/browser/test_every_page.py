"""Every page and every mail: anyone can read and use it, on any screen, and it asks nobody else for anything."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec import Struct
from playwright.sync_api import Browser, Page

from tests.browser.chromium import opened
from tests.browser.shop import open_shop
from tests.browser.walks import NAMES, walk

pytestmark = pytest.mark.browser
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NARROW, WIDE = 320, 1280
# a mail stands inside the landmarks of whatever shows it
NOT_OF_A_MAIL = ("landmark-one-main", "region")


class Found(Struct):
    """What was seen on one page. `violations`: axe's, by colour scheme. `wider`: what sticks out at 320 pixels."""

    violations: dict[str, list[str]]
    wider: list[str]
    trouble: list[str]


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    found: dict[str, Found] = {}
    with open_shop(tmp_path_factory.mktemp("shop")) as story, opened(browser, story.url) as (page, trouble):
        for name in walk(page, story):
            found[name] = Found({scheme: _violations(page, name, scheme) for scheme in SCHEMES}, _wider(page), trouble.found[:])
            trouble.found.clear()
    return found


def _violations(page: Page, name: str, scheme: Literal["light", "dark"]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    rules = {rule: {"enabled": False} for rule in NOT_OF_A_MAIL if name.startswith("mail ")}
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "rules": rules}
    axe = Axe()
    if scheme == "dark":  # only the colours are other ones; and the script is in the page already
        options["runOnly"] = ["color-contrast", "link-in-text-block"]
        axe = Axe(axe_script="null")
    response: dict[str, Any] = axe.run(page, options=options).response
    return [f"{one['id']}: {', '.join(node['html'][:120] for node in one['nodes'])}" for one in response["violations"]]


def _wider(page: Page) -> list[str]:
    page.set_viewport_size({"width": NARROW, "height": 640})
    too_wide: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML.slice(0, 120))"""
    )
    page.set_viewport_size({"width": WIDE, "height": 900})
    return too_wide


def test_the_walk_names_every_page(seen: dict[str, Found]) -> None:
    assert set(seen) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(seen: dict[str, Found], name: str, scheme: str) -> None:
    assert seen[name].violations[scheme] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_on_a_narrow_screen(seen: dict[str, Found], name: str) -> None:
    assert seen[name].wider == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_goes_wrong_and_nobody_else_is_asked(seen: dict[str, Found], name: str) -> None:
    assert seen[name].trouble == []
