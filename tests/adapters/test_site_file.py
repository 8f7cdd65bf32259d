"""site.toml: what the owner's own site says."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.adapters.site_file import look_at_site, read_site
from chalicelib.config import ROOT
from chalicelib.domain.site import Site
from chalicelib.errors import Misconfigured


def test_the_shipped_one_shows_four_things_with_care() -> None:
    site = read_site(ROOT / "shop" / "site.toml")

    assert [page.path for page in site.pages] == [
        "/products/carrick-locket/", "/products/estuary-ring/", "/products/sea-glass-studs/", "/products/lambswool-socks/",
    ]  # fmt: skip
    assert all(page.care and page.picture and page.alt for page in site.pages)
    assert list(site.pages[0].facts)[:2] == ["Metal", "Size"]  # in the owner's order
    assert site.page("estuary-ring") is site.pages[1]
    assert site.page("none") is None


def test_without_the_file_the_site_goes_by_the_shop_alone(tmp_path: Path) -> None:
    assert read_site(tmp_path / "site.toml") == look_at_site(tmp_path / "site.toml").read == Site()


def test_a_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[home]\ntitle = "Hello"\nlede = 3\n')

    with pytest.raises(Misconfigured, match=r"site.toml:3: Give `lede` as text in quotation marks, not 3\."):
        read_site(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f'title = "{"x" * 81}"', "Give `title` in at most 80 characters; it has 81."),
        ('lede = "a\u202eb"', "Give `lede` in one line, without invisible and control characters."),
        ('lede = "a\\nb"', "Give `lede` in one line, without invisible and control characters."),
    ],
)
def test_words_are_short_and_can_be_seen(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(f"[home]\n{line}\n", encoding="utf-8")

    assert [str(fault) for fault in look_at_site(path).faults] == [f"{path}:2: {said}"]


def test_a_story_may_have_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[[page]]\nid = "a"\nname = "A"\nlede = "B"\nwords = """\nOne.\n\nTwo."""\n')

    assert read_site(path).pages[0].words == "One.\n\nTwo."
