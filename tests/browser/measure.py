"""What every page and every mail is measured by. One walk; at each stop all of it.

axe on three widths and in both schemes · no sideways scroll, no text cut off or written over, also with twice the text · the keyboard alone ·
no motion for those who want none · forms that come back · no scripts · the policy, the console, other origins · weight.
"""

from __future__ import annotations

import gzip
import re
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from msgspec import Struct, field
from playwright.sync_api import Page, Response

from courtesy.demo import Story
from tests.browser.chromium import Trouble
from tests.browser.specimens import mail_html
from tests.browser.walks import PARTS

WIDTHS = (1280, 390, 320)
ENLARGED = (1280, 390)
"""Where twice the text is looked at: a desk, a phone."""

PAGE_LIMIT, PLAIN_LIMIT, MAIL_LIMIT = 20_000, 120_000, 60_000
"""Bytes of a page with all that it loads: as they travel, gzipped, and as they are unpacked; and of a mail's HTML."""

PROBES = (
    "axe, light", "axe, dark", "narrow", "text", "twice the text", "keyboard", "motion", "scripts", "errors", "policy", "trouble", "weight",
)  # fmt: skip

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOURS = ["color-contrast", "link-in-text-block"]
# a mail stands inside the landmarks of whatever shows it
_NOT_OF_A_MAIL = ("landmark-one-main", "region", "page-has-heading-one")
_PROBES_JS = (Path(__file__).parent / "probes.js").read_text(encoding="utf-8")

_POLICY = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
_DEV_POLICY = {**_POLICY, "frame-src": {"'self'"}}

STOREFRONT = "/dev/storefront"
"""Stands for somebody else's page with the claim widget on it: the one page of ours where a script runs. test_widget.py goes through it by keyboard."""

_STOREFRONT_POLICY = {**_POLICY, "script-src": {"'self'"}, "connect-src": {"'self'"}}


class Seen(Struct):
    """One page as it was met. `found`: probe → what is wrong, in sentences. `html`: as it was served. `shape`: its elements, in order."""

    name: str
    url: str
    status: int
    html: str
    found: dict[str, list[str]] = field(default_factory=dict)
    shape: list[str] = field(default_factory=list)

    @property
    def is_mail(self) -> bool:
        return self.name.startswith("mail ")


class Walked(Struct):
    """A whole walk. `stumbled`: part of the walk → the traceback of what stopped it there."""

    pages: dict[str, Seen] = field(default_factory=dict)
    stumbled: dict[str, str] = field(default_factory=dict)


def stroll(page: Page, story: Story) -> Iterator[Seen | tuple[str, str]]:
    """The walk, with what the server said of each page. A part that stumbles gives its name and why, and the next one begins."""
    last: list[Response] = []

    def answered(response: Response) -> None:
        if (
            response.request.is_navigation_request()
            and response.frame == page.main_frame
            and response.status not in range(300, 400)
        ):
            last[:] = [response]

    page.on("response", answered)
    for part in PARTS:
        try:
            for name in part.walk(page, story):
                if name.startswith("mail "):
                    yield Seen(name, "", 200, mail_html(*name.split()[1:]))
                else:
                    yield Seen(name, page.url, last[0].status, last[0].text())
        except Exception:  # noqa: BLE001 - whatever it was, it is told, and the other parts are measured
            yield part.__name__.rpartition(".")[2], traceback.format_exc()


def measure(page: Page, story: Story, trouble: Trouble) -> Walked:
    """The walk, and each of PROBES at each of its stops."""
    walked = Walked()
    headers: dict[str, dict[str, str]] = {}
    page.on("response", lambda answer: headers.__setitem__(answer.url, answer.headers))
    for seen in stroll(page, story):
        if isinstance(seen, tuple):
            walked.stumbled[seen[0]] = seen[1]
            continue
        walked.pages[seen.name] = seen
        _look(page, seen, headers.get(page.url, {}), trouble)
    return walked


