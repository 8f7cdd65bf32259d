from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.adapters.mail_logo import shown_size

HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@pytest.mark.parametrize(
    ("pixels", "shown"),
    [((120, 40), (120, 40)), ((480, 112), (240, 56)), ((2400, 10), (240, 1)), ((56, 560), (6, 56)), ((0, 9), None)],
)
def test_the_logo_is_shown_no_larger_than_its_place(
    tmp_path: Path, pixels: tuple[int, int], shown: tuple[int, int] | None
) -> None:
    (tmp_path / "logo.png").write_bytes(HEAD + b"".join(one.to_bytes(4, "big") for one in pixels))
    assert shown_size(tmp_path, "logo.png") == shown


@pytest.mark.parametrize("content", [b"", b"GIF89a" + bytes(30), HEAD])
def test_what_is_no_png_is_not_shown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    assert shown_size(tmp_path, "logo.png") is None


def test_a_logo_that_is_not_there_leaves_the_name() -> None:
    assert shown_size(Path("/nowhere"), "logo.png") is None
