"""A checkout that is not the storefront's asks about a voucher, and spends it."""

from __future__ import annotations

from chalicelib.domain.identity import keyed_hash
from chalicelib.domain.order import order_key
from chalicelib.domain.voucher import Voucher, readings
from chalicelib.errors import Conflict, Lost, NotFound, Retryable, TooMany
from chalicelib.ports import World
from chalicelib.stores import counters, vouchers
from chalicelib.stores.counters import WINDOW
from chalicelib.usecases.plan_person import look_again

CHECKOUT = "checkout"
"""In place of a storefront's name, in the key of an order that only a checkout told us of."""

TRIES = 4
_UNKNOWN = "There is no voucher with this code."


def look_at_voucher(world: World, code: str) -> Voucher:
    """What it is worth; writes nothing. Errors: NotFound."""
    for known in readings(code):
        voucher = vouchers.load(world.table.get(vouchers.key(known)))
        if voucher is not None:
            return voucher
    raise NotFound(_UNKNOWN)


def redeem_voucher(world: World, code: str, order: str) -> Voucher:
    """Spent by that order of that checkout, once; saying it again for the same order gives the same answer.

    Errors: NotFound (no such code; each counts towards the hour's limit), TooMany (the limit was reached), Conflict (spent by another
    order, or ended), Retryable.
    """
    key = order_key(CHECKOUT, order)
    for _ in range(TRIES):
        try:
            voucher = look_at_voucher(world, code)
        except NotFound:
            _count_guess(world)
            raise
        if voucher.redeemed_by == key:
            return voucher
        if voucher.redeemed_by:
            raise Conflict("This voucher has been used.")
        if world.clock.now() >= voucher.ends_at:
            raise Conflict("This voucher has ended.")
        look_again(world, voucher.person)
        try:
            world.table.write(vouchers.redeem(voucher, key, world.clock.now(), while_good=True))
        except Lost:
            continue  # another order was quicker, or it was ended: look again
    raise Retryable("The voucher changes too quickly; please ask again.")


def _count_guess(world: World) -> None:
    # one counter for all that hold the key: whoever guesses through one checkout must not go on through another
    hashed = keyed_hash(world.secrets.people, CHECKOUT, world.secrets.checkout)
    try:
        world.table.write(counters.count(CHECKOUT, hashed, world.shop.limits.wrong_codes, world.clock.now()))
    except Lost:
        raise TooMany("Too many codes that do not exist were tried. Please try again in an hour.", WINDOW) from None
