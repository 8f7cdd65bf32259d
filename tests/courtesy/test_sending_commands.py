"""The owner's hand on sending, by the command line: pause, resume, settle, backup, restore."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.factories import shopify_order, shopify_parcel
from tests.support.killing import sink_process
from tests.support.running import Running, courtesy, eventually, opened, send

CLAIM = "name=Isobel+Trant&email={}%40example.com&website="
COMMANDS = [("pause",), ("resume",), ("settle", "x", "sent"), ("backup", "copy.db"), ("restore",), ("restore", "--check")]
UNSETTLED = "Settle it: courtesy settle "


def told(*arguments: str, data: Path) -> str:
    """What a command that works says."""
    done = courtesy(*arguments, data=data)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refused(*arguments: str, data: Path) -> str:
    """The one line of a command that cannot be done."""
    done = courtesy(*arguments, data=data)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("courtesy: ")
    return done.stderr.removeprefix("courtesy: ").rstrip("\n")


def order(shop: Running, number: int, email: str = "") -> None:
    """The buyer of that number orders, and has it at once."""
    now = json.loads(shop.ask("GET", "/dev/clock").text)["now"]
    times = {"created_at": now, "updated_at": now}
    send(shop, "orders/create", shopify_order(id=number, email=email or f"buyer{number}@example.com", **times))
    send(shop, "fulfillments/update", shopify_parcel(id=number, order_id=number, **times))
    settled(shop)


def settled(shop: Running) -> None:
    """It does now what it would do within seconds."""
    assert json.loads(shop.form("/dev/settle", "").text)["waiting"] == {}


def follow_ups(data: Path, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(told("follow-ups", "--json", *more, data=data))
    return found


def states(data: Path) -> Counter[tuple[str, str]]:
    return Counter((one["kind"], one["state"]) for one in follow_ups(data))


def outbox(data: Path) -> list[tuple[str, str, int]]:
    """The id of each mail, its address, and how often the outbox took it; oldest first."""
    world = opened(data)
    taken = [(kept.id, kept.mail.to, kept.times) for kept in world.outbox.all()]
    world.close()
    return taken


def stop_link(data: Path, to: str) -> str:
    mails = json.loads(told("outbox", "--json", data=data))
    (headers,) = [mail["headers"] for mail in mails if mail["to"] == to and "List-Unsubscribe" in mail["headers"]]
    return str(headers["List-Unsubscribe"]).strip("<>")


def bytes_of(folder: Path) -> dict[str, str]:
    """Every file but what SQLite itself keeps beside an open one."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def contents(table: Path) -> list[tuple[str, ...]]:
    """All that a table's file holds."""
    with sqlite3.connect(table) as db:
        found = db.execute("select pk, sk, doc from item union all select name, value, '' from fact order by 1, 2").fetchall()
    db.close()
    return found


# --- pause and resume ---


