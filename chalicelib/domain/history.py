"""History: everything that is known of one person, in one piece, for whoever has to decide about them."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.domain.claim import Contact
from chalicelib.domain.fact import Fact
from chalicelib.domain.follow_up import FollowUp
from chalicelib.domain.inquiry import Inquiry
from chalicelib.domain.order import Order
from chalicelib.domain.standing import Standing
from chalicelib.domain.task import Task
from chalicelib.domain.voucher import Voucher


class History(Struct, frozen=True):
    """`orders` that they placed, without those that the storefront has given another buyer since; `others`: keys of orders that are there and whose
    follow-ups they have, and of which nobody can say by now that they are theirs; `facts` that they stated (what their orders state is read from those, by domain.fact.observed); all in no
    promised order. What is past its day is not among them.
    """

    person: str
    standing: Standing
    contact: Contact | None = None
    orders: tuple[Order, ...] = ()
    others: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    facts: tuple[Fact, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    tasks: tuple[Task, ...] = ()
    vouchers: tuple[Voucher, ...] = ()
