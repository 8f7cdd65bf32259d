"""Paper as the owner gets it: a sheet, what it is told, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.domain.calendar import long_date
from chalicelib.domain.languages import ENGLISH, tag
from chalicelib.domain.products import Item
from chalicelib.domain.shop import Shop
from chalicelib.domain.voucher import Voucher

Told = dict[str, object]


class Left(Struct, frozen=True):
    """Something that is not printed: which, and why, in a sentence."""

    what: str
    why: str


class Paper(Struct, frozen=True):
    """`sheet`: under templates/print. `context`: what it is told. `count`: how many there are of it; of labels, how many labels."""

    sheet: str
    context: Told
    count: int
    left: tuple[Left, ...] = ()


def paper_of(shop: Shop, sheet: str, name: str, things: list[Told], left: Iterable[Left] = (), **more: object) -> Paper:
    """`things` are told under `name`, beside the shop."""
    told: Told = {"shop": shop, "lang": tag(ENGLISH, shop.locale), name: things, **more}
    return Paper(sheet, told, len(things), tuple(left))


def line_of(offer: Voucher | Item | None, zone: str) -> Told:
    """What may be offered, as sheets are told it: empty for nothing. Dates and money as people write them."""
    match offer:
        case Voucher():
            return {
                "code": offer.code,
                "value": str(offer.value),
                "minimum": str(offer.minimum) if offer.minimum.amount else "",
                "expires": long_date(offer.ends_at, zone).replace(" ", "\N{NO-BREAK SPACE}"),
            }
        case Item():
            return {"item": offer.name, "words": offer.words, "category": offer.category, "closing_out": offer.closing_out}
        case _:
            return {}
