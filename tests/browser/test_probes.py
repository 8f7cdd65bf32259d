"""Each probe sees what it is there to see, and is content with what is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import Trouble
from tests.browser.measure import MAIL_LIMIT, Seen, _look, unguarded

pytestmark = pytest.mark.browser

GOOD = """<!doctype html><html lang="en"><head><title>A page</title><meta name="viewport" content="width=device-width"><style>
a,button{display:inline-block;padding:1rem;font-size:1rem}*:focus{outline:3px solid #000}</style></head><body>
<a class="skip" href="#main">Skip to the page</a><main id="main"><h1>A page</h1><p>Some words. %s</p><button type="submit">Press</button></main></body></html>"""
GUARDED = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def looked(page: Page, html: str, *, status: int = 200) -> dict[str, list[str]]:
    """As a mail is looked at: by its HTML alone."""
    trouble = Trouble(page.context, "http://nowhere.example")
    page.set_content(html)
    return looked_at_once(page, html, status=status, trouble=trouble)


def looked_at_once(page: Page, html: str, *, status: int, trouble: Trouble | None = None) -> dict[str, list[str]]:
    """Where it is, with the focus that it has."""
    seen = Seen("mail of a test", "", status, html)
    _look(page, seen, {}, trouble or Trouble(page.context, "http://nowhere.example"))
    return {probe: wrong for probe, wrong in seen.found.items() if wrong}


@pytest.mark.parametrize(
    ("probe", "bad"),
    [
        ("axe, light", '<img src="data:,">'),
        ("axe, light", '<span style="color:#aaa">pale</span>'),
        ("axe, light", '</p><div><button style="padding:0;font-size:8px;height:9px">a</button><button style="padding:0;font-size:8px;height:9px">b</button></div><p>'),
        ("axe, dark", "<style>@media (prefers-color-scheme:dark){p{color:#111;background:#000}}</style>"),
        ("narrow", '<span style="display:block;width:340px">wide</span>'),
        ("text", '<span style="display:block;width:4rem;overflow:hidden;white-space:nowrap">cut off at the edge</span>'),
        ("text", '<span style="position:relative;left:-3em">over another</span>'),
        ("twice the text", '<span style="display:block;height:1.3em;font-size:16px;line-height:20px;height:24px;overflow:hidden">tall</span>'),
        ("keyboard", '<a href="#" style="outline:0" onfocus="">unseen</a>'.replace(' onfocus=""', "") + "<style>a:focus{outline:0!important}</style>"),
        ("keyboard", '<a href="#" tabindex="2">out of turn</a>'),
        ("keyboard", '<a href="#" style="position:absolute;left:-50rem">out of the window</a>'),
        ("motion", '<span style="transition:opacity 1s">slow</span>'),
        ("motion", "<style>@keyframes turn{to{rotate:1turn}}p::after{content:'';animation:turn 2s infinite}</style>"),
        ("scripts", '<a href="javascript:void 0">runs</a>'),
        ("scripts", '<span onclick="void 0">runs</span>'),
        ("trouble", '<img alt="" src="http://elsewhere.example/dot.png">'),
        ("weight", f"<!-- {'x' * MAIL_LIMIT} -->"),
    ],
)  # fmt: skip
def test_a_probe_sees_what_is_wrong(page: Page, probe: str, bad: str) -> None:
    assert probe in looked(page, GOOD % bad)


def test_a_trap_for_the_keyboard_is_seen(page: Page) -> None:
    trap = """<script>document.addEventListener('keydown', event => document.activeElement.id === 'trap' && event.preventDefault())</script>"""
    found = looked(page, GOOD % f'<a href="#" id="trap">in</a><a href="#">after</a>{trap}')
    assert "keyboard" in found


def test_a_form_that_came_back_is_looked_at_with_care(page: Page) -> None:
    bad = '<div class="errors" role="alert"><ul><li><a href="#name">Enter your name.</a></li></ul></div><label for="name">Name</label><input id="name">'
    assert len(looked(page, GOOD % bad, status=422)["errors"]) == 4
    good = """<!doctype html><html lang="en"><head><title>Error: a form</title><style>*:focus{outline:3px solid #000}</style></head><body><a class="skip" href="#main">Skip</a>
    <main id="main"><div class="errors" role="alert" tabindex="-1" autofocus><ul><li><a href="#name">Enter your name.</a></li></ul></div>
    <label for="name">Name</label><p id="name-error">Error: Enter your name.</p><input id="name" aria-invalid="true" aria-describedby="name-error"></main></body></html>"""
    page.set_content(good)
    page.locator(".errors").focus()
    assert page.evaluate("document.activeElement.className") == "errors"
    assert "errors" not in looked_at_once(page, good, status=422)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-security-policy", ""),
        ("content-security-policy", GUARDED["content-security-policy"].replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")),
        ("content-security-policy", GUARDED["content-security-policy"] + "; script-src 'self'"),
        ("content-security-policy", GUARDED["content-security-policy"].replace("; form-action 'self'", "")),
        ("x-content-type-options", ""),
        ("referrer-policy", "unsafe-url"),
    ],
)  # fmt: skip
def test_a_header_that_leaves_something_open_is_seen(name: str, value: str) -> None:
    assert unguarded("/", GUARDED) == []
    assert unguarded("/", {**GUARDED, name: value}) != []


def test_an_answer_that_may_be_kept_or_found_is_seen() -> None:
    kept = {**GUARDED, "cache-control": "no-store", "x-robots-tag": "noindex"}
    assert unguarded("/api/confirm", kept) == []
    assert len(unguarded("/api/confirm", GUARDED)) == 2
