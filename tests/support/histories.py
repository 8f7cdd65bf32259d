"""What is known of one person, made by us: what they bought and gave, told and agreed to, and what we wrote to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from chalicelib.domain.ahead import Ahead, look_ahead
from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.fact import DATE, LIKES, NEVER, SIZE, Fact
from chalicelib.domain.follow_up import CANCELLED, SENT, FollowUp, follow_up_id
from chalicelib.domain.gift import GIFT
from chalicelib.domain.history import History
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.money import Money
from chalicelib.domain.order import Line, Order, Parcel, Refund
from chalicelib.domain.playbook import Playbook, Rule
from chalicelib.domain.products import Item, Product, Products
from chalicelib.domain.reason import Reason
from chalicelib.domain.screening import Case, Hold
from chalicelib.domain.screening.verdict import Objection
from chalicelib.domain.standing import MARKETING, Standing
from chalicelib.domain.task import Task
from chalicelib.domain.triggers import MOMENTS, Moment, Outlook
from chalicelib.domain.voucher import Voucher
from tests.factories import PERSON, case, view
from tests.support.known import EVERYTHING
from tests.support.properties import cases
from tests.support.world import NOON, demo_shop, shipped_playbook

DAY = timedelta(days=1)
LONG_AGO = NOON - 700 * DAY
"""Before all else that happens in these histories."""

SHELF = Products(
    products=(
        Product("Lambswool socks", "socks", skus=("SOCK",), sizes=("S", "M", "L"), months=9),
        Product("Rings", "rings", skus=("RING",), sizes=("J", "K", "L"), months=24),
        Product("Lockets", "necklaces", skus=("LOC",)),
    ),
    items=(
        Item("estuary-ring", "Estuary ring", "rings", "https://shop.example/ring", since=date(2026, 3, 16), sizes=("J", "K")),
        Item(
            "harbour-socks",
            "Harbour socks",
            "socks",
            "https://shop.example/socks",
            since=date(2026, 2, 16),
            closing_out=True,
            stock=4,
        ),
    ),
)


def on(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """That hour, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def rule(name: str, **changes: Any) -> Rule:
    """As shipped, with changes."""
    found = shipped_playbook().named(name)
    assert found is not None
    return msgspec.structs.replace(found, **changes)


def bought(at: datetime, *skus: str, key: str = "", size: str = "", **changes: Any) -> Order:
    """Their own order of such things, of which nobody tells when it arrived."""
    options = (("Size", size),) if size else ()
    lines = tuple(Line(sku.title(), 1, 1000, id=str(n), sku=sku, options=options) for n, sku in enumerate(skus or ("SOCK",), 1))
    plain = Order(key or f"shopify:x:{stamp(at)}", view=view(seen_at=at, placed_at=at, total=Money(9000, "GBP"), lines=lines))
    return msgspec.structs.replace(plain, **changes)


def gave(at: datetime, *skus: str, **changes: Any) -> Order:
    """The same, as a gift."""
    return bought(at, *skus, gift=GIFT, **changes)


def arrived(order: Order, at: datetime) -> Order:
    """Its one parcel was delivered then."""
    return msgspec.structs.replace(order, parcels=(Parcel("1", seen_at=at, dispatched_at=at - DAY, delivered_at=at),))


def sent_back(order: Order, at: datetime, line: str = "1") -> Order:
    """One of its lines went back."""
    return msgspec.structs.replace(order, refunds=(Refund(f"r{line}", at, Money(1000, "GBP"), {line: 1}),))


def told(kind: str, about: str, value: str, at: datetime = LONG_AGO) -> Fact:
    """They stated it."""
    return Fact(kind, about, value, "stated", at, "preference page")


def wrote(at: datetime, name: str = "care", *, about: str = "", **changes: Any) -> FollowUp:
    """A marketing mail that went out then."""
    anchor = about or stamp(at)
    plain = FollowUp(
        id=follow_up_id(name, PERSON, anchor),
        rule=name,
        person=PERSON,
        anchor=anchor,
        role="contact",
        message_class=MARKETING,
        state=SENT,
        reason=Reason("sent"),
        due_at=at,
        look_at=at,
        created_at=at,
        sent_at=at,
    )
    return msgspec.structs.replace(plain, **changes)


