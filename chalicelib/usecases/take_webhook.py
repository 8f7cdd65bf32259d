"""The worker takes what receive_webhook kept: raw body → what is learnt → the order, the consent or the request → marked as taken."""

from __future__ import annotations

from contextlib import suppress

from msgspec import structs

from chalicelib.domain.customer import ConsentSaid, PrivacyRequest
from chalicelib.domain.order import Learnt, with_lines
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports import Heard, Ignored, World
from chalicelib.stores import webhooks
from chalicelib.usecases.answer_privacy import answer_privacy
from chalicelib.usecases.take_consent import take_consent
from chalicelib.usecases.take_opt_out import take_opt_out
from chalicelib.usecases.take_order import take_order


def take_webhook(world: World, source: str, id_: str) -> str:
    """What became of it: "taken", "done", "ignored: …" or "refused: …". Taking it twice changes nothing. Errors: Retryable."""
    received = webhooks.load(world.table.get(webhooks.key(source, id_)))
    if received is None:
        return "ignored: it was forgotten long ago"
    if received.outcome:
        return received.outcome
    try:
        heard = world.storefronts[source].learn(received.topic, world.blob.get(received.blob))
    except Invalid as error:
        outcome = f"refused: {error}"
    except NotFound:
        outcome = "refused: its raw body is gone"
    else:
        outcome = take(world, heard)
    if not webhooks.is_kept(structs.replace(received, outcome=outcome)):
        world.blob.delete(received.blob)
    world.table.write(webhooks.taken(received, outcome))
    return outcome


def take(world: World, heard: Heard) -> str:
    """What was learnt goes where it belongs: "taken", "done", or "ignored: …". Taking it twice changes nothing. Errors: Retryable."""
    match heard:
        case Learnt():
            order = take_order(world, _whole(world, heard))
            if order.erased:
                return "ignored: its buyer asked to be forgotten"
            if heard.opted_out is not None:
                take_opt_out(world, order, opted_out=heard.opted_out)
        case ConsentSaid():
            return take_consent(world, heard)
        case PrivacyRequest():
            answer_privacy(world, heard)
            return webhooks.DONE
        case Ignored():
            return f"ignored: {heard.why}"
    return webhooks.TAKEN


def _whole(world: World, learnt: Learnt) -> Learnt:
    """With the lines that its event did not carry, where the storefront can be asked for them. Errors: Retryable, Misconfigured."""
    if not learnt.ask or learnt.view is None or world.office is None:
        return learnt
    with suppress(Invalid):  # it knows of none
        return structs.replace(learnt, view=with_lines(learnt.view, world.office.lines(learnt.ask)))
    return learnt
