"""Paper: what lies in a parcel, and what may stand on it. Whoever opens a gift is no customer: they see no price and no offer (manner 3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain import soft_opt_in
from chalicelib.domain.consent import CHANNELS, EMAIL, NEWSLETTER, consent_key
from chalicelib.domain.follow_up import PLANNED, FollowUp, follow_up_id
from chalicelib.domain.gift import ASK, Gift
from chalicelib.domain.history import History
from chalicelib.domain.identity import first_name
from chalicelib.domain.order import Order, View, is_off, live_parcels, still_held
from chalicelib.domain.playbook import BUYER, RECIPIENT, Playbook, Rule
from chalicelib.domain.products import Item, Products
from chalicelib.domain.purchases import standing_orders
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, basis, pace, rests, standing, unhappy
from chalicelib.domain.shop import Shop
from chalicelib.domain.special import item_for
from chalicelib.domain.standing import MARKETING, Standing
from chalicelib.domain.voucher import Voucher

Variant = Literal["first", "repeat", "order", "gift"]
"""Of an insert: their first order, a later one, one of which we cannot tell, a gift."""

SLIP, INSERT, CARD, EXTRA = "packing-line", "insert", "card", "little-extra"
"""The sheets by which packed rules are known; the extra is a word to the packer, and its rule has that name."""

THIRD = 3
PACKED_WITHIN = timedelta(days=30)
"""An older order that no storefront says was sent has been forgotten there, not here."""

GOOD_FOR = timedelta(days=7)
"""How long a voucher must still be good to be worth printing."""


class Known(Struct, frozen=True):
    """What is known of an order's people. `buyer`: None for one without an e-mail address. `opener`: the standing of a gift's recipient.
    `place`: the how-manieth standing order of its buyer this is, 0 where that cannot be told.
    """

    buyer: History | None = None
    gift: Gift | None = None
    opener: Standing | None = None
    place: int = 0


class Packing(Struct, frozen=True):
    """One parcel to pack. `opens`: the name of who opens it, "" where it is not known. `things`: title and how many, for the packer; `more`
    that are not kept. `gift`: somebody else than the buyer opens it; `giver` (a first name) and `message` are for those. `perhaps`: it may
    be a gift, so nothing is printed before the owner says. `insert`: "" for none. `offer`: the one thing that the insert may offer.
    """

    key: str
    number: str
    placed_at: datetime
    opens: str
    things: tuple[tuple[str, int], ...] = ()
    more: int = 0
    gift: bool = False
    perhaps: bool = False
    slip: bool = False
    insert: Literal["", "first", "repeat", "order", "gift"] = ""
    card: bool = False
    extra: bool = False
    giver: str = ""
    message: str = ""
    offer: Voucher | Item | None = None


def is_to_pack(order: Order, by: datetime | None) -> bool:
    """Whether it is still to be packed, of the orders placed in the PACKED_WITHIN before `by`; None: whenever it was placed."""
    if order.view is None or is_off(order) or order.history or order.erased or live_parcels(order):
        return False
    if order.arrival_word is not None and order.arrival_word.arrived_at is not None:
        return False
    return by is None or by - PACKED_WITHIN <= order.view.placed_at < by


def place_of(order: Order, all_orders: Iterable[Order]) -> int:
    """1 for the buyer's first order that stands, and so on; 0 without an address by which they could be known."""
    key = order.view.buyer.dedupe_key if order.view is not None else ""
    theirs = standing_orders(one for one in all_orders if key and one.view is not None and one.view.buyer.dedupe_key == key)
    return next((place for place, one in enumerate(theirs, 1) if one.key == order.key), 0)


def packing(order: Order, view: View, known: Known, playbook: Playbook, shop: Shop, products: Products, now: datetime) -> Packing:
    """What goes into the parcel, by the playbook's rules for what is packed."""
    parcel = Packing(
        key=order.key,
        number=view.number or order.key,
        placed_at=view.placed_at,
        opens=(known.gift.recipient if known.gift is not None else "") if order.is_gift else view.buyer.name,
        things=tuple((line.title, held) for line, held in still_held(order) if held),
        more=view.more_lines,
        gift=order.is_gift,
        giver=first_name(view.buyer.name) if order.is_gift else "",
        message=known.gift.message if order.is_gift and known.gift is not None else "",
        perhaps=order.verdict == ASK,
    )
    if parcel.perhaps:
        return parcel
    for rule in playbook.of("packed"):
        if _is_for(rule, order, known) and objection_to(rule, order, known, shop, now) is None:
            parcel = _with(parcel, rule, order, known, shop, products, now)
    return parcel if parcel.insert else replace(parcel, offer=None)  # it stands on the insert alone


