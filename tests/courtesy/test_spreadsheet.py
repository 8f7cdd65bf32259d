"""CSV that a spreadsheet cannot be tricked by."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtesy.spreadsheet import cell, keep, table


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+441872000000", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1"', "' =1", "  +1", "\uff1d1", "\uff20x"],
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Isobel", "4 Fore Street, Truro", "a=b", "isobel@example.com", "O'Brien", "#1041"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@given(st.text(max_size=40))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not cell(text).lstrip(' \u00a0"').startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=2, max_size=2), max_size=5))
def test_what_is_read_back_is_what_was_written(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(table(("a", "b"), rows).decode("utf-8-sig"), newline="")))
    assert read == [["a", "b"], *([cell(one) for one in row] for row in rows)]


def test_excel_knows_it_by_its_mark() -> None:
    assert table(("Straße",), []) == b"\xef\xbb\xbf" + "Straße\r\n".encode()


@pytest.mark.parametrize("there_before", [False, True])
def test_the_file_is_its_owners_alone(tmp_path: Path, there_before: bool) -> None:
    path = tmp_path / "tasks.csv"
    if there_before:
        path.write_text("old and longer than what comes")
        path.chmod(0o644)
    keep(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
