"""One brand, everywhere (manner 13): the second invented shop's site, mails and paper are its own, and nothing of the first is left in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.adapters.local import browser_pdf
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.adapters.shop_check import check
from chalicelib.config import ROOT, Settings
from chalicelib.domain.calendar import stamp
from chalicelib.domain.playbook import EMAIL, OWNER
from chalicelib.usecases.preview import preview
from chalicelib.usecases.take_order import take_order
from courtesy.build import build
from courtesy.main import main
from courtesy.site_pages import owners_of
from tests.factories import gift_order, learnt

FENNIMORE = ROOT / "examples" / "shops" / "fennimore-seeds"
THEIRS = ("Fennimore Seeds", "3 Garrigill Lane, Alston", "a partnership of Oswin and Hebe Fennimore")
OURS = (
    "pellow",
    "wren",
    "falmouth",
    "arwenack",
    "morwenna",
    "jewel",
    "locket",
    "bench",
    "#0e5350",
    "#7fd0c4",
    "#8a1c3f",
    "#f0a0b8",
)
"""Words and colours of the first shop. (Specimens of orders are the same for every shop, so mails are looked at for less.)"""

BRAND = tuple(word for word in OURS if word not in ("locket", "bench", "jewel"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorld]:
    found = LocalWorld(Settings("local", FENNIMORE, tmp_path_factory.mktemp("fennimore") / "data"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def site(world: LocalWorld, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("site") / "dist"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in build(owners_of(world), world.renderer, out)}


def left_of(words: tuple[str, ...], text: str) -> list[str]:
    return [word for word in words if word in text.lower()]


def test_all_is_well_with_it() -> None:
    assert [str(fault) for fault in check(FENNIMORE, ROOT / "templates").faults] == []


def test_every_page_of_its_site_is_its_own(site: dict[str, bytes]) -> None:
    pages = {name: content.decode() for name, content in site.items() if name.endswith(".html")}

    assert len(pages) > 10
    for name, html in pages.items():
        assert all(word in html for word in (*THEIRS, "Seeds for cold gardens, Alston")), name
        assert "/logo." in html, name
        assert "/competition/" not in html, name
    assert "£5 off your first sowing" in pages["voucher/index.html"]
    assert "Seed that has seen a winter" in pages["index.html"]
    assert "damp ends more seed than age does" in pages["products/crimson-bean/index.html"]


def test_nothing_of_the_first_shop_is_left_on_its_site(site: dict[str, bytes]) -> None:
    texts = {name: content.decode() for name, content in site.items() if not name.endswith(".png") and name != "css/dev.css"}

    assert {name: found for name, text in texts.items() if (found := left_of(OURS, text))} == {}
    assert all(colour in texts["css/site.css"] for colour in ("#5b2a6e", "#d9b3ea", "#a04a08", "Rockwell", "Verdana"))


def test_its_mail_logo_lies_under_the_name_that_mails_know(site: dict[str, bytes]) -> None:
    assert site["mail-logo.png"] == (FENNIMORE / "mail-logo.png").read_bytes()
    assert (
        "/mail-logo.png\n  Cache-Control: public, max-age=300\n  Cross-Origin-Resource-Policy: cross-origin"
        in site["_headers"].decode()
    )


def test_every_mail_of_it_is_its_own(world: LocalWorld) -> None:
    signed = 0
    rules = [rule for rule in world.playbook.rules if rule.channel == EMAIL]
    for rule in rules:
        mail = preview(world, rule.name)
        whole = f"{mail.subject}\n{mail.text}\n{mail.html}"
        assert left_of(BRAND, whole) == [], rule.name
        assert "#5b2a6e" in mail.html, rule.name
        assert "Fennimore Seeds" in mail.text, rule.name
        if rule.to != OWNER:
            assert all(word in " ".join(mail.text.split()) for word in THEIRS), rule.name
        signed += "Oswin Fennimore" in mail.text
    assert len(rules) > 5
    assert signed > 5


def test_its_owner_may_say_it_in_their_own_words(world: LocalWorld) -> None:
    mail = preview(world, "thank-you")

    assert mail.subject == "Your seed is with you, Isobel"
    assert "on the bench under the skylight" in " ".join(mail.text.split())


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What `courtesy print` makes of a gift to be packed, on a machine without a browser."""
    monkeypatch.setenv("COURTESY_SHOP", str(FENNIMORE))
    monkeypatch.delenv("COURTESY_JOURNAL", raising=False)
    monkeypatch.setattr(browser_pdf, "find", lambda _: "")
    (tmp_path / "data").mkdir(mode=0o700)
    found = LocalWorld(Settings("local", FENNIMORE, tmp_path / "data"))
    try:
        found.ready()
        now = found.clock.now()
        take_order(found, learnt("orders/create", gift_order(created_at=stamp(now), updated_at=stamp(now))))
    finally:
        found.close()

    def made(what: str) -> str:
        out = tmp_path / f"{what}.html"
        assert main(["print", what, "--out", str(out), "--due", "all", "--data", str(tmp_path / "data")]) == 0
        return out.read_text(encoding="utf-8")

    return made


@pytest.mark.parametrize("what", ["packing", "slips", "cards"])
def test_nothing_of_the_first_shop_is_left_on_paper(printed: Callable[[str], str], what: str) -> None:
    html = printed(what)

    assert left_of(BRAND, html) == []
    assert "--act:#5b2a6e" in html


def test_its_paper_is_its_own(printed: Callable[[str], str]) -> None:
    html = printed("inserts")

    assert left_of(OURS, html) == []
    assert all(word in html for word in ("Fennimore Seeds", "Oswin Fennimore", "--act:#5b2a6e", "--ornament:#a04a08", "Rockwell"))
    assert "data:image/svg+xml;base64," in html
