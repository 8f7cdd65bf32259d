"""The law's requests, as a storefront passes them on: answered with 200 at once, worked off here."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import msgspec

from chalicelib.domain.customer import PrivacyRequest
from chalicelib.domain.identity import person_id
from chalicelib.domain.order import order_key, source_of
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import orders, requests
from chalicelib.stores.requests import Request
from chalicelib.usecases.erase import erase
from chalicelib.usecases.tell_all import tell_all


def answer_privacy(world: World, asked: PrivacyRequest) -> None:
    """Erased at once; what is to be told lies in Blob, and the owner finds it with `courtesy requests`. Errors: Retryable."""
    person = person_id(world.secrets.people, asked.dedupe_key) if asked.dedupe_key else ""
    keys = [order_key(asked.source, id_) for id_ in asked.orders]
    id_ = hashlib.sha256(msgspec.json.encode([asked.source, asked.kind, person, keys, asked.customer])).hexdigest()[:20]
    answer = ""
    match asked.kind:
        case "export":
            answer = f"{requests.folder_of(asked.source, person)}/{id_}"
            world.blob.put(answer, tell_all(world, person, keys))
        case "erase":
            erase(world, person, keys)
        case "erase shop":
            keys = [order.key for order in orders.all_of(world.table) if source_of(order.key) == asked.source]
            erase(world, "", keys)
    found = Request(id_, asked.source, asked.kind, world.clock.now(), len(keys), answer)
    with suppress(Lost):  # asked before
        world.table.write(requests.put(found))
