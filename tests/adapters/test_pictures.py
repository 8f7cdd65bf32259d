"""The owner's pictures: a drawing does nothing but draw, and a photograph tells its size."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.pictures import (
    LARGEST_DRAWING,
    LARGEST_MAIL_LOGO,
    LARGEST_PHOTOGRAPH,
    read_mail_logo,
    read_picture,
    wrong_with,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * (width + 1) * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08\x00\x78\x00\xa0\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01" + b"\0" * 20
)
VP8 = b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\xa0\x00\x78\x00" + b"\0" * 20
VP8L = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + ((160 - 1) | (120 - 1) << 14).to_bytes(4, "little") + b"\0" * 20
VP8X = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x9f\x00\x00\x77\x00\x00" + b"\0" * 20


def drawn(folder: Path, inside: str) -> str:
    (folder / "a.svg").write_text(SVG.format(inside), encoding="utf-8")
    return read_picture(folder, "a.svg", "p").drawing


def test_a_drawing_keeps_its_lines_and_classes(tmp_path: Path) -> None:
    assert drawn(tmp_path, '<path class="a" d="M0 0h9"/>') == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" class="art"><path class="a" d="M0 0h9" /></svg>'
    )


def test_ids_are_its_own_so_that_two_can_stand_in_one_page(tmp_path: Path) -> None:
    found = drawn(
        tmp_path,
        '<defs><path id="k" d="M0 0"/><clipPath id="c"><use xlink:href="#k"/></clipPath></defs><g clip-path="url(#c)"><use href="#k"/></g>',
    )

    assert 'id="p-k"' in found
    assert found.count('href="#p-k"') == 2
    assert 'clip-path="url(#p-c)"' in found
    assert "xlink" not in found


def test_what_a_drawing_program_notes_for_itself_is_left_out(tmp_path: Path) -> None:
    found = drawn(
        tmp_path,
        '<title>Locket 3 final</title><x:view xmlns:x="urn:x" x:zoom="2"/><path xmlns:x="urn:x" x:label="front" d="M0 0"/><!-- mine -->',
    )

    assert found.endswith('class="art"><path d="M0 0" /></svg>')


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<script>alert(1)</script>", "holds a script"),
        ("<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>", "holds a script"),
        ('<path onload="alert(1)" d="M0 0"/>', "holds a script"),
        ("<path\nonclick\n=\n'alert(1)' d='M0 0'/>", "holds a script"),
        ("<foreignObject><b/></foreignObject>", "holds a script"),
        ('<a href="javascript:alert(1)"><path d="M0 0"/></a>', "holds a script"),
        ('<a href="#x"><path d="M0 0"/></a>', "holds <a>"),
        ('<image href="data:image/png;base64,AAAA"/>', "holds <image>"),
        ('<image href="https://evil.example/x.png"/>', "fetches something from elsewhere"),
        ('<use href="other.svg#k"/>', "leads out of itself"),
        ('<use href="data:image/svg+xml,x#k"/>', "leads out of itself"),
        ("<style>path{fill:red}</style>", "holds <style>"),
        ("<style>@import 'x.css'</style>", "fetches something from elsewhere"),
        ('<path style="fill:red" d="M0 0"/>', 'holds style="'),
        ('<path fill="url(x.svg#g)" d="M0 0"/>', "leads out of itself"),
        ('<path fill="url(#g) url(x.svg)" d="M0 0"/>', "leads out of itself"),
        ('<path fill="URL(x.svg#g)" d="M0 0"/>', "leads out of itself"),
        (r'<path fill="u\72l(x.svg#g)" d="M0 0"/>', "leads out of itself"),
        ('<path fill="image-set(\'x.png\' 1x)" d="M0 0"/>', "leads out of itself"),
        ("<g>" * 3000 + "</g>" * 3000, "more than 50 groups within groups"),
        ('<set attributeName="href" to="x"/>', "holds <set>"),
        ('<animate attributeName="d" values="x"/>', "holds <animate>"),
        ("<path d='M0 0'", "is no SVG drawing"),
    ],
)
def test_what_does_more_than_draw_is_refused(tmp_path: Path, inside: str, why: str) -> None:
    (tmp_path / "a.svg").write_text(SVG.format(inside), encoding="utf-8")

    assert why in wrong_with(tmp_path, "a.svg")


def test_what_is_left_out_makes_nothing_whole(tmp_path: Path) -> None:
    assert "url(" not in drawn(tmp_path, '<path mask="uns0:rl(hns0:ttps://evil.example/x.svg#a)" d="M0 0"/><text>ns0:</text>')


@pytest.mark.parametrize("drawing", ["", "<html/>", "<svg/>", "<svg xmlns='http://www.w3.org/2000/svg'/>", "\0\0"])
def test_what_is_no_drawing_is_told(tmp_path: Path, drawing: str) -> None:
    (tmp_path / "a.svg").write_text(drawing, encoding="utf-8")

    assert "is no SVG drawing" in wrong_with(tmp_path, "a.svg")


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]>',
        "<!DOCTYPE svg SYSTEM 'x.dtd'>",
        "<!doctype svg>",
        '<!DOCTYPE\nsvg [<!entity % x "y">]>',
    ],
)
def test_no_document_type_swells_it(tmp_path: Path, before: str) -> None:
    (tmp_path / "a.svg").write_text(before + SVG.format(""), encoding="utf-8")

    assert wrong_with(tmp_path, "a.svg")


@given(st.text(max_size=200))
def test_whatever_is_taken_holds_nothing_that_acts(tmp_path_factory: pytest.TempPathFactory, inside: str) -> None:
    folder = tmp_path_factory.mktemp("svg")
    try:
        found = drawn(folder, inside).lower()
    except (ValueError, UnicodeEncodeError):
        return
    assert not any(word in found for word in ("<script", "<style", "<a ", "<image", " on", 'href="h'))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", png(160, 120)), ("a.jpg", JPEG), ("a.webp", VP8), ("b.webp", VP8L), ("c.webp", VP8X)],
)
def test_a_photograph_tells_its_size(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    found = read_picture(tmp_path, name, "p")

    assert (found.drawing, found.content, found.width, found.height) == ("", content, 160, 120)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X"]))
def test_any_bytes_are_a_picture_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, rest: bytes, begins: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "a.jpg").write_bytes(begins + rest)

    said = wrong_with(folder, "a.jpg")
    assert said == "" or said.endswith((".", "WebP."))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.gif", b"GIF89a", "Give a picture as the name of a file"),
        ("../a.png", png(1, 1), "Give a picture as the name of a file"),
        ("none.png", None, 'There is no file "none.png"'),
        ("a.png", b"GIF89a", "is no picture that a browser shows"),
        ("a.jpg", b"\xff\xd8" + b"\0" * LARGEST_PHOTOGRAPH, "save it smaller"),
        ("a.svg", SVG.format("<g/>" * LARGEST_DRAWING).encode(), "it stands in the page"),
    ],
)
def test_what_cannot_be_shown_is_told(tmp_path: Path, name: str, content: bytes | None, why: str) -> None:
    if content is not None and ".." not in name:
        (tmp_path / name).write_bytes(content)

    assert why in wrong_with(tmp_path, name)


def test_a_mail_logo_is_a_small_png(tmp_path: Path) -> None:
    (tmp_path / "m.png").write_bytes(png(330, 64))
    (tmp_path / "photo.png").write_bytes(JPEG)
    (tmp_path / "heavy.png").write_bytes(png(330, 64) + b"\0" * LARGEST_MAIL_LOGO)
    (tmp_path / "wide.png").write_bytes(png(1300, 2))

    found = read_mail_logo(tmp_path, "m.png")
    assert (found.width, found.height) == (330, 64)
    for name, why in (("photo.png", "is no PNG"), ("heavy.png", "each mail fetches it"), ("wide.png", "1300 pixels wide")):
        with pytest.raises(ValueError, match=why):
            read_mail_logo(tmp_path, name)
