"""What the owner's morning mail is told."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from chalicelib.domain.links import PAUSE
from chalicelib.usecases.telling.telling import Context, Telling
from chalicelib.usecases.today import today

LINK_LASTS = timedelta(days=3)


def morning(told: Telling) -> Context:
    """The owner's day, and the way to the button that pauses all sending."""
    return {**msgspec.to_builtins(today(told.world)), "pause_url": told.link("pause", PAUSE, "", told.case.now + LINK_LASTS)}
