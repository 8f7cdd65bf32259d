"""The buyer says yes on their order's page: what they ticked, in the words that stood beside it.

They came by the link in a mail of ours, which is the click that a consent by e-mail needs (PRODUCT.md, manner 1). Such a link lives long and may
have been passed on, so it undoes no stop and opens no closed address: where one stands, a mail asks, and its own link is the click.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.consent import EMAIL, WORDS_CHANGED, consent_key
from chalicelib.domain.identity import parse_address, parse_name
from chalicelib.errors import Conflict, Invalid
from chalicelib.ports import World
from chalicelib.usecases.look_at_order import boxes_for, its_order
from chalicelib.usecases.record_consent import record_consent

SOURCE = "order status page"
_NOT_HERE = (
    "This page cannot undo a no that we were given. If you would like to hear from us after all, ask us, and a person sees to it."
)


def opt_in_by_order(world: World, token: str, ticked: Mapping[str, str]) -> tuple[str, ...]:
    """`ticked`: purpose → hash of the words that were seen. Those words. Whether a mail asks first is not among the answer: it would tell whoever
    holds the link of a stop.

    Errors: as look_at_order; Invalid (nothing ticked, or words that are not ours any more), Conflict (a no stands against it), Retryable.
    """
    person, order, view = its_order(world, token)
    boxes = {box.purpose: box for box in boxes_for(world, person, order)}
    if not ticked:
        raise Invalid("Tick what you would like, or leave the page as it is: nothing comes of it.", "")
    if any(purpose not in boxes or boxes[purpose].seen != seen for purpose, seen in ticked.items()):
        raise Invalid(WORDS_CHANGED, "")
    wanted = [consent_key(purpose, EMAIL) for purpose in ticked]
    address = parse_address(view.buyer.address)
    try:
        record_consent(world, address, wanted, source=SOURCE, name=_name(view.buyer.name), proof="link")
    except Conflict:
        raise Conflict(_NOT_HERE) from None
    return tuple(boxes[purpose].words for purpose in ticked)


def _name(typed: str) -> str:
    """Storefronts take anything for a name; what we would not is left out."""
    try:
        return parse_name(typed)
    except Invalid:
        return ""