def _look(page: Page, seen: Seen, headers: dict[str, str], trouble: Trouble) -> None:
    page.evaluate(_PROBES_JS)
    page.evaluate(_axe())
    found: dict[str, list[str]] = {probe: [] for probe in PROBES}
    seen.shape = page.evaluate("__probes.shape()")
    if seen.status == 422:
        found["errors"] = page.evaluate("__probes.errors()")
    found["motion"] = page.evaluate("__probes.motion()")
    found["scripts"] = [] if seen.url.endswith(STOREFRONT) else page.evaluate("__probes.scripts()")
    found["policy"] = [] if seen.is_mail else unguarded(urlsplit(seen.url).path, headers)
    found["weight"] = _too_heavy(page, seen)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found["axe, light"] += [f"{width} px: {line}" for line in _violations(page, seen)]
        found["narrow"] += page.evaluate("__probes.wider()")
        found["text"] += [f"{width} px: {line}" for line in page.evaluate("__probes.text()")]
        found["keyboard"] += (
            [f"{width} px: {line}" for line in _tabbed(page)] if width != 320 and not seen.url.endswith(STOREFRONT) else []
        )
        if width in ENLARGED:
            kept = page.evaluate("__probes.enlarge()")
            wrong = page.evaluate("[...__probes.wider(), ...__probes.text()]")
            page.evaluate("__probes.reduce()")
            found["twice the text"] += [f"{width} px: {line}" for line in (*([] if seen.is_mail else kept), *wrong)]
    page.emulate_media(color_scheme="dark")
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        found["axe, dark"] += [f"{width} px: {line}" for line in _violations(page, seen, dark=True)]
    page.emulate_media(color_scheme="light")
    found["trouble"] = trouble.found[:]
    trouble.found.clear()
    seen.found = found


@cache
def _axe() -> str:
    return str(Axe().axe_script)


def _violations(page: Page, seen: Seen, *, dark: bool = False) -> list[str]:
    rules = {"target-size": {"enabled": True}, **{rule: {"enabled": False} for rule in _NOT_OF_A_MAIL if seen.is_mail}}
    only: dict[str, Any] = {"type": "rule", "values": _COLOURS} if dark else {"type": "tag", "values": _TAGS}
    options = {
        "resultTypes": ["violations"],
        "iframes": False,
        "preload": False,
        "runOnly": only,
        **({} if dark else {"rules": rules}),
    }
    found: list[str] = page.evaluate(
        """options => axe.run(document, options).then(({violations}) =>
            violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.html.slice(0, 120)).join(", ")}`))""",
        options,
    )
    return found


def _tabbed(page: Page) -> list[str]:
    presses: int = page.evaluate("__probes.keyboard.begin()")
    for _ in range(presses):
        page.keyboard.press("Tab")
    wrong: list[str] = page.evaluate("__probes.keyboard.end()")
    return wrong


def unguarded(path: str, headers: dict[str, str]) -> list[str]:
    """What a page's headers leave open."""
    given = {
        name: set(values.split())
        for name, _, values in (part.strip().partition(" ") for part in headers.get("content-security-policy", "").split(";"))
    }
    wanted = _STOREFRONT_POLICY if path == STOREFRONT else _DEV_POLICY if path.startswith("/dev/") else _POLICY
    wrong = [
        f"{name}: {sorted(given.get(name, ()))} instead of {sorted(wanted.get(name, ()))}"
        for name in given.keys() | wanted.keys()
        if given.get(name) != wanted.get(name)
    ]
    must = {"x-content-type-options": "nosniff"} | (
        {"cache-control": "no-store", "x-robots-tag": "noindex"} if path.startswith("/api/") else {}
    )
    wrong += [f"{name}: {headers.get(name)}" for name, value in must.items() if headers.get(name) != value]
    return wrong + ([] if headers.get("referrer-policy") in ("no-referrer", "same-origin") else ["says where people came from"])


def _too_heavy(page: Page, seen: Seen) -> list[str]:
    if seen.is_mail:
        size = len(seen.html.encode())
        return [f"{size} bytes"] if size > MAIL_LIMIT else []
    loaded: list[str] = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.initiatorType !== 'iframe').map(one => one.name)"
    )
    bodies = {url: page.request.get(url).body() for url in set(loaded) if url.startswith("http")}
    parts = {"the page itself": seen.html.encode(), **bodies}
    packed, plain = sum(len(gzip.compress(one)) for one in parts.values()), sum(map(len, parts.values()))
    if packed <= PAGE_LIMIT and plain <= PLAIN_LIMIT:
        return []
    each = ", ".join(f"{re.sub(r'^https?://[^/]+', '', name)} {len(gzip.compress(body))}" for name, body in parts.items())
    return [f"{packed} bytes on the way, {plain} unpacked: {each}"]
