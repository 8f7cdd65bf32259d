"""Each minute: what storefronts sent and nobody took is queued again, then what is due goes out."""

from __future__ import annotations

from chalicelib.errors import Lost
from chalicelib.ports import WEBHOOKS, World
from chalicelib.stores import webhooks
from chalicelib.usecases.send_due import send_due


def tick(world: World) -> int:
    """How many mails went out. Errors: Retryable."""
    now = world.clock.now()
    for received in webhooks.untaken(world.table, now):
        world.queue.put(WEBHOOKS, {"source": received.source, "id": received.id})
        try:
            world.table.write(webhooks.queued_again(received, now))
        except Lost:
            continue  # taken in the meantime
    return send_due(world)
