"""What people do, in a browser, with and without scripts, with and without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from courtesy.demo import DANIEL, ISOBEL, RUTH, Story, link_of
from tests.browser.conftest import Open
from tests.browser.shop import THANKS, claim, give

pytestmark = pytest.mark.browser
CODE = re.compile(r"^[0-9A-Z]{5}-[0-9A-Z]{5}$")
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def states(shop: Story) -> dict[tuple[str, str], str]:
    return {(kind, address): state for state, kind, address, _ in shop.follow_ups()}


@with_and_without_scripts
def test_a_visitor_claims_the_voucher_and_sees_the_code(visit: Open, shop: Story, scripts: bool) -> None:
    page = visit(scripts=scripts)
    page.goto("/")
    page.get_by_role("link", name="Claim the voucher").click()
    page.get_by_label("Your name").fill("Isobel Trant")
    page.get_by_label("E-mail address").fill(ISOBEL)
    page.get_by_role("button", name="Send me the voucher").click()
    expect(page).to_have_url(f"{shop.url}/claimed/")
    shop.settle()

    page.goto("/dev/outbox")
    page.get_by_role("link", name=re.compile("Is this your address")).click()
    page.get_by_role("link", name="/api/confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One button, and the voucher is yours")
    page.get_by_role("button", name="Yes, show me the code").click()

    code = page.locator("dd.code")
    expect(code).to_have_text(CODE)
    shop.settle()
    assert code.inner_text() in shop.mail("voucher", ISOBEL)["text"]


def test_opening_the_link_confirms_nothing(visit: Open, shop: Story) -> None:
    page = visit()
    claim(page)
    shop.settle()

    for _ in range(3):
        page.goto(link_of(shop.mail("confirm-address", ISOBEL), "/api/confirm"))
    shop.settle()

    assert [mail["kind"] for mail in shop.mails()] == ["confirm-address"]


def test_the_newsletter_is_agreed_to_on_the_button_itself(visit: Open, shop: Story) -> None:
    page = visit()
    page.goto("/voucher/")
    page.get_by_label("Your name").fill("Isobel Trant")
    page.get_by_label("E-mail address").fill(ISOBEL)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send me the voucher").click()
    shop.settle()

    page.goto(link_of(shop.mail("confirm-address", ISOBEL), "/api/confirm"))
    page.get_by_role("button", name="Yes, show me the code and send the newsletter").click()

    expect(page.get_by_text("You are on the list for the newsletter.")).to_be_visible()


def test_a_visitor_claims_with_the_keyboard_alone(visit: Open, shop: Story) -> None:
    page = visit()
    page.goto("/voucher/")
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the form")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Isobel Trant")
    press("Tab")
    page.keyboard.type(ISOBEL)
    press("Tab")
    press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    press("Tab")  # past the field that is there for programs
    expect(page.get_by_role("button", name="Send me the voucher")).to_be_focused()
    press("Enter")

    expect(page).to_have_url(f"{shop.url}/claimed/")


@with_and_without_scripts
def test_a_refused_form_keeps_its_answers_and_leads_to_the_fields(visit: Open, scripts: bool) -> None:
    page = visit(scripts=scripts)
    page.goto("/voucher/")
    page.get_by_label("E-mail address").fill("isobel@")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send me the voucher").click()

    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    name, address = page.get_by_label("Your name"), page.get_by_label("E-mail address")
    expect(address).to_have_value("isobel@")
    expect(page.get_by_role("checkbox")).to_be_checked()
    for field, link in ((name, summary.get_by_role("link").first), (address, summary.get_by_role("link").last)):
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(re.escape(link.inner_text())))
        link.click()
        expect(field).to_be_focused()

    name.fill("Isobel Trant")
    address.fill(ISOBEL)
    page.get_by_role("button", name="Send me the voucher").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now look in your inbox")


@with_and_without_scripts
def test_one_press_stops_the_mail(visit: Open, shop: Story, scripts: bool) -> None:
    give(shop)
    page = visit(scripts=scripts)
    page.goto(link_of(shop.mail("thank-you", DANIEL), "/api/stop"))
    page.get_by_role("button", name="Stop the mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Done. We have stopped")

    page.goto(link_of(shop.mail("gift-note", RUTH), "/api/stop"))
    page.get_by_role("button", name="Remove my address").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your address is removed")


@with_and_without_scripts
def test_a_recipient_thanks_the_giver(visit: Open, shop: Story, scripts: bool) -> None:
    give(shop)
    page = visit(scripts=scripts)
    page.goto(link_of(shop.mail("gift-note", RUTH), "/api/thanks"))
    page.get_by_role("button", name="Pass it on").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Your words").fill(THANKS)
    page.get_by_role("button", name="Pass it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your words are on their way")
    shop.settle()

    relayed = shop.mail("thanks-relay", DANIEL)
    assert "the locket fits as if I had always worn it." in relayed["text"]
    assert RUTH not in relayed["text"] + relayed["html"]


def test_the_outbox_shows_a_mail_and_lets_nothing_in_it_act(visit: Open, shop: Story) -> None:
    give(shop)
    page = visit()
    page.goto("/dev/")
    page.get_by_role("link", name="A note about the gift from Daniel").click()

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Dear Ruth")).to_be_visible()
    assert page.locator("iframe").get_attribute("sandbox") == ""
    expect(page.locator("pre")).to_contain_text("Dear Ruth")
    expect(page.get_by_role("row", name=re.compile("List-Unsubscribe-Post"))).to_contain_text("One-Click")
    answer = page.request.get(f"{page.url}/html")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


def test_the_clock_goes_on_and_what_is_due_goes_out(visit: Open, shop: Story) -> None:
    shop.webhook("orders/create", "gift-order.json")
    shop.webhook("fulfillments/update", "gift-fulfilment.json")
    page = visit()
    page.goto("/dev/follow-ups")
    expect(page.get_by_text("planned", exact=True)).to_have_count(2)

    page.get_by_role("button", name="To the next due").click()
    expect(page).to_have_url(f"{shop.url}/dev/outbox")
    _expect_kinds(page, "thank-you", "receipt")

    page.get_by_role("button", name="10 days on").click()
    _expect_kinds(page, "gift-note", "thank-you", "receipt")


def test_a_bounce_closes_the_address_for_mail(visit: Open, shop: Story) -> None:
    shop.webhook("orders/create", "gift-order.json")
    page = visit()
    page.goto(f"/dev/outbox/{shop.mail('receipt', DANIEL)['id']}")
    page.get_by_role("button", name="Bounced for good").click()
    expect(page.locator("#events ~ ul")).to_contain_text("Bounce")

    shop.webhook("fulfillments/update", "gift-fulfilment.json")
    shop.pass_time("5d")
    assert states(shop)["thank-you", DANIEL] == "cancelled"


def _expect_kinds(page: Page, *kinds: str) -> None:
    expect(page.locator(".rows .tag:not(.service, .courtesy, .marketing)")).to_have_text(list(kinds))
