"""What a storefront says of a customer, apart from their orders: a yes or no to its newsletter, and what the law lets them ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class ConsentSaid(Struct, frozen=True):
    """A customer's yes or no to marketing by e-mail, as the storefront has it.

    `at`: when they said so, by the storefront's own time, None where it doesn't say. `confirmed`: they said it once more from their own
    mailbox. `customer`: the storefront's id of them, or "".
    """

    source: str
    said: Literal["yes", "no"]
    address: str
    dedupe_key: str
    at: datetime | None = None
    confirmed: bool = False
    name: str = ""
    locale: str = ""
    customer: str = ""


class PrivacyRequest(Struct, frozen=True):
    """Somebody asked the storefront for what is kept of them (export) or to have it deleted (erase); "erase shop": the shop has left it.

    `orders`: the storefront's ids of the orders that it is about. `dedupe_key`: of their address, "" where none was given.
    """

    source: str
    kind: Literal["export", "erase", "erase shop"]
    dedupe_key: str = ""
    orders: tuple[str, ...] = ()
    customer: str = ""
