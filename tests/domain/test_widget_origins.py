"""[widget] origins: only what a browser would really send, so that nobody is let in by a slip, or kept out by one unseen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.mending.shop import mends
from chalicelib.domain.shop import Widget
from tests.support.world import demo_shop

GOOD = (
    "https://pellow-wren.example", "https://www.pellow-wren.example", "https://pellow-wren.myshopify.com", "https://shop.example:8443",
    "http://localhost", "http://localhost:8123", "http://127.0.0.1:8000", "https://xn--bcher-kva.example",
)  # fmt: skip
BAD = (
    "", "*", "null", "pellow-wren.example", "https://", "https://pellow-wren.example/", "https://pellow-wren.example/shop", "https://Pellow-Wren.example",
    "http://pellow-wren.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "https://*.pellow-wren.example", "https://user@x.example",
    "https://x.example:443", "https://x.example:0", "http://localhost:80", "https://x.example?y", "https://x.example#y", " https://x.example",
    "https://x.example\n", "https://-x.example", "https://x..example", "https://localhost", "https://10.0.0.1", "ftp://x.example", "file://",
)  # fmt: skip


def faults(*origins: str) -> list[tuple[str | int, ...]]:
    return [tuple(fault.where) for fault in mends(demo_shop(widget=Widget(origins)))]


@pytest.mark.parametrize("origin", GOOD)
def test_an_origin_is_taken(origin: str) -> None:
    assert faults(origin) == []


@pytest.mark.parametrize("origin", BAD)
def test_what_no_browser_sends_is_told_with_its_place(origin: str) -> None:
    assert faults(GOOD[0], origin) == [("widget", "origins", 1)]


def test_one_that_stands_twice_is_told() -> None:
    assert faults(GOOD[0], GOOD[1], GOOD[0]) == [("widget", "origins", 2)]


@given(st.text(max_size=60))
def test_whatever_is_taken_is_an_origin_and_nothing_more(text: str) -> None:
    for origin in (text, f"https://{text}", f"http://localhost{text}"):
        if not faults(origin):
            assert re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin)
