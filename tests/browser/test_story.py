"""One person's road in a browser: claim → confirm → a step of the profile → preferences → stop → claim again. test_competition.py has the other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.standing import MARKETING
from courtesy.demo import ISOBEL, Story, link_of
from tests.browser.conftest import Open
from tests.browser.shop import claim

pytestmark = pytest.mark.browser


def marketing(shop: Story) -> list[str]:
    """What came that they had agreed to."""
    return [one["kind"] for one in shop.mails() if one["class"] == MARKETING]


def to_my_page(page: Page, shop: Story, kind: str) -> None:
    """By the link in a mail that came."""
    page.goto(link_of(shop.mail(kind, ISOBEL), "/api/preferences"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your preferences")


def tells_a_day(page: Page, shop: Story) -> None:
    """In exchange for a reminder: a birthday three weeks from now."""
    page.get_by_role("link", name="See what you would get for it").click()
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Days to remember")
    day = shop._world.clock.now() + timedelta(days=21)
    birthday = page.get_by_role("group", name="Your birthday")
    birthday.get_by_label("Day").fill(str(day.day))
    birthday.get_by_label("Month").fill(str(day.month))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Keep this").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_voucher_to_a_stop_that_stays(visit: Open, shop: Story, scripts: bool) -> None:
    page = visit(scripts=scripts)
    claim(page)
    first_answer = page.url, page.get_by_role("main").inner_text()
    shop.settle()
    page.goto(link_of(shop.mail("confirm-address", ISOBEL), "/api/confirm"))
    page.get_by_role("button", name="Yes, show me the code").click()
    code = page.locator("dd.code").inner_text()

    tells_a_day(page, shop)
    shop.pass_time("10d")
    assert marketing(shop) == ["occasion"]

    to_my_page(page, shop, "occasion")
    expect(page.get_by_role("region", name="Your dates").get_by_text("Birthday", exact=True)).to_be_visible()
    page.get_by_label("At most one thing in three months").check()
    page.get_by_role("checkbox", name=re.compile("newsletter")).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    expect(page.get_by_text("This is what still comes")).to_be_visible()

    to_my_page(page, shop, "occasion")
    page.get_by_role("button", name="Stop everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done. We have stopped")

    claim(page)
    assert (page.url, page.get_by_role("main").inner_text()) == first_answer
    shop.settle()
    assert code in shop.mail("voucher-again", ISOBEL)["text"]
    shop.pass_time("60d")
    assert marketing(shop) == ["occasion"]
    to_my_page(page, shop, "voucher-again")
    expect(page.get_by_role("heading", name="We have stopped")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