def _is_for(rule: Rule, order: Order, known: Known) -> bool:
    if rule.to == RECIPIENT or sheet_of(rule) == CARD:
        return order.is_gift
    match rule.audience:
        case "gift":
            return order.is_gift
        case "own":
            return not order.is_gift
        case "first order":
            return not order.is_gift and known.place == 1
        case "repeat":
            return not order.is_gift and known.place > 1
        case _:
            return True


def sheet_of(rule: Rule) -> str:
    """What a packed rule is about."""
    return EXTRA if rule.name == EXTRA else rule.written_with


def _with(parcel: Packing, rule: Rule, order: Order, known: Known, shop: Shop, products: Products, now: datetime) -> Packing:
    if rule.message_class == MARKETING:
        found = (
            something_for(known.buyer, rule.purpose, products, shop, now)
            if known.buyer is not None and not order.is_gift
            else None
        )
        return replace(parcel, offer=parcel.offer or found)
    match sheet_of(rule):
        case sheet if sheet == SLIP:
            return replace(parcel, slip=True)
        case sheet if sheet == CARD:
            return replace(parcel, card=True)
        case sheet if sheet == EXTRA:
            return replace(parcel, extra=not order.is_gift and known.place == THIRD)
        case sheet if sheet == INSERT:
            return replace(parcel, insert="gift" if order.is_gift else _variant(known.place))
        case _:
            return parcel


def _variant(place: int) -> Literal["first", "repeat", "order"]:
    return "order" if place == 0 else "first" if place == 1 else "repeat"


def objection_to(rule: Rule, order: Order, known: Known, shop: Shop, now: datetime) -> Reason | None:
    """Why the rule puts nothing into this parcel, by the same checks as a mail. What is in a gift speaks to whoever opens it."""
    role_ = RECIPIENT if order.is_gift else BUYER
    case = _case(rule, order, known, role_, shop, now)
    for check in (standing.check, rests.check, pace.check, unhappy.check):
        if objection := check(case):
            return objection.reason
    objection = basis.check(replace(case, rule=replace(rule, channel=_agreed(rule, case.standing))))
    return objection.reason if objection is not None else None


def _agreed(rule: Rule, theirs: Standing) -> str:
    """By which channel they agreed to it, else the rule's own: whoever said yes, by whichever, may be told in a parcel. Who only left a box for
    e-mail alone at the checkout has said no such thing.
    """
    for channel in CHANNELS:
        key = consent_key(rule.purpose, channel)
        if key in theirs.consents and not (key == consent_key(NEWSLETTER, EMAIL) and soft_opt_in.in_force(theirs)):
            return channel
    return rule.channel


def _case(rule: Rule, order: Order, known: Known, role_: str, shop: Shop, now: datetime) -> Case:
    buyer = known.buyer.standing if known.buyer is not None else Standing("")
    theirs = (known.opener or Standing("")) if role_ == RECIPIENT else buyer
    country = known.gift.country if known.gift is not None and role_ == RECIPIENT else ""
    if role_ == BUYER and order.view is not None:
        country = order.view.buyer.country
    follow_up = FollowUp(
        id=follow_up_id(rule.name, theirs.person, order.key),
        rule=rule.name,
        person=theirs.person,
        anchor=order.key,
        role=role_,
        message_class=rule.message_class,
        state=PLANNED,
        reason=Reason("order-placed"),
        due_at=now,
        look_at=now,
        created_at=now,
        expires_at=None,
    )
    history = known.buyer if role_ == BUYER else None
    return Case(
        follow_up, rule, theirs, shop, now, name="", address="", country=country or shop.country, order=order, history=history
    )


def something_for(history: History, purpose: str, products: Products, shop: Shop, now: datetime) -> Voucher | Item | None:
    """The one thing that may be offered: their own unspent voucher, the first to end, else an item that fits what they are known to like.

    `purpose`: what they agreed to; what they told for something else is not used.
    """
    good = [one for one in history.vouchers if not one.redeemed_by and not one.waits and one.ends_at >= now + GOOD_FOR]
    if good:
        return min(good, key=lambda one: (one.ends_at, one.code))
    return item_for(history, purpose, products, shop, now)
