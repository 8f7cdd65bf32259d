"""What is published of a round, for anybody who would check it. Reads only, and nothing of it says who anybody is."""

from __future__ import annotations

from chalicelib.domain.competition import called, is_round
from chalicelib.domain.draw import Published
from chalicelib.errors import NotFound
from chalicelib.ports import World
from chalicelib.stores import entries


def look_at_draw(world: World, round_: str) -> Published:
    """Errors: NotFound (no such round, or its list is not fixed yet), Retryable."""
    if not is_round(round_):
        raise NotFound("There is no such draw: name one by its year and month, such as 2026-12.")
    keys = [entries.closed_key(round_), entries.drawn_key(round_)]
    found = world.table.get_many(keys, strong=False)
    closed, drawn = entries.load_closed(found.get(keys[0])), entries.load_drawn(found.get(keys[1]))
    if closed is None or not closed.commitment:
        raise NotFound(f"The list of the {called(round_)} draw is not fixed yet: it is some minutes after the draw has closed.")
    hashes = world.blob.get(entries.blob_name(round_, closed.commitment)).decode().split()
    return Published(
        shop=world.shop.name,
        round=round_,
        closed_at=closed.closed_at,
        count=closed.count,
        commitment=closed.commitment,
        seed=closed.seed,
        hashes=tuple(hashes),
        value=drawn.value if drawn is not None else "",
        winner=drawn.winner if drawn is not None else "",
        passed_over=drawn.passed_over if drawn is not None else (),
        fixed_at=closed.fixed_at,
        drawn_at=drawn.drawn_at if drawn is not None else None,
    )