def test_paused_nothing_goes_and_resumed_it_all_goes(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    assert told("pause", data=shop.data) == "Paused: nothing is sent, service mail included, until courtesy resume.\n"
    shop.form("/api/claims", CLAIM.format("isobel"))
    assert eventually(lambda: states(shop.data) == {("confirm-address", "held"): 1})
    assert "You have paused all sending; it is released when you resume." in told("follow-ups", data=shop.data)
    assert outbox(shop.data) == []
    assert told("resume", data=shop.data) == "Sending again. The pause held 1 follow-up.\n"
    settled(shop)
    assert states(shop.data) == {("confirm-address", "sent"): 1}
    assert told("resume", data=shop.data) == "Sending again. The pause held 0 follow-ups.\n"
    shop.stop()


def test_a_pause_outlives_the_process(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    told("pause", data=shop.data)
    shop.kill()
    again = Running(tmp_path / "data")
    again.form("/api/claims", CLAIM.format("isobel"))
    assert eventually(lambda: states(again.data) == {("confirm-address", "held"): 1})
    again.stop()
    told("resume", data=again.data)
    third = Running(tmp_path / "data")
    assert eventually(lambda: states(third.data) == {("confirm-address", "sent"): 1})
    third.stop()


# --- what cannot be done ---


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_where_no_shop_has_run_there_is_nothing_to_do(command: tuple[str, ...], tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert refused(*command, data=data) == f"No shop has run on {data} yet: start one with courtesy up."
    assert not (data / "secrets.json").exists()


def test_what_is_not_there_or_not_unsure_is_not_settled(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    shop.form("/api/claims", CLAIM.format("isobel"))
    assert eventually(lambda: states(shop.data) == {("confirm-address", "sent"): 1})
    (one,) = follow_ups(shop.data)
    assert refused("settle", "x-y", "sent", data=shop.data) == (
        "There is no follow-up of that id: courtesy follow-ups lists them."
    )
    assert refused("settle", one["id"], "again", data=shop.data) == (
        "That follow-up is sent: only what is unsure can be settled."
    )
    assert courtesy("settle", one["id"], "perhaps", data=shop.data).returncode == 2
    shop.stop()


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    told("backup", str(tmp_path / "copy.db"), data=shop.data)
    before = bytes_of(tmp_path)
    assert refused("backup", str(tmp_path / "copy.db"), data=shop.data) == (
        f"{tmp_path / 'copy.db'} is there already: give another name."
    )
    assert bytes_of(tmp_path) == before
    assert "No such file" in refused("backup", str(tmp_path / "no" / "copy.db"), data=shop.data)
    shop.stop()


def test_a_backup_is_whole_and_nobody_elses_to_read(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    order(shop, 1)
    said = told("backup", str(tmp_path / "copy.db"), data=shop.data)
    assert said.startswith(f"The table is copied to {tmp_path / 'copy.db'}.")
    shop.stop()
    copied, kept = contents(tmp_path / "copy.db"), contents(shop.data / "table.db")
    assert [row for row in copied if row[0] != "identity"] == [row for row in kept if row[0] != "identity"]
    assert set(copied) != set(kept), "it must not be taken for the table itself"
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_while_a_shop_runs_nothing_is_restored(tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    told("backup", str(tmp_path / "copy.db"), data=shop.data)
    for more in ((), ("--from", str(tmp_path / "copy.db"))):
        assert refused("restore", *more, data=shop.data).startswith(f"Another shop runs on {shop.data}: stop it first")
    told("restore", "--from", str(tmp_path / "copy.db"), "--check", data=shop.data)
    shop.form("/api/claims", CLAIM.format("isobel"))
    assert eventually(lambda: states(shop.data) == {("confirm-address", "sent"): 1})
    shop.stop()


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["restore", "check"])
def test_from_what_is_no_backup_nothing_is_restored(check: tuple[str, ...], tmp_path: Path) -> None:
    shop = Running(tmp_path / "data")
    shop.stop()
    (tmp_path / "letter.db").write_text("Dear Isobel")
    before = bytes_of(tmp_path)
    missing = refused("restore", "--from", str(tmp_path / "none.db"), *check, data=shop.data)
    assert missing == f"There is no file {tmp_path / 'none.db'}."
    refused("restore", "--from", str(tmp_path / "letter.db"), *check, data=shop.data)
    assert bytes_of(tmp_path) == before


# --- the whole story ---


def test_back_to_an_earlier_day_nobody_gets_a_mail_twice(tmp_path: Path) -> None:
    # given two orders, a backup, and what came after it
    data, backup = tmp_path / "data", str(tmp_path / "copy.db")
    shop = Running(data)
    order(shop, 1)
    order(shop, 2)
    told("backup", backup, data=data)
    order(shop, 3)
    told("clock", "--advance", "4d", data=data)
    assert shop.form(stop_link(data, "buyer1@example.com").removeprefix(shop.url), "List-Unsubscribe=One-Click").status == 200
    shop.kill()
    sent = outbox(data)
    assert [times for _, _, times in sent] == [1] * 6

    # when one only looks
    before = contents(data / "table.db"), bytes_of(tmp_path)
    said = told("restore", "--from", backup, "--check", data=data)
    # then it says what would be, and nothing is changed
    assert "4 follow-ups may have gone out since: unsure, and not sent again by itself.\n" in said
    assert "1 person asked us to stop: stopped again.\n" in said
    assert said.endswith("Nothing is changed yet: courtesy restore without --check does it.\n")
    assert (contents(data / "table.db"), bytes_of(tmp_path)) == before

    # when it is really done
    said = told("restore", "--from", backup, data=data)
    # then what may have gone out is unsure, and says how it can be settled
    assert "4 follow-ups may have gone out since: unsure, and not sent again by itself.\n" in said
    assert said.endswith("This is the live table now: start the shop with courtesy up.\n")
    assert states(data) == {("receipt", "sent"): 2, ("thank-you", "unsure"): 3, ("receipt", "unsure"): 1}
    listed = told("follow-ups", data=data)
    assert listed.count(UNSETTLED) == 4
    assert "The table was restored to an earlier day. By the journal this may have gone out at " in listed

    # when the owner settles two as the list says, and the shop goes on, with old orders that it is told again and a new one
    first, second, *_ = (line.partition(UNSETTLED)[2].partition(" ")[0] for line in listed.splitlines() if UNSETTLED in line)
    assert told("settle", first, "sent", data=data) == "Settled: it went out.\n"
    assert told("settle", second, "leave", data=data) == "Settled: it is left at that.\n"
    found = {one["id"]: one["state"] for one in follow_ups(data)}
    assert (found[first], found[second]) == ("sent", "failed")
    shop = Running(data)
    for number in (1, 2, 3):
        order(shop, number)
    order(shop, 9, email="buyer1@example.com")
    told("clock", "--advance", "10d", data=data)
    shop.stop()

    # then nobody had anything twice, and who stopped has had no more than the receipt that is owed
    assert [(to, times) for _, to, times in outbox(data)[len(sent) :]] == [("buyer1@example.com", 1)]
    assert {times for _, _, times in outbox(data)} == {1}
    assert "They asked us to stop on" in told("follow-ups", "--contact", "buyer1@example.com", data=data)


def test_a_table_put_back_by_hand_sends_nothing_until_restored(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shop = Running(data)
    order(shop, 1)
    shop.stop()
    shutil.copy(data / "table.db", tmp_path / "kept.db")
    shop = Running(data)
    told("clock", "--advance", "4d", data=data)
    shop.stop()
    sent = outbox(data)
    assert len(sent) == 2

    shutil.copy(tmp_path / "kept.db", data / "table.db")
    shop = Running(data)
    assert shop.says() == "This is not the live table, so nothing is sent. Close the shop and run courtesy restore --check.\n"
    shop.form("/api/claims", CLAIM.format("isobel"))
    told("clock", "--advance", "1d", data=data)
    assert outbox(data) == sent
    assert states(data) == {("receipt", "sent"): 1, ("thank-you", "planned"): 1, ("confirm-address", "planned"): 1}
    shop.stop()

    assert "1 follow-up may have gone out since" in told("restore", data=data)
    shop = Running(data)
    told("clock", "--advance", "3d", data=data)
    shop.stop()
    assert [(to, times) for _, to, times in outbox(data)[2:]] == [("isobel@example.com", 1)]
    assert {times for _, _, times in outbox(data)} == {1}


def test_through_a_mail_server_it_stays_unsure_until_the_owner_settles_it(tmp_path: Path) -> None:
    data, backup = tmp_path / "data", str(tmp_path / "copy.db")
    with sink_process(tmp_path / "taken.jsonl") as sink:
        by_smtp = {"COURTESY_SMTP": sink.url}
        shop = Running(data, environment=by_smtp)
        told("pause", data=data)
        shop.form("/api/claims", CLAIM.format("isobel"))
        told("backup", backup, data=data)
        told("resume", data=data)
        settled(shop)
        shop.kill()
        (id_,) = sink.taken()

        told("restore", "--from", backup, data=data)
        told("resume", data=data)
        shop = Running(data, environment=by_smtp)
        told("clock", "--advance", "3d", data=data)
        assert (states(data), sink.taken()) == ({("confirm-address", "unsure"): 1}, {id_: 1})
        assert told("settle", id_, "again", data=data) == "Settled: it waits its turn again.\n"
        settled(shop)
        assert (states(data), sink.taken()) == ({("confirm-address", "sent"): 1}, {id_: 2})
        shop.stop()


def test_restoring_again_changes_nothing_more(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shop = Running(data)
    order(shop, 1)
    told("backup", str(tmp_path / "copy.db"), data=data)
    told("clock", "--advance", "4d", data=data)
    shop.stop()
    told("restore", "--from", str(tmp_path / "copy.db"), data=data)
    before = contents(data / "table.db")
    assert told("restore", data=data).startswith("By the journal this table has forgotten nothing.")
    assert contents(data / "table.db") == before


def test_the_table_that_was_replaced_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shop = Running(data)
    told("backup", str(tmp_path / "copy.db"), data=data)
    order(shop, 1)
    shop.stop()
    before = contents(data / "table.db")
    told("restore", "--from", str(tmp_path / "copy.db"), data=data)
    assert [row for row in contents(data / "replaced" / "table-1.db") if row[0] != "identity"] == [
        row for row in before if row[0] != "identity"
    ]
