"""For Hypothesis: how hard it looks, and what order events and cases it may draw."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.follow_up import follow_up_id
from chalicelib.domain.gift import Gift, Label, Signs
from chalicelib.domain.money import Money
from chalicelib.domain.order import Buyer, Learnt, Refund
from chalicelib.domain.playbook import BUYER, CLAIMANT, CONTACT, GIVER, RECIPIENT
from chalicelib.domain.screening import Case
from chalicelib.domain.standing import CLASSES
from tests.factories import case, event, follow_up, parcel, view
from tests.support.world import NOON

quick = settings(max_examples=50, deadline=None)
thorough = settings(max_examples=120, deadline=None)

HOUR = timedelta(hours=1)
_ANY = st.characters(codec=None, exclude_categories=())
_NASTY = st.sampled_from("\ud800\udc00\u202e\u200d\r\n\t\0\x85\u2028\u0301 ")
# a list, because text() would draw the nasty ones as seldom as any other
hostile_text = st.lists(st.one_of(_ANY, _NASTY), max_size=40).map("".join)
"""With control characters, lone surrogates and everything else that a str can hold."""

_TIMES = [NOON + n * HOUR for n in range(3)]
_BUYERS = [
    Buyer("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB"),
    Buyer("Isobel Trant", "isobel@example.org", "isobel@example.org", "GB"),
    Buyer("Isobel Trant"),
]
_GIFTS = [
    None,
    Gift("Ruth Okafor", "ruth.okafor@example.com", "ruth.okafor@example.com", "GB"),
    Gift("Ruth Okafor", country="GB", postal=("9 Quay Hill", "Falmouth")),
    Gift("Isobel Trant", "isobel.trant@example.com", "isobel.trant@example.com", "GB"),
]

_SIGNS = [
    Signs(said=(("Gift", "no"), ("Recipient name", "Ruth Okafor")), parcel=Label("Ruth Okafor", "GB", ("9 Quay Hill",))),
    Signs(parcel=Label("Ruth Okafor", "GB", ("9 Quay Hill",))),
    Signs(parcel=Label("Isobel Trant", "GB", ("4 Fore Street",))),
]

views = st.builds(
    view,
    seen_at=st.sampled_from(_TIMES),
    buyer=st.sampled_from(_BUYERS),
    cancelled_at=st.sampled_from([None, None, None, *_TIMES]),
    refunded=st.sampled_from([False, False, False, True]),
    unpaid=st.sampled_from([False, False, False, True]),
    called_off=st.sampled_from([False, False, False, True]),
    part_dispatched=st.booleans(),
)
parcels = st.builds(
    parcel,
    id=st.sampled_from(["1", "2"]),
    seen_at=st.sampled_from(_TIMES),
    dispatched_at=st.sampled_from([None, *_TIMES]),
    delivered_at=st.sampled_from([None, *_TIMES]),
    failed=st.sampled_from([False, False, True]),
    tracking=st.sampled_from(["", "JD1"]),
)


refunds = st.builds(
    Refund,
    id=st.sampled_from(["r1", "r2"]),
    at=st.sampled_from(_TIMES),
    amount=st.sampled_from([Money(4800, "GBP"), Money(900, "GBP"), Money(5, "JPY")]),
    lines=st.sampled_from([{}, {"1": 1}]),
)


@st.composite
def events(draw: st.DrawFn) -> Learnt:
    """One event of the order: its view with or without a gift, parcels, refunds, its deletion or return; or several of these."""
    seen = draw(st.one_of(st.none(), views))
    found = draw(st.lists(parcels, max_size=2, unique_by=lambda one: one.id))
    told = event(seen, draw(st.sampled_from(_GIFTS)) if seen else None, *found)
    if seen and draw(st.booleans()):
        told = msgspec.structs.replace(told, signs=draw(st.sampled_from(_SIGNS)))
    back = draw(st.lists(refunds, max_size=2, unique_by=lambda one: one.id))
    gone = draw(st.sampled_from(["", "", "", "deleted", "restored"]))
    return msgspec.structs.replace(told, refunds=tuple(back), gone=gone)


@st.composite
def two_histories(draw: st.DrawFn) -> tuple[list[Learnt], list[Learnt]]:
    """The same events twice, each time in an order and with repeats of its own."""
    happened = draw(st.lists(events(), min_size=1, max_size=5))
    first, second = (draw(st.permutations(happened + draw(st.lists(st.sampled_from(happened), max_size=2)))) for _ in "12")
    return first, second


@st.composite
def cases(draw: st.DrawFn, message_class: str | None = None) -> Case:
    """A follow-up at any moment, to anyone, under any manners."""
    of_class = message_class or draw(st.sampled_from(CLASSES))
    role = draw(st.sampled_from([BUYER, RECIPIENT, GIVER, CLAIMANT, CONTACT]))
    now = NOON + draw(st.integers(0, 400 * 24 * 60)) * timedelta(minutes=1)
    heard = draw(st.lists(st.integers(0, 40 * 24 * 60), max_size=6))
    moments = st.sampled_from(["", stamp(NOON)])
    return case(
        follow_up=follow_up(
            role=role,
            message_class=of_class,
            expires_at=draw(st.sampled_from([None, now - HOUR, now, now + HOUR])),
        ),
        now=now,
        trigger=draw(st.sampled_from(["claim", "confirmed", "order", "arrival", "thanks"])),
        standing={
            "heard": {follow_up_id("x", "p", str(n)): stamp(now - ago * timedelta(minutes=1)) for n, ago in enumerate(heard)},
            "stopped_at": draw(moments),
            "never_at": draw(moments),
            "unreachable_at": draw(moments),
            "unreachable_why": "bounced",
            "consents": draw(st.sampled_from([{}, {"newsletter/e-mail": stamp(NOON)}])),
        },
        manners={
            "cap": draw(st.integers(0, 4)),
            "quiet_from": draw(st.integers(0, 23)),
            "quiet_to": draw(st.integers(0, 23)),
            "daily_budget": 200,
            "recipient_note": draw(st.sampled_from(["by hand", "e-mail"])),
        },
        paused=draw(st.booleans()),
        used_today=draw(st.sampled_from([0, 199, 200, 1000])),
        address=draw(st.sampled_from(["", "isobel.trant@example.com"])),
        country=draw(st.sampled_from(["GB", "US", "DE", ""])),
    )
