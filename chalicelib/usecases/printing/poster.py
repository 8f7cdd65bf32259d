"""The poster that leads to the competition's form at the counter."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain import retention
from chalicelib.ports import World
from chalicelib.usecases.enter_competition import held
from chalicelib.usecases.printing.paper import Paper, paper_of


def poster(world: World, by: datetime | None) -> Paper:  # noqa: ARG001 - it is the same on each day
    """Nothing of anybody stands on it. `qr` is drawn by whoever prints. Errors: NotFound (no competition is held)."""
    competition = held(world)
    address = f"{world.shop.url}/counter/"
    told = {
        "prize": competition.prize,
        "worth": str(competition.value),
        "closes": f"{competition.closes_hour:02}:00 on the last day of each month",
        "age": competition.age,
        "area": competition.area,
        "kept_days": retention.ENTRY_AFTER_DRAW.days,
        "address": address,
        "spelt": address.partition("://")[2].rstrip("/"),
    }
    return paper_of(world.shop, "poster", "posters", [told], qr="")
