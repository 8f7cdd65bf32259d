"""Consent: what somebody said yes to, in which words, when, and how we know."""

from __future__ import annotations

import hashlib
from datetime import datetime

from msgspec import Struct

NEWSLETTER = "newsletter"
OFFERS = "offers"
"""By post or by a call: what the ladder needs."""
EMAIL = "e-mail"


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """The exact sentence beside a tick box. A changed text needs a new version; old versions stay in force for who saw them."""

    purpose: str
    channel: str
    version: int
    locale: str
    text: str


class Consent(Struct, frozen=True):
    """One entry of the ledger: never changed, only followed by others."""

    person: str
    purpose: str
    channel: str
    basis: str
    wording: str
    wording_hash: str
    version: int
    locale: str
    requested_at: datetime
    confirmed_at: datetime
    source: str


def wording_hash(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def given(person: str, wording: Wording, requested_at: datetime, confirmed_at: datetime, source: str) -> Consent:
    """The ledger entry for a tick that was confirmed by a link. `source`: where the tick was set, e.g. "voucher form"."""
    return Consent(
        person=person,
        purpose=wording.purpose,
        channel=wording.channel,
        basis="consent",
        wording=wording.text,
        wording_hash=wording_hash(wording.text),
        version=wording.version,
        locale=wording.locale,
        requested_at=requested_at,
        confirmed_at=confirmed_at,
        source=source,
    )


def given_at_storefront(person: str, wording: str, locale: str, at: datetime, source: str) -> Consent:
    """The ledger entry for a yes that the storefront tells of. `wording`: beside its own box, as the owner gave it; it has no version."""
    return given(person, Wording(NEWSLETTER, EMAIL, 0, locale, wording), at, at, source)


def consent_key(purpose: str, channel: str) -> str:
    """Under which a consent in force stands in a person's standing."""
    return f"{purpose}/{channel}"
