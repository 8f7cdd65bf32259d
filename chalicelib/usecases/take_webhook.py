"""The worker takes what receive_webhook kept: raw body → what is learnt → the order → marked as taken."""

from __future__ import annotations

from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import Ignored, World
from chalicelib.stores import webhooks
from chalicelib.usecases.take_order import take_order


def take_webhook(world: World, source: str, id_: str) -> str:
    """What became of it: "taken", "ignored: …" or "refused: …". Taking it twice changes nothing. Errors: Retryable."""
    received = webhooks.load(world.table.get(webhooks.key(source, id_)))
    if received is None:
        return "ignored: it was forgotten long ago"
    if received.outcome:
        return received.outcome
    outcome = "taken"
    try:
        learnt = world.storefronts[source].learn(received.topic, world.blob.get(received.blob))
    except Invalid as error:
        outcome = f"refused: {error}"
    except NotFound:
        outcome = "refused: its raw body is gone"
    else:
        if isinstance(learnt, Ignored):
            outcome = f"ignored: {learnt.why}"
        else:
            take_order(world, learnt)
    world.table.write(webhooks.taken(received, outcome))
    return outcome
