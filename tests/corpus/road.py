"""The whole road of an event: signed, received, taken by the worker, and what the table then holds."""

from __future__ import annotations

import base64
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import Struct

from chalicelib import strict_json
from chalicelib.domain.customer import PrivacyRequest
from chalicelib.domain.follow_up import FAILED, PLANNED, SENDING, STATES, UNSURE, FollowUp
from chalicelib.domain.gift import Gift
from chalicelib.domain.identity import person_id
from chalicelib.domain.order import Learnt, Word, order_key
from chalicelib.domain.planning import wanted
from chalicelib.errors import Invalid, NotFound, TooLarge, Unverified
from chalicelib.ports import Heard, Storefront
from chalicelib.stores import follow_ups, orders, webhooks
from chalicelib.stores.codec import from_item
from chalicelib.table import Item
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.take_order import take_order
from courtesy.webhook import placed_now
from tests.corpus.files import Event
from tests.support.site import items
from tests.support.world import MemoryBlob, TestWorld

LEARNT, IGNORED, REFUSED = "learnt", "ignored", "refused"
SECRET = "whsec_" + base64.b64encode(b"a secret of 32 bytes for a test.").decode()
_REFUSALS = (Invalid, Unverified, TooLarge, NotFound)
_NO_TEST = {"test": False, "livemode": True}
_NEVER = (SENDING, UNSURE, FAILED)


class Wrong(Exception):
    """What should not have happened."""


class Became(Struct, frozen=True):
    """What came of an event: learnt | ignored | refused, and why."""

    what: str
    why: str = ""


@contextmanager
def opened(storefronts: Mapping[str, Storefront]) -> Iterator[TestWorld]:
    """A shop to which all of these may send."""
    with TestWorld(cap=1000, daily_budget=100_000) as world:
        world.storefronts = storefronts
        world.secrets = msgspec.structs.replace(world.secrets, webhooks=dict.fromkeys(storefronts, (SECRET,)))
        yield world


def deliver(world: TestWorld, event: Event, raw: bytes, nonce: str) -> Became:
    """Signed, received and worked off. Errors: Wrong, or whatever is raised that may not be."""
    storefront = world.storefronts.get(event.source)
    headers = storefront.sign(event.topic, raw, SECRET, world.clock.now(), nonce) if storefront is not None else {}
    before = _kept(world)
    try:
        answer = receive_webhook(world, event.source, {name.lower(): value for name, value in headers.items()}, raw)
    except _REFUSALS as error:
        if _kept(world) != before:
            raise Wrong("a refused delivery left something behind") from None
        return Became(REFUSED, str(error))
    if answer.startswith("ignored: ") or answer == "hello":
        if _kept(world) != before:
            raise Wrong("an ignored delivery left something behind")
        return Became(IGNORED, answer.removeprefix("ignored: "))
    world._drain()
    end = _outcome(world, {str(item["pk"]) for item in before[0]})
    heard = _heard(world.storefronts, msgspec.structs.replace(event, body=strict_json.loads(raw)))
    if isinstance(heard, Learnt) and world.table.get(orders.key(order_key(heard.source, heard.order))) is None:
        raise Wrong("taken, but no order is kept of it")
    return end


def _kept(world: TestWorld) -> tuple[list[Item], dict[str, bytes], dict[str, int]]:
    return items(world), dict(cast("MemoryBlob", world.blob).kept), world.queue.waiting()


def _outcome(world: TestWorld, before: set[str]) -> Became:
    """By what the worker noted. Of a repeat there is nothing new, and what it repeats was learnt."""
    new = [item for item in items(world) if item["sk"] == "WEBHOOK" and str(item["pk"]) not in before]
    for item in new:
        outcome = getattr(webhooks.load(item), "outcome", "")
        if outcome.startswith("ignored: "):
            return Became(IGNORED, outcome.removeprefix("ignored: "))
        if outcome not in (webhooks.TAKEN, webhooks.DONE):
            raise Wrong(f"received, but then: {outcome or 'not taken'}")
    return Became(LEARNT)


def check_table(world: TestWorld) -> None:
    """Every order decodes and can be planned again, every follow-up is in a proper state. Errors: Wrong, and what decoding raises."""
    found = items(world)
    gifts = {str(item["pk"]): from_item(item, Gift) for item in found if item["sk"] == "GIFT"}
    for item in found:
        if item["sk"] == "ORDER":
            order = orders.load(item, str(item["pk"]).removeprefix("O#"))
            wanted(order, gifts.get(str(item["pk"])), world.playbook, world.shop, _person_id(world), world.clock.now())
        elif follow_ups.is_follow_up(item):
            _check_follow_up(from_item(item, FollowUp), item)


