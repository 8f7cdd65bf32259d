"""What a check looks at and what it may say."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.claim import Claim
from chalicelib.domain.competition import Entry
from chalicelib.domain.consent import Asking
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.gift import Gift
from chalicelib.domain.history import History
from chalicelib.domain.order import Order
from chalicelib.domain.playbook import Playbook, Rule
from chalicelib.domain.products import Products
from chalicelib.domain.reason import Reason
from chalicelib.domain.shop import Shop
from chalicelib.domain.standing import Standing
from chalicelib.domain.voucher import Voucher


class Case(Struct, frozen=True):
    """One follow-up at the moment of sending, with everything that a check may ask.

    `rule` is None when the owner took it out of the playbook. `order`, `gift`, `voucher`: what the follow-up is about, where it
    is about one. `name` and `address`: to whom it would go, "" when unknown. `country`: theirs, two letters, or the shop's.
    `locale`: as they shop, or became a contact; "" when nothing tells, as of a gift's recipient.
    `zones`: those by whose clocks they may live, as IANA names; none when nothing tells. `history`: everything that is known of them, for marketing only; its checks ask more.
    `products`: what the shop sells. `playbook`: for the order of its rules. `used_today`: of the share of today's budget that one of `shards` has.
    """

    follow_up: FollowUp
    rule: Rule | None
    standing: Standing
    shop: Shop
    now: datetime
    name: str
    address: str
    country: str
    paused: bool = False
    used_today: int = 0
    shards: int = 1
    order: Order | None = None
    gift: Gift | None = None
    voucher: Voucher | None = None
    claim: Claim | None = None
    asking: Asking | None = None
    entry: Entry | None = None
    locale: str = ""
    zones: tuple[str, ...] = ()
    history: History | None = None
    products: Products = Products()
    playbook: Playbook = Playbook(rules=())


class Send(Struct, frozen=True):
    """Every check passed."""


class Hold(Struct, frozen=True):
    """Not now. `until`: when to look again. `restarts`: its time to expire counts from its release, not from when it was due."""

    reason: Reason
    until: datetime
    restarts: bool = False


class End(Struct, frozen=True):
    """Never. `state` is cancelled, expired or handed over."""

    state: str
    reason: Reason


Verdict = Send | Hold | End
Objection = Hold | End | None
"""What one check says: None lets it pass."""
