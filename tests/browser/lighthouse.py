"""`make lighthouse`: what Lighthouse gives the pages that most people meet, of a shop that runs here. 100 of 100 is wanted in each.

Each page is run three times and the middle score counts. Where search engines are kept out, there is no score for being found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median

from playwright.sync_api import Page

from chalicelib.config import ROOT
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import PREFERENCES
from courtesy.demo import ISOBEL, Story, link_of
from tests.browser.chromium import FLAGS, NONE, chromium, find, opened
from tests.browser.shop import claim, open_shop

RUNS = 3
WANTED = 100
CATEGORIES = {"performance": "performance", "accessibility": "accessibility", "best-practices": "best practices", "seo": "SEO"}
_PROGRAM = Path(__file__).parent / "node" / "lighthouse.mjs"
_NO_NODE = "Lighthouse is not there: it wants node and npm. Install both, then run make lighthouse."
_NOT_TO_BE_FOUND = "–"  # noqa: RUF001 - a dash, as in the other tables


def main() -> int:
    """The exit code: 0 for full marks everywhere, 1 for less, 2 where it cannot run."""
    node = shutil.which("node")
    if not find():
        return _cannot(NONE)
    if not node or not (_PROGRAM.parent / "node_modules" / "lighthouse").exists():
        return _cannot(_NO_NODE)
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder), quiet=True) as story:
        pages = _pages(story)
        command = [node, str(_PROGRAM), str(RUNS), *(f"{story.url}{path}" for path in pages.values())]
        environment = {**os.environ, "CHROME_PATH": find(), "CHROME_FLAGS": json.dumps(["--headless=new", *FLAGS])}
        run = subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True, text=True, timeout=900)
    if run.returncode:
        return _cannot(run.stderr.strip())
    return _told(list(pages), [json.loads(line) for line in run.stdout.splitlines()])


def _cannot(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 2


def _pages(story: Story) -> dict[str, str]:
    """Name → path. The preferences are Isobel's own, by the link that a mail would carry."""
    with chromium() as browser, opened(browser, story.url) as (page, _):
        person = _confirmed(page, story)
    token = story._world.links.make(PREFERENCES, person, "", story._world.clock.now() + timedelta(days=1))
    product = next(iter(sorted((story._world.settings.data / "site" / "products").glob("*/index.html")))).parent.name
    return {"home": "/", "product": f"/products/{product}/", "voucher": "/voucher/", "preferences": f"/api/preferences?t={token}"}


def _confirmed(page: Page, story: Story) -> str:
    claim(page)
    story.settle()
    page.goto(link_of(story.mail("confirm-address", ISOBEL), "/api/confirm"))
    page.locator("main").get_by_role("button").click()
    story.settle()
    return person_id(story._world.secrets.people, parse_address(ISOBEL).key)


def _told(names: list[str], found: list[dict[str, object]]) -> int:
    rows = []
    for name, one in zip(names, found, strict=True):
        scores: dict[str, list[float]] = one["scores"]  # type: ignore[assignment]
        rows.append(
            (
                name,
                {
                    category: round(median(scores[category]) * 100)
                    for category in CATEGORIES
                    if category != "seo" or name != "preferences"
                },
            )
        )
    heading = "".join(f"{title:>16}" for title in CATEGORIES.values())
    sys.stdout.write(f"{'':14}{heading}\n")
    for name, marks in rows:
        sys.stdout.write(f"{name:14}{''.join(f'{marks.get(category, _NOT_TO_BE_FOUND):>16}' for category in CATEGORIES)}\n")
    short = {name for name, marks in rows if min(marks.values()) < WANTED}
    for name, one in zip(names, found, strict=True):
        for line in one["failed"] if name in short else ():  # type: ignore[attr-defined]
            sys.stdout.write(f"{name}: {line}\n")
    return int(bool(short))


if __name__ == "__main__":
    raise SystemExit(main())
