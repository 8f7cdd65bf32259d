"""Every page and every mail: anyone can read and use it, on any screen, and it asks nobody else for anything."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from playwright.sync_api import Browser

from chalicelib.adapters.templates import Templates
from chalicelib.config import ROOT
from tests.browser.chromium import opened
from tests.browser.measure import PROBES, Seen, Walked, measure, stroll
from tests.browser.shop import open_shop
from tests.browser.walks import NAMES, PARTS

pytestmark = pytest.mark.browser
NODE = Path(__file__).parent / "node"
PAGES = ROOT / "templates" / "pages"
SHAPE = "[...document.querySelectorAll('body, body *')].map(one => one.localName + (one.classList.length ? `.${[...one.classList].join('.')}` : ''))"
_USED_BY_OTHERS = re.compile(r"{%-?\s*(?:extends|from|include|import)\s+\"pages/([\w/-]+)\.html\"")


class Measured(Struct):
    """`templates`: those that were rendered on the way. `site`: the HTML files that were built."""

    walked: Walked
    templates: set[str]
    site: set[str]


@pytest.fixture(scope="module")
def measured(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    asked: set[str] = set()
    real = Templates.page

    def page_of(self: Templates, template: str, context: Any) -> str:
        asked.add(template)
        return real(self, template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Templates, "page", page_of)
        with open_shop(tmp_path_factory.mktemp("shop")) as story, opened(browser, story.url) as (page, trouble):
            walked = measure(page, story, trouble)
            built = story._world.settings.data / "site"
            site = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    return Measured(walked, asked, site)


@pytest.fixture(scope="module")
def without_scripts(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """The same walk where scripts are off, with nothing but the shapes of its pages."""
    walked = Walked()
    with open_shop(tmp_path_factory.mktemp("plain")) as story, opened(browser, story.url, scripts=False) as (page, _):
        for seen in stroll(page, story):
            if isinstance(seen, Seen):
                seen.shape = page.evaluate(SHAPE)
                walked.pages[seen.name] = seen
            else:
                walked.stumbled[seen[0]] = seen[1]
    return walked


@pytest.fixture(scope="module")
def validated(measured: Measured, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What html-validate says of each page and mail."""
    program = NODE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    node = shutil.which("node")
    if not node or not program.exists():
        none = "html-validate is not there: install node and npm, then run make test-browser."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(none, pytrace=False)
        pytest.skip(none)
    said: dict[str, list[str]] = {}
    for kind in ("pages", "mails"):
        folder = tmp_path_factory.mktemp(kind)
        report = tmp_path_factory.mktemp("reports") / f"{kind}.json"
        names = {}
        for number, seen in enumerate(one for one in measured.walked.pages.values() if one.is_mail is (kind == "mails")):
            path = folder / f"{number:03}.html"
            path.write_text(seen.html, encoding="utf-8")
            names[path.name] = seen.name
        said |= {name: [] for name in names.values()}
        command = [
            node,
            str(program),
            "--config",
            str(NODE / f"{kind}.htmlvalidate.cjs"),
            "--formatter",
            f"json={report}",
            str(folder),
        ]
        run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        assert report.exists(), run.stderr
        for file in json.loads(report.read_text(encoding="utf-8")):
            said[names[Path(file["filePath"]).name]] = [
                f"{one['line']}:{one['column']} {one['ruleId']}: {one['message']}" for one in file["messages"]
            ]
    return said


def of(walked: Walked, name: str) -> Seen:
    assert name in walked.pages, "the walk never came here"
    return walked.pages[name]


@pytest.mark.parametrize("part", [part.__name__.rpartition(".")[2] for part in PARTS])
def test_the_walk_goes_through(measured: Measured, without_scripts: Walked, part: str) -> None:
    assert measured.walked.stumbled.get(part, "") == ""
    assert without_scripts.stumbled.get(part, "") == ""


def test_the_walk_names_every_page(measured: Measured) -> None:
    assert list(measured.walked.pages) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("probe", PROBES)
def test_nothing_is_wrong_with_it(measured: Measured, probe: str, name: str) -> None:
    assert of(measured.walked, name).found[probe] == []


@pytest.mark.parametrize("name", NAMES)
def test_its_html_is_valid(measured: Measured, validated: dict[str, list[str]], name: str) -> None:
    of(measured.walked, name)
    assert validated[name] == []


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("mail ")])
def test_it_is_the_same_without_scripts(measured: Measured, without_scripts: Walked, name: str) -> None:
    plain, seen = of(without_scripts, name), of(measured.walked, name)
    if (
        "/dev/" not in seen.url
    ):  # where what has happened so far is listed, and where the widget's page shows what its script does
        assert _bare(plain.shape) == _bare(seen.shape)
        assert sorted(plain.shape) == sorted(seen.shape)  # a winner's line has its class, and chance says which line that is


def _bare(shape: list[str]) -> list[str]:
    return [one.partition(".")[0] for one in shape]


def test_what_is_refused_comes_back_as_a_form(measured: Measured) -> None:
    refused = {seen.name for seen in measured.walked.pages.values() if seen.status == 422}
    assert {name for name in NAMES if name.endswith("refused")} - refused == set()


def test_every_template_is_rendered_on_the_way_and_every_page_of_the_site_is_visited(measured: Measured) -> None:
    files = {
        path.relative_to(PAGES).with_suffix("").as_posix(): path.read_text(encoding="utf-8") for path in PAGES.rglob("*.html")
    }
    parts = {used for text in files.values() for used in _USED_BY_OTHERS.findall(text)}
    assert files.keys() - parts - measured.templates == set()
    paths = {
        seen.url.partition("//")[2].partition("/")[2].partition("?")[0] for seen in measured.walked.pages.values() if seen.url
    }
    visited = {f"{path}index.html" if path.endswith("/") or not path else path for path in paths} | {"404.html"}
    assert measured.site - visited == set()
