"""The page is saved: all that is on it at once, in one transaction. Saying the same twice is fine.

open the link → read → what would change (domain.preferences) → choose
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.domain.preferences import Change, Wish, change, changes_nothing, reached, shown
from chalicelib.errors import Lost, Retryable
from chalicelib.ports import World
from chalicelib.usecases.choose import choose
from chalicelib.usecases.look_at_preferences import Own, look_at_preferences

TRIES = 4
CHANGED_ELSEWHERE = (
    "Something changed since you opened this page. It now shows how things stand: please look, and save once more."
)


class Saved(Struct, frozen=True):
    """`own`: what is known of them afterwards, or None where nothing is left. `errors`: (field, sentence); then nothing was changed."""

    own: Own | None
    errors: tuple[tuple[str, str], ...] = ()


def save_preferences(world: World, token: str, wish: Wish) -> Saved:
    """A page that was shown before they said something else, by another page or by stop, changes nothing: it is shown anew.

    Errors: Unverified, Retryable.
    """
    for _ in range(TRIES):
        now = world.clock.now()
        own = look_at_preferences(world, token)
        if own is None:
            return Saved(None)
        found = change(wish, own.history.standing, world.shop, now)
        if not _changes(own, found, now):
            return Saved(own, found.errors)
        if wish.seen != shown(own.history.standing, now):
            return Saved(own, (("", CHANGED_ELSEWHERE),))
        if found.errors:
            return Saved(own, found.errors)
        try:
            choose(world, own, found, now)
        except Lost:
            continue  # another tab was quicker, or a mail is just going out: look again
        return Saved(look_at_preferences(world, token))
    raise Retryable("Too much happened at once. Please press the button again.")


def _changes(own: Own, found: Change, now: datetime) -> bool:
    standing = own.history.standing
    return bool(found.errors) or not changes_nothing(found, standing, now) or reached(standing, own.asked_at)
