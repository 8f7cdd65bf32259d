"""Entering, the counter, the rules."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from courtesy.demo import Story

NAMES: tuple[str, ...] = ()


def walk(page: Page, story: Story) -> Iterator[str]:
    """Nothing yet."""
    yield from ()
