"""The shop on one machine: which of its tables mail may go out from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from chalicelib.adapters.local.platform import KEPT_HERE, LocalWorld
from chalicelib.adapters.local.secrets_file import FileSecrets
from chalicelib.config import settings
from chalicelib.domain.journal import stopped
from chalicelib.usecases.live_table import is_live
from tests.support.watched import Crash, once, watched


def die() -> None:
    raise Crash


NOW = datetime(2031, 5, 4, 9, 30, tzinfo=UTC)


@contextmanager
def started(data: Path) -> Iterator[LocalWorld]:
    world = LocalWorld(settings({"COURTESY_DATA": str(data)}))
    try:
        world.ready()
        yield world
    finally:
        world.close()


def forget(data: Path) -> None:
    for name in KEPT_HERE:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def test_the_first_start_names_its_table_live(tmp_path: Path) -> None:
    with started(tmp_path) as world:
        assert world.secrets.live_table == world.table.identity()
        assert is_live(world)

    assert json.loads((tmp_path / "secrets.json").read_text())["live_table"] == world.secrets.live_table


def test_a_second_start_is_live_too_and_changes_no_other_secret(tmp_path: Path) -> None:
    with started(tmp_path) as world:
        world.journal.append([stopped("person-1", NOW)])
        before = world.secrets

    with started(tmp_path) as world:
        assert is_live(world)
        assert world.secrets.live_table != before.live_table
        assert structs.replace(world.secrets, live_table=before.live_table) == before


@pytest.mark.parametrize(("call", "turn"), [("name_live_table", 1), ("redraw_identity", 1), ("name_live_table", 2)])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_while_it_is_redrawn_leaves_it_live(tmp_path: Path, call: str, turn: int, after: bool) -> None:
    with started(tmp_path):
        pass
    crashing = LocalWorld(settings({"COURTESY_DATA": str(tmp_path)}))
    crash = once(die, at=call, turn=turn)
    hooks = {"after": crash} if after else {"before": crash}
    crashing.__dict__["_secrets"] = watched(crashing._secrets, **hooks)
    crashing.__dict__["table"] = watched(crashing.table, **hooks)
    with pytest.raises(Crash):
        crashing.ready()
    crashing.close()

    with started(tmp_path) as world:
        assert is_live(world)


def test_a_table_that_was_put_back_is_not_live(tmp_path: Path) -> None:
    with started(tmp_path):
        pass
    shutil.copyfile(tmp_path / "table.db", tmp_path / "backup")
    with started(tmp_path):
        pass
    shutil.copyfile(tmp_path / "backup", tmp_path / "table.db")

    with started(tmp_path) as world:
        assert not is_live(world)


def test_a_new_table_beside_an_old_journal_is_not_live(tmp_path: Path) -> None:
    with started(tmp_path) as world:
        world.journal.append([stopped("person-1", NOW)])
    (tmp_path / "table.db").unlink()
    FileSecrets(tmp_path / "secrets.json").forget_live_table()

    with started(tmp_path) as world:
        assert world.secrets.live_table == ""
        assert not is_live(world)


def test_where_all_was_forgotten_the_new_table_is_live(tmp_path: Path) -> None:
    with started(tmp_path) as world:
        world.journal.append([stopped("person-1", NOW)])
        before = world.secrets
    forget(tmp_path)
    FileSecrets(tmp_path / "secrets.json").forget_live_table()

    with started(tmp_path) as world:
        assert is_live(world)
        assert world.secrets.live_table != before.live_table
        assert world.secrets.people == before.people


def test_a_restored_table_is_live_from_then_on(tmp_path: Path) -> None:
    with started(tmp_path):
        pass
    (tmp_path / "table.db").rename(tmp_path / "lost.db")
    with started(tmp_path) as world:
        assert not is_live(world)

        world.name_live_table(world.table.identity())

        assert is_live(world)
    with started(tmp_path) as world:
        assert is_live(world)