def waiting(name: str, anchor: str = "x", **changes: Any) -> FollowUp:
    """One that is planned, and due at noon."""
    return wrote(NOON, name, about=anchor, **{"state": "planned", "sent_at": None, "reason": Reason("silent"), **changes})


def inquiry(opened: datetime, closed: datetime | None = None, outcome: Any = "good", **changes: Any) -> Inquiry:
    """A question of theirs."""
    plain = Inquiry(f"{PERSON}-{stamp(opened)}", PERSON, opened, "question")
    if closed is not None:
        plain = msgspec.structs.replace(plain, closed_at=closed, outcome=outcome)
    return msgspec.structs.replace(plain, **changes)


def by_hand(kind: Any, made: datetime, done: datetime | None = None, outcome: Any = "") -> Task:
    """A letter or a call, and what came of it."""
    return Task(f"{PERSON}-{kind}", kind, PERSON, "ladder", kind, made, made, done, outcome)


def voucher(ends: datetime, **changes: Any) -> Voucher:
    """Theirs, not spent yet."""
    plain = Voucher("00000-00000", PERSON, "contract", "welcome", Money(1500, "GBP"), Money(0, "GBP"), ends - 90 * DAY, ends)
    return msgspec.structs.replace(plain, **changes)


def history(*orders: Order, agreed_at: datetime = LONG_AGO, standing: dict[str, Any] | None = None, **known: Any) -> History:
    """Of somebody who agreed to everything long ago."""
    consents = dict.fromkeys(EVERYTHING, stamp(agreed_at))
    changes: dict[str, Any] = {"consents": consents, **(standing or {})}
    contact = Contact(
        PERSON, "Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "en-GB", agreed_at, "voucher form"
    )
    known = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return History(**{"person": PERSON, "standing": Standing(PERSON, **changes), "contact": contact, "orders": orders, **known})


def outlook(known: History, now: datetime = NOON, products: Products = SHELF, **shop: Any) -> Outlook:
    """On them, at that time."""
    return Outlook(known, demo_shop(**shop), products, now)


def moments(name: str, known: History, now: datetime = NOON, products: Products = SHELF, **changes: Any) -> list[Moment]:
    """What the trigger of a shipped rule finds."""
    of = rule(name, **changes)
    return list(MOMENTS[of.trigger](of, outlook(known, now, products)))


def times(found: Iterable[Moment]) -> list[str]:
    """When, oldest first."""
    return sorted(stamp(one.at) for one in found)


def looked(
    known: History, now: datetime = NOON, playbook: Playbook | None = None, on_since: Mapping[str, datetime] | None = None
) -> Ahead:
    """What one look makes of it."""
    return look_ahead(playbook or shipped_playbook(), outlook(known, now), on_since or {})


def after(known: History, ahead: Ahead) -> History:
    """What is known once that was written down."""
    called_off = dict(ahead.call_off)
    by_id = {one.id: one for one in known.follow_ups}
    for one in (*ahead.plan, *ahead.plan_again, *ahead.move):
        by_id[one.id] = one
    for one in ahead.reword:
        by_id[one.id] = msgspec.structs.replace(by_id[one.id], extra=one.extra, why=one.why)
    for id_, why in called_off.items():
        by_id[id_] = msgspec.structs.replace(by_id[id_], state=CANCELLED, reason=why)
    return msgspec.structs.replace(known, follow_ups=tuple(by_id.values()))


_PAST = st.integers(0, 690).map(lambda days: NOON - days * DAY)


@st.composite
def _orders(draw: st.DrawFn) -> Order:
    at, make = draw(_PAST), draw(st.sampled_from([bought, bought, gave]))
    skus = draw(st.lists(st.sampled_from(["SOCK", "RING", "LOC", "UNKNOWN"]), min_size=1, max_size=3))
    order: Order = make(at, *skus, size=draw(st.sampled_from(["", "", "M", "K"])))
    match draw(st.integers(0, 3)):
        case 0:
            return sent_back(order, at + 5 * DAY)
        case 1:
            return msgspec.structs.replace(order, cancelled_at=at)
        case 2:
            return arrived(order, at + 3 * DAY)
        case _:
            return order


