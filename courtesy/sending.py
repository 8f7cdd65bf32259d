"""The owner's hand on sending: pause, resume, settle what is in doubt; back up the table, and restore it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.errors import Conflict, Misconfigured
from chalicelib.usecases.restore import Restored
from courtesy.opened import chosen, opened
from courtesy.up import alone, say

DONE = 0
Asked = argparse.Namespace


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """`add` takes a command's name and its help, and gives its parser."""
    add("pause", help="nothing is sent from now on").set_defaults(do=_pause)
    add("resume", help="send again").set_defaults(do=_resume)

    settle = add("settle", help="say how a mail in doubt ended")
    settle.add_argument("id", help="of an unsure follow-up: courtesy follow-ups shows it")
    settle.add_argument("how", choices=("sent", "again", "leave"), help="it went out, send it again, or leave it at that")
    settle.set_defaults(do=_settle)

    backup = add("backup", help="copy the table, also while the shop runs")
    backup.add_argument("file", type=Path, help="must not be there yet")
    backup.set_defaults(do=_backup)

    restore = add("restore", help="make a table that was put back to an earlier day fit to send from")
    restore.add_argument("--from", type=Path, dest="source", metavar="FILE", help="put this backup in the table's place first")
    restore.add_argument("--check", action="store_true", help="only say what would change")
    restore.set_defaults(do=_restore)


def _pause(asked: Asked) -> int:
    from chalicelib.usecases.pause import pause

    with opened(asked) as world:
        pause(world)
    say("Paused: nothing is sent, service mail included, until courtesy resume.")
    return DONE


def _resume(asked: Asked) -> int:
    from chalicelib.usecases.pause import resume

    with opened(asked) as world:
        waiting = resume(world)
    say(f"Sending again. The pause held {_count(waiting, 'follow-up')}.")
    return DONE


def _settle(asked: Asked) -> int:
    from chalicelib.usecases.settle import settle

    with opened(asked) as world:
        settle(world, asked.id, asked.how)
    say(
        {"sent": "Settled: it went out.", "again": "Settled: it waits its turn again.", "leave": "Settled: it is left at that."}[
            asked.how
        ]
    )
    return DONE


def _backup(asked: Asked) -> int:
    if asked.file.exists():
        raise Conflict(f"{asked.file} is there already: give another name.")
    with opened(asked) as world:
        world.table.copy_to(asked.file)
    say(f"The table is copied to {asked.file}. Never put the journal back to an earlier day: courtesy restore needs it as it is.")
    return DONE


def _restore(asked: Asked) -> int:
    if asked.source is not None:
        _checked_backup(asked.source)
    return _check(asked) if asked.check else _do_restore(asked)


def _check(asked: Asked) -> int:
    from chalicelib.usecases.restore import restore

    with TemporaryDirectory() as folder:
        table = None
        if asked.source is not None:
            table = Path(folder) / "table.db"
            with SqliteTable(asked.source) as source:
                source.copy_to(table)
        with opened(asked, table=table) as world:
            _tell(restore(world, check=True), "would become", "would be")
    say("Nothing was changed.")
    return DONE


def _do_restore(asked: Asked) -> int:
    from chalicelib.usecases.pause import is_paused
    from chalicelib.usecases.restore import restore

    data = chosen(asked).data
    with alone(data):
        if asked.source is not None:
            _put_in_place(asked.source, data / "table.db")
        with opened(asked) as world:
            done = restore(world, check=False)
            paused = is_paused(world)
    _tell(done, "became", "are")
    say("This is the live table now: start the shop with courtesy up.")
    if paused:
        say("Sending was paused when it was copied, and is: courtesy resume ends that.")
    return DONE


def _checked_backup(path: Path) -> None:
    if not path.exists():
        raise Misconfigured(f"There is no file {path}.")
    with SqliteTable(path) as table:
        table.identity()


def _put_in_place(source: Path, table: Path) -> None:
    new = _unused(table.with_suffix(".new"))
    with SqliteTable(source) as backup:
        backup.copy_to(new)
    if table.exists():
        with SqliteTable(table) as old:
            old.copy_to(_unused(table.with_suffix(".replaced")))  # should it turn out to be the better one
        for more in ("", "-wal", "-shm"):
            table.with_name(table.name + more).unlink(missing_ok=True)
    new.replace(table)


def _unused(path: Path) -> Path:
    path.unlink(missing_ok=True)
    return path


def _tell(done: Restored, become: str, are: str) -> None:
    say(f"{_count(len(done.unsure), 'follow-up')} may have gone out since, and {become} unsure; none is sent again by itself.")
    say(f"{_count(done.stopped, 'person', 'people')} had asked us to stop, and {are} stopped again.")
    say(
        f"{_count(done.unreachable, 'person', 'people')} could not be reached by mail, or complained, and {are} left alone again."
    )
    say(f"{_count(done.noted, 'recipient')} had the one note, and {are} not written to again.")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
