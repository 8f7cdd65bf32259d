"""Preferences: what somebody is shown of their own standing, and what saving the page makes of it (PRODUCT.md, manners 2, 5, 11 and 12)."""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from chalicelib.domain.calendar import at_local, local_day, stamp
from chalicelib.domain.consent import EMAIL, SOFT, WORDS_CHANGED, Consent, Wording, consent_key, consent_of, wording_hash
from chalicelib.domain.delivery import BOUNCED, COMPLAINED
from chalicelib.domain.fact import Fact
from chalicelib.domain.shop import Shop, newest_wording, seen_wording
from chalicelib.domain.standing import PACES, Standing

SOURCE = "preferences page"
"""Who told it, and where, of what is saved on a person's own page."""

PAUSE_MONTHS = 3


class Box(Struct, frozen=True):
    """One consent as a tick box. `text`: the words that they agreed to, where it is in force, else the newest; `hash`: of them, so that a tick says
    yes to what was seen. `since`: since when it is in force, as a stamp, or "". `let_stand`: by a box for saying no that they left alone.
    """

    key: str
    channel: str
    text: str
    hash: str
    locale: str
    since: str = ""
    let_stand: bool = False


class Wish(Struct, frozen=True):
    """The page as it was sent. `ticked`: purpose/channel → hash of the words beside the box. `pause`: whether they want to be left in peace. `seen`:
    `shown` of the standing that the page showed.
    """

    ticked: Mapping[str, str]
    pace: str = ""
    pause: bool = False
    seen: str = ""


class Change(Struct, frozen=True):
    """What a wish changes. `errors`: (field, sentence) of each thing that cannot be done as it was sent; then nothing is."""

    given: tuple[Wording, ...] = ()
    ended: tuple[str, ...] = ()
    pace: str = ""
    paused_until: str = ""
    errors: tuple[tuple[str, str], ...] = ()


NOT_BY_MAIL = (
    "You marked a mail of ours as unwanted, so nothing goes to you by e-mail any more. Write to us, and a person looks into it."
)


def boxes(shop: Shop, standing: Standing, agreed: Iterable[Consent], locale: str) -> tuple[Box, ...]:
    """All that can be agreed to, in the order of shop.toml, then what is in force besides. `agreed`: the ledger; `locale`: the person's.

    Who marked our mail as unwanted is not asked to agree to more of it.
    """
    newest: dict[str, Consent] = {}
    for line in agreed:
        key = consent_key(line.purpose, line.channel)
        newest[key] = max(newest.get(key, line), line, key=lambda one: one.confirmed_at)
    asked = [consent_key(wording.purpose, wording.channel) for wording in shop.wordings]
    found = (_box(shop, standing, key, newest.get(key), locale) for key in dict.fromkeys([*asked, *standing.consents]))
    return tuple(box for box in found if box is not None and (box.since or not _is_shut(standing, box.channel)))


def asked_now(shop: Shop, keys: Iterable[str], locale: str) -> tuple[Box, ...]:
    """These consents, as purpose/channel, in the newest words."""
    found = (_box(shop, Standing(""), key, None, locale) for key in keys)
    return tuple(box for box in found if box is not None)


def _is_shut(standing: Standing, channel: str) -> bool:
    return channel == EMAIL and standing.unreachable_why == COMPLAINED


def _box(shop: Shop, standing: Standing, key: str, line: Consent | None, locale: str) -> Box | None:
    purpose, channel = consent_of(key)
    since, soft = standing.consents.get(key, ""), line is not None and line.basis == SOFT
    wording = newest_wording(shop, purpose, channel, locale)
    if since and line is not None and not soft:
        return Box(key, channel, line.wording, line.wording_hash, line.locale, since)
    if wording is None:
        return Box(key, channel, f"{purpose.capitalize()}, by {channel}.", "", shop.locale, since, soft) if since else None
    return Box(key, channel, wording.text, wording_hash(wording.text), wording.locale, since, bool(since and soft))


def shown(standing: Standing, now: datetime, facts: Iterable[Fact] = ()) -> str:
    """Stands for what a page shows of them: another one, once they have said something else since. `facts`: where it shows what they told."""
    told: list[object] = [
        sorted(standing.consents.items()),
        standing.stopped_at,
        standing.never_at,
        standing.pace,
        paused(standing, now),
    ]
    told += sorted([fact.kind, fact.about, fact.value] for fact in facts)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def paused(standing: Standing, now: datetime) -> str:
    """Until when they want to be left in peace, as a stamp; "" where they do not, or no longer."""
    return standing.paused_until if standing.paused_until > stamp(now) else ""


def pause_ends(now: datetime, zone: str) -> datetime:
    """Three calendar months on, as the day begins in the shop's zone; in a shorter month on its last day."""
    today = local_day(now, zone)
    years, month = divmod(today.month - 1 + PAUSE_MONTHS, 12)
    year = today.year + years
    return at_local(date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])), 0, zone)


def change(wish: Wish, standing: Standing, shop: Shop, now: datetime) -> Change:
    """What is newly ticked is given in the very words that were seen; what is no longer ticked ends, alone. A pause that runs is not made longer."""
    given: list[Wording] = []
    errors: list[tuple[str, str]] = []
    for key, hash_ in wish.ticked.items():
        if key in standing.consents:
            continue
        purpose, _, channel = key.rpartition("/")
        wording = seen_wording(shop, purpose, channel, hash_)
        if wording is None:
            errors.append((key, WORDS_CHANGED))
        elif _is_shut(standing, channel):
            errors.append((key, NOT_BY_MAIL))
        else:
            given.append(wording)
    if wish.pace not in ("", *PACES):
        errors.append(("pace", "Choose how often you want to hear from us."))
    until = (paused(standing, now) or stamp(pause_ends(now, shop.zone))) if wish.pause else ""
    if errors:
        return Change(pace=standing.pace, paused_until=paused(standing, now), errors=tuple(errors))
    return Change(tuple(given), tuple(sorted(standing.consents.keys() - wish.ticked.keys())), wish.pace, until)


def changes_nothing(found: Change, standing: Standing, now: datetime) -> bool:
    """Whether it is so already."""
    return not (found.given or found.ended) and (found.pace, found.paused_until) == (standing.pace, paused(standing, now))


def reached(standing: Standing, asked_at: str) -> bool:
    """Whether a link that they asked for at that time (a stamp, "" for any other link) shows that mail reaches them, which had come back."""
    return standing.unreachable_why == BOUNCED and bool(asked_at) and asked_at > standing.unreachable_at
