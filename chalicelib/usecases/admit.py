"""Forms that anybody may send: how often within the hour, for one network and for one address."""

from __future__ import annotations

from chalicelib.domain.identity import keyed_hash, network_of
from chalicelib.errors import Lost, TooMany
from chalicelib.ports import World
from chalicelib.stores import counters
from chalicelib.stores.counters import WINDOW


def admit(world: World, ip: str, dedupe_key: str, kind: str = "address") -> bool:
    """False where the address had enough, which whoever asks must not be told: they are answered like anybody.

    For a network all such forms count together, for an address those of one `kind`: "address" for all that bring it mail, so that who fills them in with
    somebody else's takes nothing from what they would say to us. Errors: TooMany where the visitor's network had enough; Retryable.
    """
    limits, pepper, now = world.shop.limits, world.secrets.people, world.clock.now()
    network = keyed_hash(pepper, "network", network_of(ip))
    try:
        world.table.write(counters.count("network", network, limits.claims_per_network, now))
    except Lost:
        raise TooMany("Too many forms came from your network. Please try again in an hour.", WINDOW) from None
    try:
        world.table.write(counters.count(kind, keyed_hash(pepper, "address", dedupe_key), limits.claims_per_address, now))
    except Lost:
        return False
    return True
