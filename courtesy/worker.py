"""The local platform's engine: one thread works off the queues and ticks; whoever advances the clock borrows it."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.entrypoints.queues import handle
from chalicelib.logs import failed
from chalicelib.usecases.live_through import live_through, settle
from chalicelib.usecases.recover import end_doubt, free_the_dead
from chalicelib.usecases.tick import tick

TICK_SECONDS = 10.0


class Worker:
    """One at a time: its lock sees to it. On AWS two may run, and the authorising transaction lets one win."""

    def __init__(self, world: LocalWorld) -> None:
        self._world = world
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._doubtful = True  # the last process, or a call that failed, may have left a mail without its outcome
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """From now on messages are worked off as they come."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after what is in hand."""
        self._stopping.set()
        self._world.queue.woken.set()
        self._thread.join()

    def advance_to(self, at: datetime) -> int:
        """Visits every due instant on the way, in order. How many mails went out. A time in the past changes nothing."""
        with self._lock:
            sent = live_through(self._world, at, self._world.clock.advance_to, self._work_off)
            self._sweep()
            return sent + self.settle()

    def settle(self) -> int:
        """Works until nothing waits: queues empty, nothing due. How many mails went out."""
        with self._lock:
            return settle(self._world, self._work_off)

    def _work_off(self) -> None:
        self._clear_up()
        self._drain()

    def _clear_up(self) -> None:
        """What the last process, or a call that failed, left behind. No other worker is alive: the data folder's lock sees to it."""
        if not self._doubtful:
            return
        if self._world.mailer is self._world.outbox:
            self._world.outbox.replay()
            end_doubt(self._world, self._was_taken)
        else:
            free_the_dead(self._world)
        self._doubtful = False

    def _was_taken(self, id_: str) -> bool:
        """The outbox knows what became of each mail, so that here none stays in doubt; of what it took it tells again."""
        outbox = self._world.outbox
        taken = outbox.get(id_) is not None
        if taken:
            outbox.tell(id_, "Send")
        return taken

    def _run(self) -> None:
        ticked = 0.0
        while not self._stopping.is_set():
            self._world.queue.woken.clear()
            try:
                with self._lock:
                    self._work_off()
                    if time.monotonic() - ticked >= TICK_SECONDS:
                        tick(self._world)
                        self._drain()
                        self._sweep()
                        ticked = time.monotonic()
            except Exception as error:  # noqa: BLE001
                failed("worker failed", error)
                self._doubtful = True
                ticked = time.monotonic()
            self._world.queue.woken.wait(TICK_SECONDS)

    def _drain(self) -> None:
        queue = self._world.queue
        while (taken := queue.take()) is not None:
            try:
                handle(self._world, taken.queue, taken.message.body)
            except Exception as error:  # noqa: BLE001
                failed("message failed", error, queue=taken.queue)
                self._doubtful = True
                queue.failed(taken)
            else:
                queue.done(taken)

    def _sweep(self) -> None:
        """What others do by themselves: DynamoDB with what is past its TTL, a mail service with what it keeps (also of before mail went over to
        another server). All else is forgotten by the nightly use case, as everywhere.
        """
        now = self._world.clock.now()
        self._world.table.sweep(int(now.timestamp()))
        self._world.outbox.sweep(now)
