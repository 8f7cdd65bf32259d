"""Consent: what somebody said yes to, in which words, when, and how we know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.playbook import CALL, POST
from chalicelib.errors import Invalid

NEWSLETTER = "newsletter"
FOR_YOU = "for you"
"""By e-mail, of things that fit them."""

OFFERS = "offers"
"""By post or by a call: what the ladder needs."""
EMAIL = "e-mail"

CHANNELS = (EMAIL, POST, CALL)
"""By which somebody may agree to be reached; paper in a parcel goes by whichever they agreed to."""


SOFT = "soft opt-in"
"""The basis of what nobody said yes to: a box for saying no was left alone (soft_opt_in.py)."""

WORDS_CHANGED = "Our words have changed since: please read them and tick the box again."
"""Told to whoever ticked words that are not ours any more: a yes is said to what was seen."""


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


class Asking(Struct, frozen=True, omit_defaults=True):
    """Consents by e-mail that wait for the click in the one mail that asks for them; deleted seven days after.

    `id` changes with each mail, and its link carries it. `name`, `address`, `dedupe_key`, `locale`: of the contact that the click makes,
    where they are none yet. `ticked`: purpose → hash of the words that its mail shows, so that the click says yes to these and no others. `source`: who asked for
    it, and where. `times`: how many mails have asked and were not answered, this one included.
    """

    id: str
    person: str
    name: str
    address: str
    dedupe_key: str
    locale: str
    asked_at: datetime
    source: str
    follow_up: str
    ticked: Mapping[str, str]
    times: int = 1
    confirmed_at: datetime | None = None


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


def consent_of(key: str) -> tuple[str, str]:
    """`consent_key`'s purpose and channel, as somebody may type it. Errors: Invalid."""
    purpose, _, channel = (part.strip() for part in key.strip().rpartition("/"))
    if not purpose or channel not in CHANNELS:
        raise Invalid(
            f"Give a consent as purpose/channel, such as {NEWSLETTER}/{EMAIL}; a channel is e-mail, post or call.", "consent"
        )
    return purpose, channel
