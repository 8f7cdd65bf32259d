"""From one table alone mail goes out."""

from __future__ import annotations

import pytest

from chalicelib.logs import LOG
from chalicelib.usecases.live_table import is_live
from chalicelib.usecases.send_due import send_due
from chalicelib.usecases.tick import tick
from tests.support.sending import crowd
from tests.support.site import items
from tests.support.world import TestWorld


@pytest.mark.parametrize(
    ("named", "live"), [("{}", True), ("drawn-next {}", True), ("{} drawn-next", True), ("", False), ("another", False)]
)
def test_the_table_that_the_secrets_name_is_live(named: str, live: bool) -> None:
    with TestWorld() as world:
        world.name_live_table(named.format(world.table.identity()))
        assert is_live(world) is live


def test_a_part_of_its_name_does_not_make_it_live() -> None:
    with TestWorld() as world:
        world.name_live_table(f"{world.table.identity()}0")
        assert not is_live(world)


def test_that_nothing_is_sent_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with TestWorld() as world, caplog.at_level("WARNING", logger=LOG.name):
        assert is_live(world)
        assert caplog.text == ""
        world.name_live_table("another")
        is_live(world)
        assert "not the live table; courtesy restore" in caplog.text


def test_from_another_table_nothing_is_sent_and_nothing_written() -> None:
    with TestWorld() as world:
        crowd(world, 3)
        world.name_live_table("another")
        before = items(world)
        assert (send_due(world), tick(world)) == (0, 0)
        assert (items(world), world.mails()) == (before, [])
        world.name_live_table(world.table.identity())
        assert send_due(world) == 3


def test_a_table_that_changes_its_identity_sends_no_more() -> None:
    with TestWorld() as world:
        crowd(world, 1)
        world.sqlite.redraw_identity()
        assert send_due(world) == 0
