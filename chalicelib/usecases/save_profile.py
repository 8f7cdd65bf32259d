"""A step of the profile is saved: what they tell, what they take back, and the yes that it is told for, in one transaction.

open the link → read → each thing made fit to be kept → choose

Nothing is kept that could be used for nothing: without a yes to its purpose a thing comes back with the question, and is not written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from chalicelib.domain.consent import Wording, consent_of
from chalicelib.domain.fact import Fact
from chalicelib.domain.preferences import Wish, change, paused, shown
from chalicelib.domain.profile import KINDS, needs
from chalicelib.domain.stating import fit_to_keep
from chalicelib.errors import Invalid, Lost, Retryable
from chalicelib.ports import World
from chalicelib.usecases.choose import choose
from chalicelib.usecases.look_at_preferences import Own, look_at_preferences
from chalicelib.usecases.save_preferences import CHANGED_ELSEWHERE

TRIES = 4
SOURCE = "profile page"
UNASKED = (
    "We keep this only for what you tick. Please tick the box below, or leave this empty: without your yes it would be of no use."
)
NOTHING_TOLD = "There is nothing yet that this could be used for. Fill in the field above, or leave this box empty."

About = tuple[str, str]
"""A fact's kind, and what it is about."""


class Told(Struct, frozen=True):
    """One step as it was sent. `values`: (kind, about) → as it was typed; "" takes back what was told. `ticked` and `seen`: as in Wish."""

    step: str
    values: Mapping[About, str]
    ticked: Mapping[str, str]
    seen: str = ""


class Kept(Struct, frozen=True):
    """`own`: what is known of them afterwards, or None where nothing is left. `errors`: what each sentence is about, (kind, about), a consent as
    ("consent", purpose/channel), or ("", ""); then nothing was changed.
    """

    own: Own | None
    errors: tuple[tuple[About, str], ...] = ()


class _Found(Struct):
    told: list[Fact]
    back: list[Fact]
    errors: list[tuple[About, str]]


def save_profile(world: World, token: str, told: Told) -> Kept:
    """Saying the same twice is fine. Errors: Unverified, Retryable."""
    for _ in range(TRIES):
        now = world.clock.now()
        own = look_at_preferences(world, token)
        if own is None:
            return Kept(None)
        standing = own.history.standing
        wish = Wish({**dict.fromkeys(standing.consents, ""), **told.ticked}, standing.pace, bool(paused(standing, now)))
        said = change(wish, standing, world.shop, now)
        found = _sorted(world, own, told, said.given, now)
        found.errors += ((("consent" if key else "", key), sentence) for key, sentence in said.errors)
        if found.errors:
            return Kept(own, tuple(found.errors))
        if not (found.told or found.back or said.given):
            return Kept(own)
        if told.seen != shown(standing, now, own.history.facts):
            return Kept(own, ((("", ""), CHANGED_ELSEWHERE),))
        try:
            choose(world, own, said, now, told=found.told, taken_back=found.back, source=SOURCE)
        except Lost:
            continue  # another tab was quicker, or a mail is just going out: look again
        return Kept(look_at_preferences(world, token))
    raise Retryable("Too much happened at once. Please press the button again.")


def _sorted(world: World, own: Own, told: Told, given: tuple[Wording, ...], now: datetime) -> _Found:
    """What is new, what is taken back, and what cannot be kept."""
    found = _Found([], [], [])
    agreed = {*own.history.standing.consents, *(f"{wording.purpose}/{wording.channel}" for wording in given)}
    before = {(fact.kind, fact.about): fact for fact in own.history.facts}
    for about, text in told.values.items():
        if about[0] not in KINDS[told.step]:
            continue
        if not text.strip():
            found.back += [before[about]] if about in before else []
            continue
        if about in before and text.replace("\r\n", "\n") == before[about].value:
            continue  # as it is kept, whatever the shop's files name by now
        try:
            fact = _fit(world, about, text, now)
        except Invalid as error:
            found.errors.append((about, str(error)))
            continue
        known = before.get((fact.kind, fact.about))
        if known is None or known.value != fact.value:
            found.told.append(fact)
            if needs(fact.kind) not in agreed:
                found.errors.append((about, UNASKED))
    told_now = {(fact.kind, fact.about): fact for fact in found.told}  # of two that come to the same label the last counts
    found.told = list(told_now.values())
    found.back = [fact for fact in found.back if (fact.kind, fact.about) not in told_now]
    found.errors += ((("consent", key), NOTHING_TOLD) for key in _idle(own, told, found, given))
    return found


def _fit(world: World, about: About, text: str, now: datetime) -> Fact:
    purpose, _ = consent_of(needs(about[0]))
    fact = Fact(about[0], about[1], text, "stated", now, SOURCE, purpose)
    return fit_to_keep(fact, world.products, [wording.purpose for wording in world.shop.wordings], world.shop.country)


def _idle(own: Own, told: Told, found: _Found, given: tuple[Wording, ...]) -> list[str]:
    """What they newly say yes to without telling what it could be used for."""
    kept = [fact for fact in own.history.facts if fact not in found.back]
    served = {needs(fact.kind) for fact in (*kept, *found.told)}
    wrong = {needs(kind) for (kind, _), _ in found.errors if kind in KINDS[told.step]}
    keys = [f"{wording.purpose}/{wording.channel}" for wording in given]
    return [key for key in keys if key not in served and key not in wrong]
