"""The owner's hand on vouchers: what was issued and whether the checkout knows it, codes of their own, and an early end."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.calendar import stamp
from chalicelib.domain.errand import void, voucher_errand
from chalicelib.domain.voucher import pool_code
from chalicelib.errors import Conflict, Lost
from chalicelib.ports import ERRANDS, World
from chalicelib.stores import errands, vouchers
from chalicelib.table import Action
from chalicelib.usecases.redeem_voucher import look_at_voucher


class Listed(Struct, frozen=True):
    """One line. `state`: waiting (the checkout does not know it) | good | used | ended. `problem`: why it waits, or is still known there."""

    code: str
    offer: str
    value: str
    issued_at: str
    ends_at: str
    state: str
    order: str
    problem: str


class Imported(Struct, frozen=True):
    """`added` to the pool; `there` already; `refused`: lines that hold no usable code. `left`: how many the pool holds now."""

    added: int
    there: int
    refused: tuple[str, ...]
    left: int


_HEADINGS = (
    "code",
    "codes",
    "coupon",
    "coupons",
    "coupon code",
    "voucher",
    "vouchers",
    "discount",
    "discount code",
    "promotion code",
    "name",
)
"""What the first line of an exported list may say, and is no code."""


def pool_left(world: World) -> int | None:
    """How many codes are left to be given out, None where none are needed."""
    return vouchers.pool_size(world.table, world.shop.offer.name) if world.shop.vouchers.known == "pool" else None


def list_vouchers(world: World) -> list[Listed]:
    """All that are kept, in the order in which they were issued. Reads the whole table."""
    problems = {errand.id: errand.problem for errand in errands.all_of(world.table)}
    now = world.clock.now()
    return [
        Listed(
            code=one.code,
            offer=one.offer,
            value=str(one.value),
            issued_at=stamp(one.issued_at),
            ends_at=stamp(one.ends_at),
            state="used" if one.redeemed_by else "ended" if now >= one.ends_at else "waiting" if one.waits else "good",
            order=one.redeemed_by,
            problem=problems.get(voucher_errand(one.code), ""),
        )
        for one in vouchers.all_of(world.table)
    ]


def import_codes(world: World, lines: Iterable[str]) -> Imported:
    """Codes that the owner has made at the checkout, one a line; the first column of a CSV. Saying it twice adds nothing. Errors: Retryable."""
    offer = world.shop.offer.name
    added, there, refused = 0, 0, []
    for number, line in enumerate(lines):
        text = line.partition(",")[0].strip().strip("\"'")
        if not text or (number == 0 and text.lower() in _HEADINGS):
            continue
        code = pool_code(text)
        if code is None:
            refused.append(text)
            continue
        try:
            world.table.transact(vouchers.put_in_pool(offer, code), world.ids.token())
        except Lost:
            there += 1
        else:
            added += 1
    return Imported(added, there, tuple(refused), vouchers.pool_size(world.table, offer))


def end_voucher(world: World, code: str) -> None:
    """Worth nothing from now on, also at the storefront. Errors: NotFound, Conflict (it was used), Retryable."""
    voucher, now = look_at_voucher(world, code), world.clock.now()
    errand = void(voucher.code, now, now)
    told = world.shop.vouchers.known != "asked" and world.secrets.opens(world.shop.storefront.kind)
    actions: list[Action] = [vouchers.end(voucher, now), *([errands.put(errand)] if told else [])]
    try:
        world.table.transact(actions, world.ids.token())
    except Lost:
        raise Conflict("It has been used already.") from None
    if told:
        world.queue.put(ERRANDS, {"id": errand.id})
