"""Each minute: what storefronts sent and nobody took, and errands that are to be tried, are queued; then what is due goes out."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.errors import Lost
from chalicelib.ports import ERRANDS, WEBHOOKS, World
from chalicelib.stores import errands, webhooks
from chalicelib.usecases.send_due import send_due


def tick(world: World) -> int:
    """How many mails went out. Errors: Retryable."""
    now = world.clock.now()
    for received in webhooks.untaken(world.table, now):
        world.queue.put(WEBHOOKS, {"source": received.source, "id": received.id})
        with suppress(Lost):  # taken in the meantime
            world.table.write(webhooks.queued_again(received, now))
    for errand in errands.due(world.table, now):
        world.queue.put(ERRANDS, {"id": errand.id})
        with suppress(Lost):  # done in the meantime
            world.table.write(errands.put_off(errand, now))
    return send_due(world)
