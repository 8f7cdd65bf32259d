"""A storefront posts an event.

verify → read it once, to refuse nonsense at the door → raw body to Blob → conditional put → pointer queued → 200

Everything else happens after the answer, in take_webhook; what was verified is never lost again.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import Lost, NotFound, TooLarge
from chalicelib.ports import WEBHOOKS, Ignored, World
from chalicelib.stores import webhooks
from chalicelib.stores.webhooks import Received

MAX_BODY = 1024 * 1024


def receive_webhook(world: World, source: str, headers: Mapping[str, str], raw: bytes) -> str:
    """What became of it: "kept", "kept before" or "ignored: …". A repeat that was not yet taken is queued again.

    `headers`: names in lower case.

    Errors: NotFound (no such storefront), Unverified, TooLarge, Invalid (not JSON, no order), Retryable.
    """
    storefront = world.storefronts.get(source)
    if storefront is None:
        raise NotFound("There is no such storefront here.")
    if len(raw) > MAX_BODY:
        raise TooLarge("The body is over 1 MiB.")
    storefront.verify(headers, raw, world.secrets.webhooks.get(source, ()))
    delivery = storefront.identify(headers, raw)
    learnt = storefront.learn(delivery.topic, raw)
    if isinstance(learnt, Ignored):
        return f"ignored: {learnt.why}"
    received = Received(
        id=delivery.id,
        source=source,
        topic=delivery.topic,
        blob=f"webhooks/{source}/{delivery.id}",
        received_at=world.clock.now(),
    )
    world.blob.put(received.blob, raw)
    try:
        world.table.write(webhooks.put(received))
    except Lost:
        before = webhooks.load(world.table.get(webhooks.key(source, delivery.id)))
        if before is not None and before.outcome:
            return "kept before"
    world.queue.put(WEBHOOKS, {"source": source, "id": delivery.id})
    return "kept"