_facts = st.one_of(
    st.builds(told, st.just(LIKES), st.sampled_from(["rings", "socks"]), st.sampled_from(["yes", "no"]), _PAST),
    st.builds(told, st.just(SIZE), st.sampled_from(["rings", "socks"]), st.sampled_from(["J", "K", "M"]), _PAST),
    st.builds(
        told,
        st.just(DATE),
        st.sampled_from(["birthday", "partner's birthday"]),
        st.sampled_from(["--03-09", "1988-03-20", "--02-29"]),
        _PAST,
    ),
    st.builds(told, st.just(NEVER), st.just("birthday"), st.just("yes"), _PAST),
)
_inquiries = st.builds(
    lambda at, days, outcome: inquiry(at, at + days * DAY if days is not None else None, outcome),
    _PAST,
    st.sampled_from([None, 0, 1]),
    st.sampled_from(["good", "bad"]),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Of anybody: what they bought, gave, told, asked and heard, up to noon."""
    orders = draw(st.lists(_orders(), max_size=5, unique_by=lambda one: one.key))
    facts = {(one.kind, one.about): one for one in draw(st.lists(_facts, max_size=4))}
    names = st.sampled_from(["care", "something-for-you", "still-welcome"])
    mails = draw(st.lists(st.builds(wrote, _PAST, names), max_size=4, unique_by=lambda one: one.id))
    consents = draw(st.lists(st.sampled_from(EVERYTHING), unique=True)) if draw(st.booleans()) else list(EVERYTHING)
    closed = draw(
        st.sampled_from(
            [{}, {}, {}, {"stopped_at": stamp(NOON)}, {"unreachable_at": stamp(NOON - 9 * DAY), "unreachable_why": "bounced"}]
        )
    )
    return history(
        *orders,
        standing={"consents": dict.fromkeys(consents, stamp(draw(_PAST))), **closed},
        facts=tuple(facts.values()),
        follow_ups=tuple(mails),
        inquiries=tuple(draw(st.lists(_inquiries, max_size=2, unique_by=lambda one: one.id))),
        vouchers=(voucher(NOON + draw(st.integers(-5, 40)) * DAY),),
    )


def case_of(known: History, one: FollowUp | None = None, now: datetime = NOON, **changes: Any) -> Case:
    """One of theirs at the moment of sending, with all that is known of them. Plainly: the care reminder that waits."""
    follow_up = one or waiting("care")
    plain = {"follow_up": follow_up, "rule": rule(follow_up.rule), "history": known, "now": now}
    found = case(**{**plain, **changes})
    return msgspec.structs.replace(found, standing=known.standing, products=SHELF, playbook=shipped_playbook())


@st.composite
def selling(draw: st.DrawFn) -> Case:
    """Marketing of any kind, to anybody, at any time."""
    known, now = draw(histories()), NOON + draw(st.integers(0, 60 * 24)) * timedelta(hours=1)
    names = [one.name for one in shipped_playbook().rules if one.trigger in MOMENTS]
    asked = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    category = {"category": draw(st.sampled_from(["rings", "socks"]))}
    others = [waiting(name, extra=category, state=draw(st.sampled_from(["planned", "held"]))) for name in asked]
    first = msgspec.structs.replace(others[0], released_at=draw(st.sampled_from([None, NOON])))
    known = msgspec.structs.replace(known, follow_ups=(*known.follow_ups, first, *others[1:]))
    return case_of(known, first, now, rule=rule(first.rule, mode=draw(st.sampled_from(["on", "ask"]))))


@st.composite
def not_selling(draw: st.DrawFn, message_class: str) -> Case:
    """Service or courtesy under a rule that is simply on, to anybody of whom all is known that there may be."""
    found = draw(cases(message_class=message_class))
    return msgspec.structs.replace(found, history=draw(histories()), playbook=shipped_playbook(), products=SHELF)


def released_when_it_says(check: Callable[[Case], Objection], found: Case) -> None:
    """A hold's time lies ahead; when it has come, the same check is content, or names a later time."""
    objection = check(found)
    if isinstance(objection, Hold):
        assert objection.until > found.now
        then = check(msgspec.structs.replace(found, now=objection.until))
        assert not isinstance(then, Hold) or then.until > objection.until