def arrive(world: TestWorld) -> None:
    """The owner says that every order is a gift and has arrived, so that all mail follows which may."""
    now = world.clock.now()
    for order in orders.all_of(world.table):
        source, _, id_ = order.key.partition(":")
        take_order(world, Learnt(source, id_, word=Word(now, gift=True, arrived_at=now)))


def _person_id(world: TestWorld) -> Any:
    return lambda key: person_id(world.secrets.people, key)


def _check_follow_up(one: FollowUp, item: Item) -> None:
    if one.state not in STATES or one.state in _NEVER:
        raise Wrong(f"{one.rule} is {one.state}: {one.reason}")
    if one.reason.kind == "unrenderable":
        raise Wrong(f"{one.rule} cannot be written: {one.reason.facts.get('detail')}")
    if one.state == PLANNED and "due_pk" not in item:
        raise Wrong(f"{one.rule} is planned, but the clock will never find it")


def states(world: TestWorld) -> Counter[str]:
    """How many follow-ups are in each state."""
    return Counter(from_item(item, FollowUp).state for item in items(world) if follow_ups.is_follow_up(item))


def as_of_now(world: TestWorld, event: Event) -> Event:
    """The event as if its order were placed now and no test, so that mail follows from it."""
    if not isinstance(event.body, dict):
        return event
    body = {**event.body, **{name: real for name, real in _NO_TEST.items() if name in event.body}}
    heard = _heard(world.storefronts, event)
    placed = heard.view.placed_at if isinstance(heard, Learnt) and heard.view is not None else None
    return msgspec.structs.replace(event, body=placed_now(body, world.clock.now(), placed))


def travel(
    storefronts: Mapping[str, Storefront], events: Sequence[Event]
) -> tuple[list[tuple[Event, Became]], Counter[str], list[str]]:
    """All events in one shop: each one's end, the follow-ups' states after a day, and all that went wrong.

    Whoever asks to be forgotten does so after that day: before it, one such request would leave nothing to look at.
    """
    erasing = [event for event in events if _erases(storefronts, event)]
    first = [event for event in events if event not in erasing]
    with opened(storefronts) as world:
        done, wrong = _deliver_all(world, first, "early")
        wrong += _a_day_later(world)
        found = states(world)
        done_after, wrong_after = _deliver_all(world, erasing, "late")
        return [*done, *done_after], found, [*wrong, *wrong_after, *_a_day_later(world)]


def travel_alone(storefronts: Mapping[str, Storefront], event: Event) -> tuple[Counter[str], list[str]]:
    """The event as if it were of today, in a shop of its own: the follow-ups' states after a day, and all that went wrong."""
    with opened(storefronts) as world:
        _, wrong = _deliver_all(world, [as_of_now(world, event)], "alone")
        wrong += [f"{event.file} ({event.topic}), {one}" for one in _a_day_later(world)]
        return states(world), wrong


def _erases(storefronts: Mapping[str, Storefront], event: Event) -> bool:
    heard = _heard(storefronts, event)
    return isinstance(heard, PrivacyRequest) and heard.kind != "export"


def _heard(storefronts: Mapping[str, Storefront], event: Event) -> Heard | None:
    """None for whatever is refused, or raised: delivering it will tell."""
    try:
        return storefronts[event.source].learn(event.topic, strict_json.dumps(event.body))
    except Exception:  # noqa: BLE001
        return None


def _deliver_all(world: TestWorld, events: Sequence[Event], nonce: str) -> tuple[list[tuple[Event, Became]], list[str]]:
    done: list[tuple[Event, Became]] = []
    wrong: list[str] = []
    for number, event in enumerate(events):
        try:
            done.append((event, deliver(world, event, strict_json.dumps(event.body), f"{nonce}-{number}")))
        except Exception as error:  # noqa: BLE001  whatever is raised is told with the file's name
            wrong.append(f"{event.file} ({event.topic}): {told(error)}")
    return done, wrong


def _a_day_later(world: TestWorld) -> list[str]:
    try:
        world.live(days=1)
        check_table(world)
    except Exception as error:  # noqa: BLE001
        return [f"a day later: {told(error)}"]
    return []


def told(error: Exception) -> str:
    """What it was, and where it was raised, innermost first."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-3:])
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__}: {str(error)[:300]} ({where})"
