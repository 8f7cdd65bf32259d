"""The workers behind the queues. A message that fails comes again alone, its neighbours do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice import Chalice
from chalice.app import SQSEvent

from chalicelib.errors import Retryable
from chalicelib.logs import failed as log_failed
from chalicelib.ports import DUE_NOW, ERRANDS, EVENTS, QUEUES, WEBHOOKS, World


def handle(world: World, queue: str, body: Mapping[str, Any]) -> None:
    """One message. Errors: whatever makes it come again."""
    match queue:
        case name if name == WEBHOOKS:
            from chalicelib.usecases.take_webhook import take_webhook

            take_webhook(world, str(body["source"]), str(body["id"]))
        case name if name == DUE_NOW:
            from chalicelib.usecases.open_inquiry import look_at_hushed
            from chalicelib.usecases.send_due import send_due

            if "asked" in body:  # while they wait they are not sold to
                look_at_hushed(world, str(body["asked"]))
            send_due(world)
        case name if name == ERRANDS:
            from chalicelib.usecases.run_errand import run_errand

            run_errand(world, str(body["id"]))
        case name if name == EVENTS:
            from chalicelib.adapters.ses_events import read
            from chalicelib.usecases.record_delivery import record_delivery

            event = read(body)
            if event is not None:
                record_delivery(world, event)


Worker = Callable[..., Any]


def register(app: Chalice, world: Callable[[], World]) -> list[Worker]:
    """Adds a function for each of QUEUES, named queue_<queue>; app.py must hold them under these names, where Lambda looks."""
    return [_register(app, world, queue) for queue in QUEUES]


def _register(app: Chalice, world: Callable[[], World], queue: str) -> Worker:
    def work(event: SQSEvent) -> dict[str, Any]:
        from chalicelib.adapters.queue_sqs import failures, received

        failed = []
        for message in received(event.to_dict()):
            try:
                if message.body is None:
                    raise Retryable("The message is not a JSON object.")
                handle(world(), queue, message.body)
            except Exception as error:  # noqa: BLE001
                log_failed("message failed", error, queue=queue)
                failed.append(message.message_id)
        return failures(failed)

    work.__name__ = f"queue_{queue.replace('-', '_')}"
    worker: Worker = app.on_sqs_message(queue=f"courtesy-{queue}", name=f"queue-{queue}")(work)
    return worker
