"""PNG pictures of pages made small: few colours, so a palette holds them. For pictures that stay in the repository."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

MOST = 256
_SIGN = b"\x89PNG\r\n\x1a\n"


def small(png: bytes, most: int = MOST) -> bytes:
    """The same picture in the colours that it has most of, `most` of them (up to 256); each other becomes the nearest of them. Takes 8-bit
    RGB or RGBA, as browsers make them. Errors: ValueError for what is neither.
    """
    width, height, channels, packed = _read(png)
    pixels = _unfiltered(zlib.decompress(packed), width * channels, height, channels)
    colours = list(zip(*(pixels[at::channels] for at in range(3)), strict=True))
    often = Counter(colours)
    palette = [colour for colour, _ in often.most_common(most)]
    place = {colour: _nearest(colour, palette) for colour in often} | {colour: at for at, colour in enumerate(palette)}
    indices = bytes(place[colour] for colour in colours)
    rows = b"".join(b"\0" + indices[at : at + width] for at in range(0, len(indices), width))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(value for colour in palette for value in colour)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return _SIGN + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def read_back(png: bytes) -> list[tuple[int, ...]]:
    """The colours of what `small` made, row by row."""
    found = dict(_chunks(png))
    width, height = struct.unpack(">II", found[b"IHDR"][:8])
    rows, palette = zlib.decompress(found[b"IDAT"]), found[b"PLTE"]
    places = [rows[row * (width + 1) + 1 + at] for row in range(height) for at in range(width)]
    return [tuple(palette[place * 3 : place * 3 + 3]) for place in places]


def _nearest(colour: tuple[int, ...], palette: list[tuple[int, ...]]) -> int:
    return min(
        range(len(palette)), key=lambda at: sum((one - other) ** 2 for one, other in zip(colour, palette[at], strict=True))
    )


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    if not png.startswith(_SIGN):
        raise ValueError("not a PNG picture")
    found = dict.fromkeys((b"IHDR", b"IDAT"), b"")
    for kind, data in _chunks(png):
        found[kind] = found.get(kind, b"") + data
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", found[b"IHDR"])
    if depth != 8 or colour not in (2, 6):
        raise ValueError("not a PNG picture of 8-bit RGB or RGBA")
    return width, height, 3 if colour == 2 else 4, found[b"IDAT"]


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGN)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _unfiltered(raw: bytes, stride: int, height: int, step: int) -> bytes:
    above, found = bytearray(stride), bytearray()
    for row in range(height):
        start = row * (stride + 1)
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        match kind:
            case 1:
                for at in range(step, stride):
                    line[at] = (line[at] + line[at - step]) & 255
            case 2:
                for at in range(stride):
                    line[at] = (line[at] + above[at]) & 255
            case 3:
                for at in range(stride):
                    line[at] = (line[at] + ((line[at - step] if at >= step else 0) + above[at]) // 2) & 255
            case 4:
                for at in range(stride):
                    left, corner = (line[at - step], above[at - step]) if at >= step else (0, 0)
                    line[at] = (line[at] + _paeth(left, above[at], corner)) & 255
            case _:
                pass
        found += line
        above = line
    return bytes(found)


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    by_left, by_above, by_corner = abs(guess - left), abs(guess - above), abs(guess - corner)
    return left if by_left <= by_above and by_left <= by_corner else above if by_above <= by_corner else corner
