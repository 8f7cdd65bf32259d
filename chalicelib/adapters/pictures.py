"""The owner's pictures for the site: drawings (SVG) that stand in the page itself and take its colours, and photographs beside it.

A drawing is taken only where each of its parts is known to do nothing but draw. It is written anew with ids of its own, so that two of
them can stand in one page.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from msgspec import Struct

from chalicelib.adapters.shop_files import ACTS, AFAR

DRAWN, PHOTOGRAPHS = ".svg", (".jpg", ".jpeg", ".png", ".webp")
LARGEST_DRAWING, LARGEST_PHOTOGRAPH = 24_000, 400_000
"""Bytes: a drawing stands in the page itself."""

LARGEST_MAIL_LOGO, WIDEST_MAIL_LOGO = 100_000, 1200

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_DRAWS = {
    "svg", "g", "defs", "symbol", "use", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "text", "tspan", "clipPath", "mask",
    "pattern", "linearGradient", "radialGradient", "stop",
}  # fmt: skip
_SAID = {"title", "desc", "metadata"}
"""What tells of the drawing. It is left out: the page says in its own words what is to be seen."""

_REFERS = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
_FETCHES = re.compile(r"\\|(?:url|src|image|image-set|cross-fade|element)\s*\(", re.IGNORECASE)
"""What may name something to be fetched; a backslash spells any of them."""

_DEEPEST = 50


class Picture(Struct, frozen=True):
    """`drawing`: SVG that may stand in a page, "" for a photograph. Else `content` in a file of its own, `width` by `height` pixels."""

    name: str
    drawing: str = ""
    content: bytes = b""
    width: int = 0
    height: int = 0


def wrong_with(folder: Path, name: str) -> str:
    """Why the file beside site.toml cannot be shown, a sentence with the way out; "" when it can."""
    try:
        read_picture(folder, name, "x")
    except ValueError as error:
        return str(error)
    return ""


def read_picture(folder: Path, name: str, prefix: str) -> Picture:
    """The picture; a drawing's ids begin with `prefix`. Errors: ValueError with a sentence for its owner."""
    content = _file(folder, name, (DRAWN, *PHOTOGRAPHS))
    if name.endswith(DRAWN):
        return Picture(Path(name).name, drawing=_drawing(name, content, prefix))
    if len(content) > LARGEST_PHOTOGRAPH:
        raise ValueError(f'"{name}" has {len(content):,} bytes: save it smaller, with at most {LARGEST_PHOTOGRAPH:,}.')
    size = _size(content)
    if size is None or not all(size):
        raise ValueError(f'"{name}" is no picture that a browser shows: save it anew as JPEG, PNG or WebP.')
    return Picture(Path(name).name, content=content, width=size[0], height=size[1])


def read_mail_logo(folder: Path, name: str) -> Picture:
    """The PNG that mails show. Errors: ValueError."""
    content = _file(folder, name, (".png",))
    size = _size(content)
    if size is None or content[:4] != b"\x89PNG" or not all(size):
        raise ValueError(f'"{name}" is no PNG: save the logo for mails as one.')
    if len(content) > LARGEST_MAIL_LOGO:
        raise ValueError(
            f'"{name}" has {len(content):,} bytes: give one of at most {LARGEST_MAIL_LOGO:,}, for each mail fetches it.'
        )
    if size[0] > WIDEST_MAIL_LOGO:
        raise ValueError(f'"{name}" is {size[0]} pixels wide: give one of at most {WIDEST_MAIL_LOGO}.')
    return Picture(Path(name).name, content=content, width=size[0], height=size[1])


def _file(folder: Path, name: str, endings: tuple[str, ...]) -> bytes:
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not name.endswith(endings):
        raise ValueError(f'Give a picture as the name of a file beside it that ends in {", ".join(endings)}, not "{name}".')
    if not path.is_file():
        raise ValueError(f'There is no file "{name}" in the shop\'s folder: put the picture there, or give "" for none.')
    return path.read_bytes()


def _drawing(name: str, content: bytes, prefix: str) -> str:
    if len(content) > LARGEST_DRAWING:
        raise ValueError(
            f'"{name}" has {len(content):,} bytes: give one of at most {LARGEST_DRAWING:,}, for it stands in the page.'
        )
    text = content.decode("utf-8", errors="replace")
    if "<!DOCTYPE" in text or ACTS.search(text):
        raise ValueError(f'"{name}" holds a script, or something that acts by itself: save it without.')
    if AFAR.search(text):
        raise ValueError(f'"{name}" fetches something from elsewhere: save it with everything inside it.')
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type there are no entities to swell
    except ET.ParseError:
        raise ValueError(f'"{name}" is no SVG drawing: save it as one.') from None
    if root.tag != f"{_SVG}svg" or "viewBox" not in root.attrib:
        raise ValueError(f'"{name}" is no SVG drawing with a viewBox: save it as one.')
    _tidy(name, root, prefix, _DEEPEST)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.set("class", "art")
    root.attrib = {"xmlns": _SVG.strip("{}"), **root.attrib}
    return re.sub(r">\s+<", "><", ET.tostring(root, encoding="unicode"))


def _tidy(name: str, element: ET.Element, prefix: str, deepest: int) -> None:
    tag = str(element.tag).removeprefix(_SVG)
    if tag not in _DRAWS:
        raise ValueError(f'"{name}" holds <{tag}>, which does more than draw: save it without.')
    if not deepest:
        raise ValueError(f'"{name}" has more than {_DEEPEST} groups within groups: save it with fewer.')
    element.tag = tag
    for attribute, value in list(element.attrib.items()):
        del element.attrib[attribute]
        plain = attribute.removeprefix(_XLINK)
        if not plain.startswith("{"):  # else it is what a drawing program notes for itself
            element.set(plain, _tidied(name, plain, value, prefix))
    for child in list(element):
        if str(child.tag).startswith(_SVG) and str(child.tag).removeprefix(_SVG) not in _SAID:
            _tidy(name, child, prefix, deepest - 1)
        else:
            element.remove(child)


def _tidied(name: str, attribute: str, value: str, prefix: str) -> str:
    """The attribute's value with ids that begin with the prefix. Errors: ValueError for what does more than draw."""
    if attribute.startswith("on") or attribute == "style":
        raise ValueError(f'"{name}" holds {attribute}="…": give colours as fill, stroke or class, which a page may show.')
    leads_out = attribute in ("href", "src") and not value.startswith("#")
    if leads_out or (_FETCHES.search(value) and not _REFERS.fullmatch(value.strip())):
        raise ValueError(f'"{name}" leads out of itself ({attribute}="{value[:40]}"): save it with everything inside it.')
    if attribute in ("id", "href"):
        return f"{prefix}-{value}" if attribute == "id" else f"#{prefix}-{value[1:]}"
    return _REFERS.sub(rf"url(#{prefix}-\1)", value)


def _size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, as the file's head tells them; None where it is no picture."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and content[12:16] == b"IHDR":
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp_size(content)
    return _jpeg_size(content) if content[:2] == b"\xff\xd8" else None


def _webp_size(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X" and len(content) >= 30:
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L" and len(content) >= 25:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(content) >= 30:
        return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF
    return None


_NO_FRAME = (0xC4, 0xC8, 0xCC)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        elif marker in (0x01, *range(0xD0, 0xD8)):
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return None
