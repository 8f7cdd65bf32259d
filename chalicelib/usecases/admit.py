"""Forms that anybody may send: how often within the hour, for one network and for one address."""

from __future__ import annotations

from typing import Literal

from chalicelib.domain.identity import keyed_hash, network_of
from chalicelib.errors import Lost, TooMany
from chalicelib.ports import World
from chalicelib.stores import counters
from chalicelib.stores.counters import WINDOW

Kind = Literal["claim", "entry", "counter", "question", "preferences"]
"""Each form counts for itself, so that who fills in one with somebody else's address takes nothing from what they say by another."""


def admit(world: World, ip: str, dedupe_key: str, kind: Kind) -> bool:
    """False where the address had enough of this kind, which whoever asks must not be told: they are answered like anybody.

    At the counter many people share the shop's network, which has a limit of its own there. Errors: TooMany where the visitor's network had
    enough of this kind; Retryable.
    """
    limits, pepper, now = world.shop.limits, world.secrets.people, world.clock.now()
    network = keyed_hash(pepper, "network", network_of(ip))
    most = limits.counter_per_network if kind == "counter" else limits.claims_per_network
    try:
        world.table.write(counters.count(f"{kind}-network", network, most, now))
    except Lost:
        raise TooMany("Too many forms came from your network. Please try again in an hour.", WINDOW) from None
    try:
        world.table.write(
            counters.count(f"{kind}-address", keyed_hash(pepper, "address", dedupe_key), limits.claims_per_address, now)
        )
    except Lost:
        return False
    return True
