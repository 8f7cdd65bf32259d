"""What somebody is told of all that is kept of them: every kind of it, and nothing of anybody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.domain.fact import ADDRESS, Fact
from chalicelib.domain.floor import Unheard
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.task import Task
from chalicelib.stores import facts, plans, tasks
from chalicelib.table import Put
from chalicelib.usecases.open_inquiry import open_inquiry
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.take_order import take_order
from chalicelib.usecases.tell_all import tell_all
from tests.docs.reading import text_of
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.site import Site, items, link
from tests.support.world import SECRETS, TestWorld

ISOBEL = "isobel.trant@example.com"
PERSON = person_id(SECRETS.people, parse_address(ISOBEL).key)

TOLD = {"P#<person>", "V#<code>", "O#<order> / ORDER", "FLOOR"}
"""Keys of what is told. All that stands under a person is, whatever it is."""

SOMEBODY_ELSES = {"O#<order> / GIFT"}
"""A gift's recipient."""

NOBODYS = {"RULES", "POOL#<offer>", "STOREFRONT#<storefront>", "NIGHTLY", "GATE#<shard>", "OWNER", "CANARY", "ROUND#<round>"}
"""The shop's own. A round's list holds hashes of what the entry itself says."""

PASSING = {"E#<id>", "W#<storefront>#<id>", "REQUESTS", "RATE#<kind>#<hash>", "RATE#link#<hash>"}
"""Ids and hashes on their way through, and raw bodies that hold others' data, too: gone within hours or days."""


def lived() -> TestWorld:
    """A world in which everything is known of Isobel that can be."""
    world = TestWorld()
    site = Site(world)
    site.claim(tick=True)
    world.work()
    site.press(link(world.mails()[0].mail, "/api/confirm"))
    record_consent(world, ISOBEL, ["occasions/e-mail"], source="the counter")
    take_order(world, learnt("orders/create", shopify_order(id=77)))
    take_order(world, learnt("orders/create", gift_order()))
    take_order(world, learnt("fulfillments/update", shopify_parcel()))
    now = world.clock.now()
    world.table.write(facts.put(PERSON, Fact(ADDRESS, "post", "4 Fore Street\nTruro", "stated", now, "the counter", "offers")))
    open_inquiry(world, ISOBEL, "The clasp came off.")
    world.table.write(tasks.put(Task(f"{PERSON}-letter", "letter", PERSON, "ladder", "letter", now, now)))
    world.table.write(plans.below_floor(Unheard(PERSON, now, "planned")))
    entry = {"pk": f"P#{PERSON}", "sk": "ENTRY#2026-03", "person": PERSON, "round": "2026-03", "name": "Isobel Trant"}
    world.table.write(Put({**entry, "address": ISOBEL}))
    world.table.write(Put({"pk": f"P#{PERSON}", "sk": "ORDER#shopify:78"}))
    return world


def told(world: TestWorld) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(tell_all(world, PERSON))
    return found


def test_every_kind_of_item_that_is_kept_of_them_is_told() -> None:
    with lived() as world:
        found = told(world)
        kept = [item for item in items(world) if item["pk"] == f"P#{PERSON}"]
        about = [one for one in found["about"] if one["kind"] != "below the floor"]
        assert len(about) == len(kept)
        assert {one["kind"] for one in found["about"]} == {
            "standing", "contact", "claim", "offer mark", "consent", "asked consent", "fact", "plan", "follow-up", "inquiry", "task",
            "order mark", "entry", "below the floor",
        }  # fmt: skip
        (voucher,) = found["vouchers"]
        assert voucher["code"]
        assert {one["key"] for one in found["orders"]} == {"shopify:77", "shopify:5551023340801"}


def test_each_attribute_is_told_as_it_is_kept() -> None:
    with lived() as world:
        found = told(world)
        for item in items(world):
            if item["pk"] != f"P#{PERSON}":
                continue
            kept = {name: value for name, value in item.items() if name not in ("pk", "sk", "kind", "due_pk", "due_sk")}
            assert any(kept.items() <= one.items() for one in found["about"]), item["sk"]


def test_of_a_gifts_recipient_nothing_is_told() -> None:
    with lived() as world:
        assert "Ruth" in json.dumps(items(world))
        text = tell_all(world, PERSON).decode()
        ruth = person_id(SECRETS.people, parse_address("ruth.okafor@example.com").key)
        assert [word for word in ("Ruth", "Okafor", "Quay Hill", ruth) if word in text] == []


def test_of_nobody_else_anything_is_told() -> None:
    with lived() as world:
        take_order(world, learnt("orders/create", shopify_order(id=99, email="tom.jago@example.com")))
        assert "tom.jago" not in tell_all(world, PERSON).decode()


def test_an_order_that_is_somebody_elses_now_is_not_told() -> None:
    with lived() as world:
        changed = shopify_order(id=77, email="tom.jago@example.com", updated_at="2026-03-02T12:05:00+00:00")
        take_order(world, learnt("orders/updated", changed))
        assert "tom.jago" not in tell_all(world, PERSON).decode()
        assert [one["key"] for one in told(world)["orders"]] == ["shopify:5551023340801"]


def test_a_new_kind_of_item_is_told_or_it_is_said_why_not() -> None:
    heads = re.findall(r"^### .+?: (`.+`)$", text_of("data-model.md"), re.MULTILINE)
    keys = [re.findall(r"`([^`]+)`", head) for head in heads]
    assert len(keys) > 20
    unsorted = []
    for key in keys:
        names = {key[0], " / ".join(key[:2])}
        if not names & (TOLD | SOMEBODY_ELSES | NOBODYS | PASSING):
            unsorted.append(key)
    assert unsorted == []


@pytest.mark.parametrize("person", [PERSON, ""])
def test_of_whom_nothing_is_kept_nothing_is_told(person: str) -> None:
    with TestWorld() as world:
        assert json.loads(tell_all(world, person)) == {"about": [], "vouchers": [], "orders": [], "facts": []}
