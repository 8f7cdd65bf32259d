"""A table that was put back to an earlier day learns which rounds of the competition had closed since, with which list, and how they were drawn.

Lists and draws lie among the blobs, which no restore of the table takes back. Without this a round would close a second time, with the entries of
the earlier day, and another winner be drawn and told than the one that was published.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from chalicelib.domain.competition import closes_at
from chalicelib.errors import Lost
from chalicelib.ports import World
from chalicelib.stores import entries
from chalicelib.stores.entries import Closed, Drawn

_LISTS, _DRAWN = "draws", "drawn"  # the first is what entries.blob_name begins with


def keep_drawn(world: World, drawn: Drawn) -> None:
    """Once it stands in the table. A hash and the value: it says nothing of anybody. Errors: Retryable."""
    world.blob.put(f"{_DRAWN}/{drawn.round}", msgspec.json.encode(drawn))


def close_again(world: World) -> None:
    """Saying it twice is fine. Who entered since the backup is not kept, and cannot win any more where it is not drawn yet. Errors: Retryable."""
    held, lists = world.shop.competition, dict[str, list[str]]()
    for name in world.blob.names(_LISTS):
        _, round_, commitment = name.split("/")
        lists.setdefault(round_, []).append(commitment)
    for round_, known in sorted(lists.items()):
        if held is None or len(known) > 1:  # of two who closed at once nobody can tell here whose list counted
            continue
        count = len(world.blob.get(entries.blob_name(round_, known[0])).split())
        closes, seed = closes_at(round_, held.closes_hour, world.shop.zone), " ".join(held.seed.split())
        with suppress(Lost):  # the table knows
            world.table.write(entries.close(Closed(round_, closes, held.prize, str(held.value), seed, known[0], count)))
    for name in world.blob.names(_DRAWN):
        with suppress(Lost):
            world.table.write(entries.draw(msgspec.json.decode(world.blob.get(name), type=Drawn)))
