"""The pictures in docs/ are made small, and stay what they were."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.small_png import read_back, small


def png(width: int, height: int, pixels: bytes, channels: int) -> bytes:
    rows = b"".join(b"\0" + pixels[at : at + width * channels] for at in range(0, len(pixels), width * channels))
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 6, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = [struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from([3, 4]), st.data())
def test_few_colours_stay_as_they_are(width: int, height: int, channels: int, data: st.DataObject) -> None:
    pixels = data.draw(st.binary(min_size=width * height * channels, max_size=width * height * channels))

    assert read_back(small(png(width, height, pixels, channels))) == [
        tuple(pixels[at : at + 3]) for at in range(0, len(pixels), channels)
    ]


def test_of_many_colours_the_nearest_stands_for_those_that_are_rare() -> None:
    pixels = bytes(value for at in range(300) for value in (at % 256, at // 256 * 2, 0)) + bytes((255, 255, 255)) * 300
    found = read_back(small(png(30, 20, pixels, 3)))

    assert len(set(found)) == 256
    assert found[300:] == [(255, 255, 255)] * 300
    assert all(abs(one[0] - pixels[at * 3]) <= 3 for at, one in enumerate(found[:256]))


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, struct.error)):
        small(data)
