"""A storefront posts an event.

verify → read it once, to refuse nonsense at the door → raw body to Blob → conditional put → pointer queued → 200

The raw body lies with its order's, or its customer's, others, so that whoever asks to be forgotten is.

Everything else happens after the answer, in take_webhook; what was verified is never lost again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.identity import person_id
from chalicelib.domain.order import Learnt, order_key
from chalicelib.errors import Lost, NotFound, TooLarge
from chalicelib.ports import WEBHOOKS, Ignored, World
from chalicelib.stores import orders, webhooks
from chalicelib.stores.webhooks import Received

MAX_BODY = 1024 * 1024


def receive_webhook(world: World, source: str, headers: Mapping[str, str], raw: bytes) -> str:
    """What became of it: "kept", "kept before", "hello" or "ignored: …". A repeat that was not yet taken is queued again.

    `headers`: names in lower case.

    Errors: NotFound (no such storefront), Unverified, TooLarge, Invalid (not JSON, no order), Retryable.
    """
    storefront = world.storefronts.get(source)
    if storefront is None:
        raise NotFound("There is no such storefront here.")
    if len(raw) > MAX_BODY:
        raise TooLarge("The body is over 1 MiB.")
    if storefront.greets(headers, raw):
        return "hello"
    storefront.verify(headers, raw, world.secrets.webhooks.get(source, ()), world.clock.now())
    delivery = storefront.identify(headers, raw)
    heard = storefront.learn(delivery.topic, raw)
    if isinstance(heard, Ignored):
        return f"ignored: {heard.why}"
    received = Received(
        id=delivery.id,
        source=source,
        topic=delivery.topic,
        # named by what it says, too: under another's id nothing takes its place
        blob=f"{_folder(world, heard)}/{delivery.id}-{hashlib.sha256(raw).hexdigest()[:16]}",
        received_at=world.clock.now(),
    )
    world.blob.put(received.blob, raw)
    try:
        world.table.write(webhooks.put(received))
    except Lost:
        before = webhooks.load(world.table.get(webhooks.key(source, delivery.id)))
        if before is not None and not _serves(world, heard, received, before):
            world.blob.delete(received.blob)
        if before is not None and before.outcome:
            return "kept before"
    if delivery.also and not _is_first(world, received, delivery.also):
        return "kept before"
    world.queue.put(WEBHOOKS, {"source": source, "id": delivery.id})
    return "kept"


def _folder(world: World, heard: Learnt | ConsentSaid | PrivacyRequest) -> str:
    if isinstance(heard, Learnt):
        return webhooks.folder_of_order(heard.source, order_key(heard.source, heard.order))
    if isinstance(heard, PrivacyRequest):
        return webhooks.folder_of_law(heard.source)
    return webhooks.folder_of_person(heard.source, person_id(world.secrets.people, heard.dedupe_key))


def _serves(world: World, heard: Learnt | ConsentSaid | PrivacyRequest, received: Received, before: Received) -> bool:
    """Whether a repeat's body is that of the first one, which is still kept."""
    if before.blob != received.blob or not webhooks.is_kept(before):
        return False
    if not isinstance(heard, Learnt):
        return True
    key = order_key(heard.source, heard.order)
    return not orders.load(world.table.get(orders.key(key)), key).erased


def _is_first(world: World, received: Received, also: str) -> bool:
    """Whether no other delivery told of the same. Said only when it is kept itself: else one that crashed here would count as told."""
    try:
        world.table.write(webhooks.also_known(received.source, also, received))
    except Lost:
        first = webhooks.first_known(world.table, received.source, also)
        if first and first != received.id:
            world.table.write(webhooks.taken(received, "ignored: a repeat of what another subscription told"))
            return False
    return True
