"""The owner's hand on sending: pause, resume, settle what is in doubt; back up the table, and restore it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.adapters.local.table_sqlite import SqliteTable, copy_file
from chalicelib.errors import Conflict, Misconfigured
from chalicelib.usecases.restore import Restored
from courtesy.opened import chosen_here, opened, opened_here
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

    release = add("release", help="say yes to what a rule asks you about, or have what is held looked at now")
    release.add_argument("id", help="of a held follow-up: courtesy follow-ups shows it")
    release.set_defaults(do=_release)

    stop = add("stop", help="somebody asked you to stop, by phone or in a reply")
    stop.add_argument("address", help="theirs, for e-mail")
    stop.add_argument("--never", action="store_true", help="by no channel at all: no letter and no call either")
    stop.set_defaults(do=_stop)

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
    say(f"Sending again. The pause held {_count(waiting, 'follow-up', 'follow-ups')}.")
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


def _release(asked: Asked) -> int:
    from chalicelib.usecases.release import release

    with opened(asked) as world:
        agreed = release(world, asked.id)
    say(f"{'Released' if agreed else 'Looked at now'}: every check is asked anew, and courtesy follow-ups shows what they say.")
    return DONE


def _stop(asked: Asked) -> int:
    from chalicelib.usecases.stop import stop_address

    with opened(asked) as world:
        known = stop_address(world, asked.address, never=asked.never)
    what = (
        "Nothing goes to them any more, by no channel" if asked.never else "Neither courtesy nor marketing goes to them any more"
    )
    say(f"Stopped. {what}; only they themselves can change this.")
    if not known:
        say("Nothing else is known of that address: check how it is spelt.")
    return DONE


def _backup(asked: Asked) -> int:
    with opened_here(asked) as world:
        try:
            world.table.copy_to(asked.file)
        except FileExistsError:
            raise Conflict(f"{asked.file} is there already: give another name.") from None
    say(
        f"The table is copied to {asked.file}. Keep {chosen_here(asked).data / 'secrets.json'} and the journal, too: restoring needs both as they are now."
    )
    return DONE


def _restore(asked: Asked) -> int:
    data = chosen_here(asked).data
    if not (data / "secrets.json").exists():
        raise Misconfigured(f"No shop has run on {data} yet: start one with courtesy up.")
    if asked.source is not None and not asked.source.exists():
        raise Misconfigured(f"There is no file {asked.source}.")
    return _check(asked) if asked.check else _do_restore(asked, data)


def _check(asked: Asked) -> int:
    from chalicelib.usecases.restore import restore

    with TemporaryDirectory() as folder:
        table = None
        if asked.source is not None:
            table = Path(folder) / "table.db"
            copy_file(asked.source, table)
        with opened_here(asked, table=table) as world:
            _tell(restore(world, check=True))
    say("Nothing is changed yet: courtesy restore without --check does it.")
    return DONE


def _do_restore(asked: Asked, data: Path) -> int:
    from chalicelib.usecases.pause import is_paused, pause
    from chalicelib.usecases.restore import restore

    with alone(data):
        paused = False
        if asked.source is not None:
            if (data / "table.db").exists():
                with opened_here(asked) as world:
                    paused = is_paused(world)
            _put_in_place(asked.source, data)
        with opened_here(asked) as world:
            if paused:
                pause(world)  # the owner's word outlives the table
            done = restore(world, check=False)
            paused = is_paused(world)
    _tell(done)
    say("Have the storefront send the orders since then again. Claims, consents and vouchers since then are lost.")
    if paused:
        say("Sending is paused: courtesy resume ends that.")
    say("This is the live table now: start the shop with courtesy up.")
    return DONE


def _put_in_place(source: Path, data: Path) -> None:
    table, new, replaced = data / "table.db", data / "table.new", data / "replaced"
    new.unlink(missing_ok=True)
    copy_file(source, new)
    if table.exists():
        replaced.mkdir(mode=0o700, exist_ok=True)
        with SqliteTable(table) as old:  # should it turn out to be the better one
            old.copy_to(replaced / f"table-{len(list(replaced.iterdir())) + 1}.db")
        for more in ("-wal", "-shm"):
            table.with_name(table.name + more).unlink(missing_ok=True)
    new.replace(table)


def _tell(done: Restored) -> None:
    lines = (
        (len(done.unsure), "follow-up", "follow-ups", "may have gone out since: unsure, and not sent again by itself."),
        (done.stopped, "person", "people", "asked us to stop: stopped again."),
        (done.unreachable, "person", "people", "complained, or mail came back from them: left alone again."),
        (done.noted, "recipient", "recipients", "had their one note: not written to again."),
    )
    for number, one, many, what in lines:
        if number:
            say(f"{_count(number, one, many)} {what}")
    if not any(number for number, *_ in lines):
        say("By the journal this table has forgotten nothing.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
