"""The claim form on somebody else's page: another origin, under the strictest policy that lets it in, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chalicelib.domain.shop import Widget
from courtesy.demo import ISOBEL, Story, link_of
from tests.browser.shop import open_shop

pytestmark = pytest.mark.browser
HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><meta name="color-scheme" content="light dark"></head>'
SPOT = '<div id="courtesy"></div>'


class Elsewhere:
    """A storefront on an origin of its own. `body`: of its one page; `policy`: its Content-Security-Policy."""

    def __init__(self, origin: str, site: str) -> None:
        self.origin, self.site = origin, site
        self.policy = (
            f"default-src 'none'; script-src {site}; connect-src {site}; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        self.body = f"<main>{SPOT}{self.line()}</main>"

    def line(self, more: str = 'data-at="#courtesy"') -> str:
        return f'<script src="{self.site}/courtesy.js" defer {more}></script>'


@contextmanager
def another_origin(page: Callable[[], tuple[str, str]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, policy = page()
            whole = f"{HEAD}<body>{body}</body></html>".encode() if self.path == "/" else b""
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(whole)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with open_shop(tmp_path, quiet=True) as found:
        yield found


@pytest.fixture
def elsewhere(story: Story) -> Iterator[Elsewhere]:
    """Listed by the shop."""
    shown: list[Elsewhere] = []
    with another_origin(lambda: (shown[0].body, shown[0].policy)) as origin:
        shown.append(Elsewhere(origin, story.url))
        let_in(story, origin)
        yield shown[0]


def let_in(story: Story, *origins: str) -> None:
    world = story._world
    world.__dict__["shop"] = msgspec.structs.replace(world.shop, widget=Widget(origins))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB", reduced_motion="reduce")
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """`page.noise`: what the console said."""
    return context.new_page()


@pytest.fixture
def noise(context: BrowserContext) -> list[str]:
    """What the console says besides that an answer was a 4xx, and what fails."""
    heard: list[str] = []
    context.on("console", lambda said: None if "server responded with a status of 4" in said.text else heard.append(said.text))
    context.on("weberror", lambda error: heard.append(str(error.error)))
    return heard


def fill(page: Page, name: str = "Isobel Trant", email: str = ISOBEL) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(email)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send me the voucher").click()


def test_a_visitor_claims_on_the_storefronts_own_page(story: Story, elsewhere: Elsewhere, page: Page, noise: list[str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto(elsewhere.origin)
    fill(page)
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    send(page)
    done = page.get_by_role("status")
    expect(done).to_contain_text("One step more")
    expect(done).to_be_focused()
    expect(page.get_by_role("button")).to_be_hidden()
    story.settle()
    assert link_of(story.mail("confirm-address", ISOBEL), "/api/confirm")
    assert noise == []
    assert [one for one in asked if not one.endswith(("/favicon.ico", f"{elsewhere.origin}/"))] == [
        f"GET {story.url}/courtesy.js", f"POST {story.url}/api/claims",
    ]  # fmt: skip


def test_errors_stand_at_their_fields_and_focus_goes_to_the_first(elsewhere: Elsewhere, page: Page, noise: list[str]) -> None:
    page.goto(elsewhere.origin)
    fill(page, "Isobel Trant", "isobel@")
    send(page)
    address = page.get_by_label("E-mail address")
    expect(address).to_be_focused()
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description("Enter an e-mail address in the form name@example.com.")
    expect(page.get_by_label("Your name")).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("status")).to_contain_text("There is a problem")
    address.fill(ISOBEL)
    page.get_by_label("Your name").fill("")
    send(page)
    expect(page.get_by_label("Your name")).to_be_focused()
    expect(address).not_to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description("")
    assert noise == []


def test_it_is_used_by_the_keyboard_alone(elsewhere: Elsewhere, page: Page) -> None:
    page.goto(elsewhere.origin)
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(at => at.id || at.textContent)(document.querySelector('[data-courtesy]').shadowRoot.activeElement)")
        )
    assert reached == ["name", "email", "newsletter", "Send me the voucher", "How we look after them"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_label("Your name").focus()
    page.keyboard.type("Isobel Trant")
    page.keyboard.press("Tab")
    page.keyboard.type(ISOBEL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("One step more")


def test_the_tick_says_yes_to_the_words_beside_it(story: Story, elsewhere: Elsewhere, page: Page) -> None:
    page.goto(elsewhere.origin)
    fill(page)
    page.get_by_text("Also send me the newsletter").click()
    send(page)
    expect(page.get_by_role("status")).to_contain_text("inbox")
    story.settle()
    page.goto(link_of(story.mail("confirm-address", ISOBEL), "/api/confirm"))
    expect(page.locator("main")).to_contain_text("Also send me the newsletter")


def test_a_page_that_the_shop_does_not_list_is_led_to_our_own(story: Story, elsewhere: Elsewhere, page: Page) -> None:
    let_in(story)
    page.goto(elsewhere.origin)
    fill(page)
    send(page)
    link = page.get_by_role("link", name="Claim it on our own page")
    expect(link).to_have_attribute("href", f"{story.url}/voucher/")
    expect(page.get_by_label("Your name")).to_have_value("Isobel Trant")
    story.settle()
    assert story.mails() == []


def test_without_leave_to_connect_it_leads_to_our_own_page(story: Story, elsewhere: Elsewhere, page: Page) -> None:
    elsewhere.policy = f"default-src 'none'; script-src {story.url}"
    page.goto(elsewhere.origin)
    fill(page)
    send(page)
    expect(page.get_by_role("link", name="Claim it on our own page")).to_be_visible()


@pytest.mark.parametrize(
    ("body", "forms", "links"),
    [
        ("<main>{plain}</main>", 1, 0),
        ("<main>{spot}{line}{line}</main>", 1, 0),
        ('<main>{spot}{line}<section id="b"></section>{other}</main>', 2, 0),
        ("<main>{plain}{plain}</main>", 2, 0),
        ("<main>{line}</main>", 0, 1),
        ("<main>{broken}</main>", 0, 1),
        ("{line}<main>{spot}</main>", 1, 0),
    ],
    ids=[
        "where it stands",
        "once for each place",
        "in two places",
        "two scripts",
        "no such place",
        "no such selector",
        "script first",
    ],
)
def test_where_it_is_put(elsewhere: Elsewhere, page: Page, noise: list[str], body: str, forms: int, links: int) -> None:
    parts = {
        "spot": SPOT, "line": elsewhere.line(), "plain": elsewhere.line(""), "other": elsewhere.line('data-at="#b"'),
        "broken": elsewhere.line('data-at="#!"'),
    }  # fmt: skip
    elsewhere.body = body.format(**parts)
    page.goto(elsewhere.origin)
    expect(page.get_by_role("button", name="Send me the voucher")).to_have_count(forms)
    expect(page.get_by_role("link", name="Claim your £15 voucher")).to_have_count(links)
    assert noise == []


def test_a_script_that_may_come_at_any_time_waits_for_its_place(elsewhere: Elsewhere, page: Page) -> None:
    elsewhere.body = f"{elsewhere.line().replace('defer', 'async')}<main>{SPOT}</main>"
    page.goto(elsewhere.origin)
    expect(page.get_by_role("button", name="Send me the voucher")).to_have_count(1)


@pytest.mark.parametrize("missing", ["HTMLElement.prototype.attachShadow", "window.CSSStyleSheet"])
def test_an_old_browser_gets_a_plain_link(elsewhere: Elsewhere, page: Page, noise: list[str], missing: str) -> None:
    page.add_init_script(f"{missing} = undefined")
    page.goto(elsewhere.origin)
    expect(page.get_by_role("link", name="Claim your £15 voucher")).to_have_attribute("href", f"{elsewhere.site}/voucher/")
    assert noise == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_anyone_can_read_it_on_any_screen(elsewhere: Elsewhere, page: Page, scheme: str, width: int) -> None:
    site = elsewhere.site
    elsewhere.policy = f"default-src 'none'; script-src {site} 'unsafe-inline'; connect-src {site}"  # for axe's own script
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    elsewhere.body = f"<main><h1>Shop</h1>{SPOT}{elsewhere.line()}</main>"
    page.goto(elsewhere.origin)
    fill(page, "", "x")
    send(page)
    expect(page.get_by_label("Your name")).to_be_focused()
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ground = page.evaluate(
        "getComputedStyle(document.querySelector('[data-courtesy]').shadowRoot.querySelector('.box')).backgroundColor"
    )
    assert ground == ("rgb(22, 35, 39)" if scheme == "dark" else "rgb(255, 255, 255)")


def test_a_page_that_is_never_dark_keeps_it_light_and_may_dress_it(elsewhere: Elsewhere, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    elsewhere.policy += "; style-src 'unsafe-inline'"
    elsewhere.body = f"<style>:root{{color-scheme:light;--courtesy-act:#00f}}</style><main>{SPOT}{elsewhere.line()}</main>"
    page.goto(elsewhere.origin)
    button = page.get_by_role("button", name="Send me the voucher")
    expect(button).to_have_css("background-color", "rgb(0, 0, 255)")
    expect(button).to_have_css("color", "rgb(255, 255, 255)")


def test_the_developers_storefront_shows_it_under_that_policy(story: Story, page: Page, noise: list[str]) -> None:
    answer = page.goto(f"{story.url}/dev/storefront")
    assert answer is not None
    assert "script-src 'self'; connect-src 'self'" in answer.headers["content-security-policy"]
    fill(page)
    send(page)
    expect(page.get_by_role("status")).to_contain_text("One step more")
    assert noise == []
