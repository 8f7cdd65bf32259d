"""Paper as the browser prints it: the pages have the sizes that were asked for, and things are where envelopes and labels want them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.adapters.local import browser_pdf
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, Settings
from chalicelib.domain.calendar import stamp
from chalicelib.domain.label import HEIGHT, WIDTH
from chalicelib.usecases.printing import KINDS, paper
from chalicelib.usecases.take_order import take_order
from courtesy.main import main
from tests.browser.paper_pictures import LARGEST, OUT, PICTURES, morning
from tests.factories import gift_order, learnt
from tests.support.world import TestWorld

pytestmark = pytest.mark.browser

A4, A5, A6, A6_LANDSCAPE = (210, 297), (148, 210), (105, 148), (148, 105)
SIZES = {
    "packing": A4, "slips": A6, "inserts": A6_LANDSCAPE, "cards": A6, "notes": A5, "letters": A4, "labels": A4, "calls": A4, "poster": A4,
}  # fmt: skip
PAGES = {"packing": 1, "slips": 3, "inserts": 3, "cards": 2, "notes": 1, "letters": 2, "labels": 1, "calls": 1, "poster": 1}
MM = 96 / 25.4
_MEDIA = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")


@pytest.fixture(scope="module")
def world() -> Iterator[TestWorld]:
    with TestWorld(recipient_note="by hand") as made:
        morning(made)
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.emulate_media(media="print")
    yield made
    context.close()


def html(world: TestWorld, kind: str, **more: int) -> str:
    made = paper(world, kind, None, **more)
    return world.renderer.sheet(made.sheet, {**made.context, "logo": ""})


def millimetres(page: Page, selector: str, parent: str = ".sheet") -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of each that it finds, from the top left of the first `parent`."""
    boxes = page.evaluate(
        """([selector, parent]) => {
            const from = document.querySelector(parent).getBoundingClientRect();
            return [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect())
                .map(box => [box.left - from.left, box.top - from.top, box.width, box.height]);
        }""",
        [selector, parent],
    )
    return [(left / MM, top / MM, width / MM, height / MM) for left, top, width, height in boxes]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_have_their_size_and_there_are_as_many_as_there_should_be(world: TestWorld, browser: Browser, kind: str) -> None:
    made = browser_pdf.pdf(browser_pdf.find(os.environ), html(world, kind))

    assert made.startswith(b"%PDF-")
    found = [tuple(float(side) * 25.4 / 72 for side in box) for box in _MEDIA.findall(made)]
    assert len(found) == PAGES[kind]
    for size in found:
        assert size == pytest.approx(SIZES[kind], abs=0.3)  # a browser rounds a page to its own dots


def test_labels_lie_where_the_sheets_makers_put_them(world: TestWorld, page: Page) -> None:
    page.set_content(html(world, "labels", start=3))

    boxes = millimetres(page, ".label")
    wanted = [(139.25, 15.15), (7.25, 53.25), (73.25, 53.25), (139.25, 53.25)]
    assert boxes == [pytest.approx((left, top, WIDTH, HEIGHT), abs=0.05) for left, top in wanted]


@pytest.mark.parametrize("window", ["uk", "din"])
@pytest.mark.parametrize("lines", [2, 5, 7])
def test_a_letters_address_is_behind_the_window(world: TestWorld, page: Page, window: str, lines: int) -> None:
    one = {"lines": ("Königin-Luise-Straße 4½",) * lines, "name": "Jörg", "since": "", "line": {}}
    told = {"shop": world.shop, "lang": "en-GB", "logo": "", "today": "2 March 2026", "window": window, "letters": [one]}
    page.set_content(world.renderer.sheet("letter", told))

    left, top, width, height = millimetres(page, ".to")[0]
    assert left >= 20
    assert left + width <= 20 + 85
    assert top >= (62.7 if window == "din" else 57)
    assert top + height <= (90 if window == "din" else 82)  # however the letter lies in its envelope


@pytest.mark.parametrize("kind", ["slips", "inserts", "notes", "letters", "labels"])
def test_nothing_runs_into_anything_else_or_off_the_page(world: TestWorld, page: Page, kind: str) -> None:
    page.set_content(html(world, kind))

    width, height = SIZES[kind]
    for left, top, wide, high in millimetres(page, ".sheet:first-of-type :is(p, h1, li)"):
        assert left >= 3 and top >= 3, (left, top)  # noqa: PT018 - one corner
        assert left + wide <= width - 3 and top + high <= height - 3, (left, top, wide, high)  # noqa: PT018


@pytest.mark.parametrize("length", [0, 120, 280, 500])
def test_however_long_the_givers_words_are_they_stay_above_the_foot(world: TestWorld, page: Page, length: int) -> None:
    words = ("Grüße vom Fluß, " * 40)[:length]
    one = {"variant": "gift", "name": "Ruth", "giver": "Daniel", "message": words, "card": True, "line": {}}
    page.set_content(world.renderer.sheet("insert", {"shop": world.shop, "lang": "en-GB", "logo": "", "parcels": [one]}))

    lowest = max(top + high for _, top, _, high in millimetres(page, ".words p"))
    (foot,) = millimetres(page, ".foot")
    assert lowest <= foot[1]


def test_every_piece_has_its_picture_and_all_of_them_are_small() -> None:
    sizes = {path.stem: path.stat().st_size for path in OUT.iterdir()}
    assert sizes.keys() == PICTURES.keys()
    assert max(sizes.values()) <= LARGEST


def test_the_command_makes_a_pdf_that_is_its_owners_alone(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURTESY_URL", "https://hello.pellow-wren.example")
    (tmp_path / "data").mkdir(mode=0o700)
    world = LocalWorld(Settings("local", ROOT / "shop", tmp_path / "data"))
    try:
        world.ready()
        take_order(world, learnt("orders/create", gift_order(created_at=stamp(world.clock.now()))))
    finally:
        world.close()

    out = tmp_path / "inserts.pdf"
    assert main(["print", "inserts", "--due", "all", "--out", str(out), "--data", str(tmp_path / "data")]) == 0

    assert f"1 insert in {out}. Print on A6 landscape, 148 × 105 mm, at 100 %: no scaling." in capsys.readouterr().out  # noqa: RUF001
    assert out.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
