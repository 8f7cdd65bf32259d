"""Any checkout may ask what a voucher is worth, and spend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.voucher import Voucher
from chalicelib.stores import vouchers
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order
from tests.support.site import JSON, Answer, Site
from tests.support.world import NOON, SECRETS, TestWorld

CODE = "00000-00011"
KEY = "checkout key for tests"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(wrong_codes=3) as made:
        made.secrets = msgspec.structs.replace(SECRETS, checkout=KEY, live_table=made.table.identity())
        voucher = Voucher(
            CODE, "p", "contract", "welcome", Money(1500, "GBP"), Money(6000, "GBP"), NOON, NOON + timedelta(days=90)
        )
        for put in vouchers.issue(voucher):
            made.table.write(put)
        yield made


def look(world: TestWorld, code: str = CODE, key: str | None = KEY) -> Answer:
    return Site(world).ask("GET", f"/api/vouchers/{code}", headers={"Authorization": f"Bearer {key}"} if key is not None else {})


def redeem(world: TestWorld, code: str = CODE, order: object = "77", key: str = KEY) -> Answer:
    raw = json.dumps({"order": order}).encode()
    return Site(world).ask("POST", f"/api/vouchers/{code}/redeem", raw, kind=JSON, headers={"Authorization": f"Bearer {key}"})


def test_it_tells_what_a_voucher_is_worth(world: TestWorld) -> None:
    before = world.sqlite.scan().items
    answer = look(world)
    assert answer.status == 200
    assert answer.json == {
        "code": CODE, "state": "good", "value": "15.00", "minimum": "60.00", "currency": "GBP", "ends_at": "2026-05-31T12:00:00Z",
    }  # fmt: skip
    assert world.sqlite.scan().items == before


@pytest.mark.parametrize("typed", ["00000-00011", "0000000011", "ooooo-ooo11", "OOOOOOOOIL".replace("L", "l")])
def test_codes_are_read_however_they_are_typed(world: TestWorld, typed: str) -> None:
    assert look(world, typed).status == 200


@pytest.mark.parametrize("key", [None, "", "wrong", KEY.upper(), f"{KEY} ", "\u00fc"])
def test_only_the_key_opens_it(world: TestWorld, key: str | None) -> None:
    assert look(world, key=key).status == 401
    assert redeem(world, key=key or "").status == 401
    assert look(world).json["state"] == "good"


def test_without_a_key_it_is_closed(world: TestWorld) -> None:
    world.secrets = msgspec.structs.replace(world.secrets, checkout="")
    assert look(world, key="").status == 401
    assert redeem(world, key="").status == 401


def test_a_voucher_is_spent_once(world: TestWorld) -> None:
    assert redeem(world).json["state"] == "used"
    assert redeem(world).status == 200
    assert redeem(world, order="78").status == 409
    assert look(world).json["state"] == "used"


def test_an_ended_voucher_is_not_spent(world: TestWorld) -> None:
    world.clock.move(timedelta(days=90))
    assert look(world).json["state"] == "ended"
    assert redeem(world).status == 409


def test_what_an_order_has_spent_is_spent(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order(discount_codes=[{"code": CODE.lower()}])))
    assert redeem(world).status == 409


def test_guessing_is_locked_out(world: TestWorld) -> None:
    assert [redeem(world, f"0000{n}-00000").status for n in range(5)] == [404, 404, 404, 429, 429]
    assert redeem(world).status == 200
    world.clock.move(timedelta(hours=1))
    assert redeem(world, "99999-99999").status == 404


def test_looking_counts_nothing(world: TestWorld) -> None:
    before = world.sqlite.scan().items
    assert {look(world, f"0000{n}-00000").status for n in range(9)} == {404}
    assert world.sqlite.scan().items == before


@pytest.mark.parametrize("order", [None, "", 7, "x" * 65, "a b", "a\nb", "\u00fc", ["1"]])
def test_an_order_needs_a_usable_name(world: TestWorld, order: Any) -> None:
    assert redeem(world, order=order).status == 422
    assert look(world).json["state"] == "good"


@pytest.mark.parametrize("code", ["", "x" * 300, "%2e%2e%2f", "%00", "<script>", "V%23x"])
def test_hostile_codes_are_unknown(world: TestWorld, code: str) -> None:
    assert look(world, code).status in (404, 403)
