"""A shop whose worker is killed again and again while it sends through an SMTP server, and what became of each follow-up."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.config import ROOT, settings
from chalicelib.domain import follow_up as fu
from chalicelib.domain.calendar import stamp
from chalicelib.stores import follow_ups
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.running import Running, quiet_shop

OPEN = (fu.PLANNED, fu.HELD, fu.SENDING)
POLL_SECONDS, END_POLL_SECONDS = 0.001, 0.3


class Outcome(Struct, frozen=True):
    """`states`: of each follow-up. `taken`: how often the server took each. `memory`: of the last worker at its highest, in MiB."""

    states: Mapping[str, str]
    taken: Mapping[str, int]
    kills: int
    memory: float

    def counts(self) -> Counter[str]:
        """Follow-ups by state."""
        return Counter(self.states.values())

    @property
    def unsure(self) -> list[str]:
        """Those that are shown as in doubt."""
        return [id_ for id_, state in self.states.items() if state == fu.UNSURE]

    @property
    def lost(self) -> list[str]:
        """Those that the server never took, and that nobody is told to look after."""
        return [id_ for id_, state in self.states.items() if state != fu.UNSURE and not self.taken.get(id_)]

    @property
    def doubled(self) -> list[str]:
        """Those that the server took more than once."""
        return [id_ for id_, times in self.taken.items() if times > 1]

    @property
    def only_said(self) -> list[str]:
        """Those that are shown as sent, and that the server never took."""
        return [id_ for id_, state in self.states.items() if state == fu.SENT and not self.taken.get(id_)]

    @property
    def unsaid(self) -> list[str]:
        """Those that the server took, and that are shown neither as sent nor as in doubt."""
        return [id_ for id_ in self.taken if self.states.get(id_) not in (fu.SENT, fu.UNSURE)]


class Sinking:
    """The SMTP server in a process of its own, and what it has written down so far."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.smtp_sink", "--file", str(file)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = f"smtp://127.0.0.1:{int(self._process.stdout.readline())}?rate=2000"

    def taken(self) -> Counter[str]:
        """Follow-ups by how often they were taken."""
        return Counter(json.loads(line)["follow_up"] for line in self._file.read_text().splitlines())

    def count(self) -> int:
        """How many mails were taken."""
        return self._file.read_bytes().count(b"\n")

    def close(self) -> None:
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def sink_process(file: Path) -> Iterator[Sinking]:
    sink = Sinking(file)
    try:
        yield sink
    finally:
        sink.close()


def day_and_night_shop(folder: Path) -> Path:
    """The quiet shop, in that folder; but it sends at any hour, and as much as it likes."""
    shutil.copytree(quiet_shop(), folder)
    file = folder / "shop.toml"
    text = file.read_text()
    for before, after in (("quiet_from = 20", "quiet_from = 9"), ("daily_budget = 200", "daily_budget = 1000000")):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)
    return folder


def opened(data: Path, shop: Path, smtp: str = "") -> LocalWorld:
    """What the shop has kept, while it runs or not."""
    return LocalWorld(settings({"COURTESY_DATA": str(data), "COURTESY_SHOP": str(shop), "COURTESY_SMTP": smtp}))


def plan_orders(data: Path, shop: Path, orders: int) -> int:
    """So many buyers have their order delivered, and four days later a receipt and a thank-you each are due. How many are due."""
    data.mkdir()
    world = opened(data, shop)
    now = stamp(world.clock.now())
    times = {"created_at": now, "updated_at": now}
    for n in range(1, orders + 1):
        take_order(world, learnt("orders/create", shopify_order(id=n, email=f"buyer{n}@example.com", **times)))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=n, order_id=n, **times)))
    world.ready()
    world.clock.advance_to(world.clock.now() + timedelta(days=4))
    world.close()
    return len(states(data, shop))


def states(data: Path, shop: Path) -> dict[str, str]:
    """Every follow-up's."""
    world = opened(data, shop)
    try:
        found: dict[str, str] = {}
        after = None
        while True:
            page = world.table.scan(after=after)
            found |= {one.id: one.state for one in follow_ups.readable(filter(follow_ups.is_follow_up, page.items))}
            if (after := page.next) is None:
                return found
    finally:
        world.close()


def send_under_fire(data: Path, shop: Path, sink: Sinking, *, kills: int, seed: int, seconds: float) -> Outcome:
    """The worker runs until nothing is left to send, and is killed each time after a random number of mails. Errors: TimeoutError."""
    chance = random.Random(seed)
    planned = len(states(data, shop))
    points = sorted(chance.sample(range(1, planned), kills))
    until = time.monotonic() + seconds
    running = _start(data, shop, sink)
    try:
        for point in points:
            while sink.count() < point:
                _not_after(until)
                time.sleep(POLL_SECONDS)
            time.sleep(chance.uniform(0, 0.004))  # anywhere between one mail and the next
            running.kill()
            running = _start(data, shop, sink)
        while any(state in OPEN for state in states(data, shop).values()):
            _not_after(until)
            time.sleep(END_POLL_SECONDS)
        memory = running.memory()
    finally:
        running.kill()
    return Outcome(states(data, shop), sink.taken(), kills, memory)


def _start(data: Path, shop: Path, sink: Sinking) -> Running:
    return Running(data, shop=shop, environment={"COURTESY_SMTP": sink.url})


def _not_after(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError("the worker takes too long")
