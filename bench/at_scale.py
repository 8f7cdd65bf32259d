"""What the local worker takes for a thousand mails over SMTP, with few contacts in the table and with many.

Each size in processes of its own: one fills the table, one sends, one is the mail server. So CPU and memory are the sender's alone.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.figures import Figure
from bench.sending import peak_memory
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.domain.claim import Contact
from chalicelib.domain.follow_up import follow_up_id
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.standing import Standing
from chalicelib.stores import follow_ups, people
from chalicelib.table import Action
from chalicelib.usecases.claim_voucher import claim_voucher
from chalicelib.usecases.send_due import send_due
from tests.factories import asked, follow_up
from tests.support.killing import day_and_night_shop, opened, sink_process

MAILS, ROUNDS = 1000, 3
SIZES = (1_000, 10_000, 100_000)
CONTACTS_PER_COMMIT = 33
KEPT = timedelta(days=180)


def figures() -> Iterator[Figure]:
    """For each size the median of some rounds, each on a copy of the same table."""
    for size in SIZES:
        with TemporaryDirectory() as folder:
            whole = Path(folder) / "whole"
            shop = day_and_night_shop(Path(folder) / "shop")
            _child("fill", str(whole), str(shop), str(size))
            rounds = [_round(Path(folder) / f"round{n}", whole, shop) for n in range(ROUNDS)]
        cpu, memory = (statistics.median(one[name] for one in rounds) for name in ("cpu", "memory"))
        yield Figure(f"1,000 mails among {size:,} contacts, CPU", cpu, "s", 0.22)
        yield Figure(f"memory at its highest, {size:,} contacts", memory, "MiB", 64)


def _round(data: Path, whole: Path, shop: Path) -> dict[str, float]:
    shutil.copytree(whole, data)
    with sink_process(data / "taken.jsonl") as sink:
        seen = _child("send", str(data), str(shop), sink.url)
        assert len(sink.taken()) == MAILS
    shutil.rmtree(data)
    return seen


def _child(*arguments: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "bench.at_scale", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _fill(data: Path, shop: Path, contacts: int) -> dict[str, float]:
    """So many contacts with a standing and a follow-up that is not due, and a thousand people whose confirmation is."""
    data.mkdir()
    world = opened(data, shop)
    world.ready()
    for start in range(0, contacts, CONTACTS_PER_COMMIT):
        numbers = range(start, min(start + CONTACTS_PER_COMMIT, contacts))
        world.table.transact([action for n in numbers for action in _contact(world, n)], world.ids.token())
    for n in range(MAILS):
        claim_voucher(world, asked(email=f"person{n}@example.com"), f"10.{n >> 8}.{n & 255}.7")
    world.close()
    return {}


def _contact(world: LocalWorld, n: int) -> list[Action]:
    address = parse_address(f"contact{n}@example.com")
    person, now = person_id(world.secrets.people, address.key), world.clock.now()
    planned = follow_up(id=follow_up_id("thank-you", person, f"shopify:x:{n}"), person=person, anchor=f"shopify:x:{n}")
    later = now + timedelta(days=30)
    return [
        people.confirmed(Standing(person)),
        people.put_contact(
            Contact(person, f"Contact {n}", address.normalised, address.key, world.shop.locale, now, "voucher form"),
            None,
            now + KEPT,
        ),
        follow_ups.put(msgspec.structs.replace(planned, due_at=later, look_at=later, created_at=now, expires_at=later + KEPT)),
    ]


def _send(data: Path, shop: Path, smtp: str) -> dict[str, float]:
    world = opened(data, shop, smtp)
    world.ready()
    began = time.process_time()
    sent = send_due(world)
    cpu = time.process_time() - began
    world.close()
    assert sent == MAILS, sent
    return {"cpu": cpu, "memory": peak_memory()}


if __name__ == "__main__":
    _do, _data, _shop, _more = sys.argv[1:]
    _seen = _send(Path(_data), Path(_shop), _more) if _do == "send" else _fill(Path(_data), Path(_shop), int(_more))
    sys.stdout.write(json.dumps(_seen))
