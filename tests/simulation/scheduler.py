"""Virtual time. Tasks are greenlets; each of their calls to the world is a step: time passes, others run, and then it happens or fails."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from greenlet import getcurrent, greenlet

from chalicelib.domain.calendar import stamp
from chalicelib.errors import CourtesyError
from tests.simulation.faults import CRASH_AFTER, CRASH_BEFORE, MAIL, PAUSE, Faults

T = TypeVar("T")
PAUSES = (5.0, 40.0, 120.0)
"""How long a process may lie frozen, in seconds."""

MOST_STEPS = 20_000
"""Of one run: some six hundred are usual."""

SLOW, SLOW_MAIL = 0.03, 0.15
"""How many calls are slow, without any fault: seconds instead of milliseconds."""


class Crash(BaseException):
    """The process is gone. A BaseException, so that nothing swallows it."""


def _nothing(kind: str, seconds: float) -> None:
    """Nobody uses the time."""


class Endless(BaseException):
    """The run comes to no end."""


class Task:
    """A process with one thing to do. `skew`: how far its wall clock is off, in seconds. `frozen`: how long its last calls lay still."""

    def __init__(self, name: str, worker: str) -> None:
        self.name, self.worker = name, worker
        self.dead = False
        self.skew = 0
        self.frozen = 0.0
        self.greenlet: greenlet


class Crasher:
    """Exhaustive mode: crashes at the so-many-th step, before or after it happens."""

    def __init__(self, at: int = 0, *, after: bool = False) -> None:
        self.at, self.after = at, after
        self.done = False


class Scheduler:
    """`time` in seconds since `began`. `history` holds a line for each step and each thing that happened."""

    def __init__(self, random: Random, began: datetime, faults: Faults, crasher: Crasher | None = None) -> None:
        self.random, self.began, self.faults, self.crasher = random, began, faults, crasher
        self._after = crasher is not None and crasher.after
        self.time = 0.0
        self.steps = 0
        self.crashes = 0
        self.history: list[tuple[object, ...]] = []
        self.tasks: dict[int, Task] = {}
        self._queue: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self._main = getcurrent()
        self.meanwhile: Callable[[str, float], None] = _nothing
        """Told when a call takes long: its kind, and how many seconds."""

    def now(self, skew: int = 0) -> datetime:
        """Whole seconds, as the ports give them."""
        return self.began + timedelta(seconds=int(self.time) + skew)

    def stamp(self, shift: float = 0.0) -> str:
        """The instant so many seconds from now, as text that sorts."""
        return stamp(self.now(int(shift)))

    def at(self, delay: float, do: Callable[[], object]) -> None:
        """Does it after so many seconds. What it does must not call the world."""
        self._count += 1
        heapq.heappush(self._queue, (self.time + delay, self._count, do))

    def spawn(
        self, delay: float, name: str, do: Callable[[Task], None], *, failed: Callable[[BaseException], None] | None = None
    ) -> None:
        """Starts a process after so many seconds. `failed` is told when it crashed or raised."""

        def start() -> None:
            task = Task(name, f"{name}-{self._count}")
            self._count += 1
            id_ = self._count

            def body() -> None:
                try:
                    do(task)
                except Crash as crash:
                    self.crashes += 1
                    self.note(name, "died")
                    if failed:
                        failed(crash)
                except CourtesyError as error:  # anything else is a bug, and ends the run
                    self.note(name, "raised", type(error).__name__)
                    if failed:
                        failed(error)
                finally:
                    self.tasks.pop(id_, None)

            task.greenlet = greenlet(body, parent=self._main)
            self.tasks[id_] = task
            task.greenlet.switch()

        self.at(delay, start)

    def note(self, *what: object) -> None:
        """One more line of the history."""
        self.history.append((round(self.time, 3), *what))

    def sleep(self, seconds: float) -> None:
        """The calling task lets others run."""
        current = getcurrent()
        self.at(seconds, current.switch)
        self._main.switch()

    def call(self, task: Task, kind: str, name: str, effect: Callable[[str], T]) -> T:
        """One step of a task. `effect` is told which fault it has to play, if it is one of its own."""
        if task.dead:
            raise Crash
        fault = self.faults.of_call(kind)
        pause = self.random.choice(PAUSES) if fault == PAUSE else 0.0
        held_up = self.random.random() < 0.5  # before it happens, or before its answer comes
        takes = self._takes(kind)
        if max(pause, takes) > 1:
            self.meanwhile(kind, max(pause, takes))
        self.sleep(takes + (pause if held_up else 0))
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Endless
        crashing = self.crasher is not None and self.crasher.at == self.steps
        task.frozen += pause
        killed: bool = task.dead  # meanwhile, by others
        if killed or fault == CRASH_BEFORE or (crashing and not self._after):
            self._die(task, name, "before")
        self.note(task.name, name, fault)
        answer = effect(fault)
        if fault == CRASH_AFTER or crashing:
            self._die(task, name, "after")
        if pause and not held_up:
            self.sleep(pause)
            if task.dead:
                raise Crash
        return answer

    def _takes(self, kind: str) -> float:
        if self.crasher is not None:
            return 0.01
        if kind == MAIL:
            return self.random.uniform(1, 9) if self.random.random() < SLOW_MAIL else self.random.uniform(0.05, 0.3)
        return self.random.uniform(0.3, 4) if self.random.random() < SLOW else self.random.uniform(0.002, 0.05)

    def _die(self, task: Task, name: str, side: str) -> None:
        if self.crasher is not None:
            self.crasher.done = True
        self.note(task.name, name, f"crash {side}")
        task.dead = True
        raise Crash

    def kill_all(self) -> None:
        """Every process is gone; what they waited for never comes."""
        for task in list(self.tasks.values()):
            task.dead = True

    def run(self, until: float) -> None:
        """Lets things happen up to that time."""
        while self._queue and self._queue[0][0] <= until:
            self.time, _, do = heapq.heappop(self._queue)
            do()
        self.time = until

    def close(self) -> None:
        """Ends whatever still waits, so that nothing outlives the run."""
        self.faults.on = False
        for task in list(self.tasks.values()):
            task.dead = True
            if task.greenlet:
                task.greenlet.throw(Crash)
        self._queue.clear()
