"""docs/pages.md lists every page that the walk stops at, with its pictures, and no other."""

from __future__ import annotations

from tests.browser.page_pictures import LARGEST_ALL, LISTED, OUT, SEEN, file_of, listing, pages

AGAIN = "run make pictures"


def test_every_page_is_listed() -> None:
    assert LISTED.read_text(encoding="utf-8") == listing(), AGAIN


def test_every_page_has_its_pictures_and_they_are_small_together() -> None:
    wanted = {f"{file_of(name)}-{how}.png" for _, _, names in pages() for name in names for how in SEEN}
    sizes = {path.name: path.stat().st_size for path in OUT.iterdir()}
    assert sizes.keys() == wanted, AGAIN
    assert sum(sizes.values()) <= LARGEST_ALL


def test_no_two_pages_share_a_picture() -> None:
    names = [file_of(name) for _, _, part in pages() for name in part]
    assert len(set(names)) == len(names)
