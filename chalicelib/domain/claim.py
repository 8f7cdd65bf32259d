"""Claims: a name and an address for a voucher. What an answer must not give away: whether we knew the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.domain.identity import Address
from chalicelib.domain.voucher import Offer

ONE_MAIL_PER = timedelta(hours=24)
LINK_LASTS = timedelta(days=7)

SITE_FORM, STOREFRONT = "voucher form", "storefront"
"""Where a claim was made: on our own page, or by the form that the widget puts into the storefront's."""


class Claim(Struct, frozen=True, omit_defaults=True):
    """A claim that waits for the click in its mail; deleted seven days after it was made.

    `offer`: as it stood when it was claimed, for that is what was promised. `id` changes with each claim that is mailed, and the link carries it: a link confirms exactly the answers it was sent for.
    `version`: of the wording beside the tick, 0 without a tick. `times`: how often it was claimed while this one was mailed.
    `source`: SITE_FORM or STOREFRONT.
    """

    id: str
    person: str
    offer: Offer
    name: str
    address: str
    dedupe_key: str
    mailed_at: datetime
    follow_up: str
    version: int = 0
    times: int = 1
    confirmed_at: datetime | None = None
    source: str = SITE_FORM


class Contact(Struct, frozen=True, omit_defaults=True):
    """A person by their own act: their confirmed address and what they like to be called."""

    person: str
    name: str
    address: str
    dedupe_key: str
    locale: str
    confirmed_at: datetime
    source: str


def link_scope(offer: str, claim_id: str) -> str:
    """What a confirmation link is for: one claim of one offer, by the offer's name."""
    return f"{claim_id}/{offer}"


def claim_of(scope: str) -> tuple[str, str]:
    """`link_scope`'s offer and claim."""
    claim_id, _, offer = scope.partition("/")
    return offer, claim_id


def was_mailed_lately(claim: Claim | None, now: datetime) -> bool:
    """One confirmation per address per 24 hours; until then the first claim's answers stand and nobody can change them."""
    return claim is not None and now < claim.mailed_at + ONE_MAIL_PER


def contact_from(claim: Claim, locale: str, now: datetime) -> Contact:
    """The contact that a confirmed claim makes."""
    return Contact(
        person=claim.person,
        name=claim.name,
        address=claim.address,
        dedupe_key=claim.dedupe_key,
        locale=locale,
        confirmed_at=now,
        source=claim.source,
    )


class Asked(Struct, frozen=True):
    """A claim form, checked: every field is as it may be stored. `newsletter`: the version of the words that were ticked, 0 for none.
    `source`: as a Claim's.
    """

    name: str
    address: Address
    newsletter: int
    source: str = SITE_FORM
