"""What is done at the storefront itself: its checkout learns of codes, and it is told of a stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.domain.errand import Errand
from chalicelib.errors import Invalid, Misconfigured, NotFound, Retryable
from chalicelib.stores import errands
from chalicelib.usecases.confirm_claim import confirm_claim
from chalicelib.usecases.keep_vouchers import end_voucher, import_codes, list_vouchers
from chalicelib.usecases.redeem_voucher import look_at_voucher
from chalicelib.usecases.run_errand import run_errand
from chalicelib.usecases.stop import stop
from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order
from tests.support.fake_office import FakeOffice
from tests.support.site import Site, link
from tests.support.world import SECRETS, TestWorld

ADDRESS = "isobel.trant@example.com"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def world() -> Iterator[TestWorld]:
    with TestWorld(known="storefront") as made:
        made.office = FakeOffice()
        made.secrets = msgspec.structs.replace(SECRETS, api={"shopify/token": "t"}, live_table=made.table.identity())
        yield made


def office(world: TestWorld) -> FakeOffice:
    assert isinstance(world.office, FakeOffice)
    return world.office


def confirmed(world: TestWorld) -> str:
    """They have clicked, and nothing came of it yet; the voucher's code."""
    Site(world).claim(ADDRESS, "Isobel Trant")
    world.work()
    return confirm_claim(world, link(world.mails()[-1].mail, "/api/confirm").partition("t=")[2]).voucher.code


def mails(world: TestWorld) -> list[str]:
    return sorted(one.kind for one in world.follow_ups().values() if one.state == "sent")


def left(world: TestWorld) -> list[Errand]:
    return errands.all_of(world.table)


def test_the_checkout_knows_a_code_before_its_mail_goes(world: TestWorld) -> None:
    code = confirmed(world)
    knew: list[bool] = []
    world.renderer = _spied(world, lambda: knew.append(code in office(world).codes))
    world.work()
    assert mails(world) == ["confirm-address", "voucher"]
    assert knew == [True]
    (voucher,) = list_vouchers(world)
    assert (voucher.state, voucher.problem) == ("good", "")


def _spied(world: TestWorld, do: Any) -> Any:
    real = world.renderer

    class Spy:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def mail(self, template: str, *rest: Any) -> Any:
            if template == "voucher":
                do()
            return real.mail(template, *rest)

    return Spy()


@pytest.mark.parametrize("error", [Retryable("Nobody answered."), Misconfigured("The key is wrong."), Invalid("It says no.")])
def test_until_then_the_mail_waits_and_says_why(world: TestWorld, error: Exception) -> None:
    office(world).fails = [error] * 3
    confirmed(world)
    world.work()
    assert mails(world) == ["confirm-address"]
    assert "checkout does not know the code" in world.follow_ups()["voucher"].reason
    (voucher,) = list_vouchers(world)
    assert (voucher.state, voucher.problem) == ("waiting", str(error))
    for _ in range(20):
        world.pass_time(minutes=1)
    assert mails(world) == ["confirm-address", "voucher"]


def test_a_week_of_waiting_costs_no_mail(world: TestWorld) -> None:
    office(world).fails = [Retryable("Nobody answered.")] * 60
    confirmed(world)
    world.live(days=9)
    assert mails(world) == ["confirm-address"]
    office(world).fails = []
    world.live(days=1)
    assert mails(world) == ["confirm-address", "voucher"]


def test_without_a_key_it_says_so(world: TestWorld) -> None:
    world.office = None
    confirmed(world)
    world.work()
    assert "courtesy connect" in list_vouchers(world)[0].problem


def test_a_lost_hint_is_made_up_for(world: TestWorld) -> None:
    confirmed(world)
    while (taken := world.queue.take()) is not None:
        world.queue.done(taken)
    for _ in range(4):
        world.pass_time(minutes=1)
    assert "voucher" in mails(world)


def test_tries_become_rare(world: TestWorld) -> None:
    office(world).fails = [Retryable("Nobody answered.")] * 1000
    confirmed(world)
    for _ in range(24 * 60):
        world.pass_time(minutes=1)
    assert 8 < len(office(world).asked) < 20


def test_saying_it_twice_registers_once_more_and_harms_nothing(world: TestWorld) -> None:
    code = confirmed(world)
    for _ in range(3):
        run_errand(world, f"voucher-{code}")
    assert list(office(world).codes) == [code]


def test_a_code_leaves_the_checkout_when_it_ends(world: TestWorld) -> None:
    code = confirmed(world)
    world.work()
    world.pass_time(days=89)
    assert code in office(world).codes
    world.pass_time(days=1, minutes=3)
    assert office(world).codes == {}
    assert left(world) == []


def test_the_owner_may_end_a_code(world: TestWorld) -> None:
    code = confirmed(world)
    world.work()
    end_voucher(world, code.lower())
    world.work()
    assert office(world).codes == {}
    assert list_vouchers(world)[0].state == "ended"


def test_a_stop_is_told_to_the_storefront(world: TestWorld) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    person = next(iter(orders_person(world)))
    stop(world, world.links.make("stop", person, "all", None))
    world.work()
    assert office(world).stopped == [ADDRESS]
    assert left(world) == []


def orders_person(world: TestWorld) -> set[str]:
    return {str(item["person"]) for item in world.sqlite.scan().items if str(item["sk"]).startswith("F#")}


def test_a_stop_that_is_not_heard_is_told_again(world: TestWorld) -> None:
    office(world).fails = [Retryable("Nobody answered.")]
    test_order = learnt("orders/create", shopify_order())
    take_order(world, test_order)
    stop(world, world.links.make("stop", next(iter(orders_person(world))), "all", None))
    world.work()
    assert office(world).stopped == []
    world.pass_time(minutes=3)
    assert office(world).stopped == [ADDRESS]


def test_a_shop_without_a_key_runs_no_errands_for_a_stop(world: TestWorld) -> None:
    world.secrets = msgspec.structs.replace(world.secrets, api={})
    take_order(world, learnt("orders/create", shopify_order()))
    stop(world, world.links.make("stop", next(iter(orders_person(world))), "all", None))
    assert left(world) == []


def test_a_code_that_is_ended_while_it_is_made_known_is_voided(world: TestWorld) -> None:
    code = confirmed(world)
    office(world).before = lambda: end_voucher(world, code) if len(office(world).asked) == 1 else None
    world.work()
    world.pass_time(minutes=3)
    assert office(world).codes == {}
    assert left(world) == []


def test_an_ended_code_keeps_no_mail_waiting(world: TestWorld) -> None:
    office(world).fails = [Retryable("Nobody answered.")] * 99
    code = confirmed(world)
    world.work()
    end_voucher(world, code)
    world.pass_time(minutes=16)
    assert "checkout does not know" not in world.follow_ups()["voucher"].reason


POOL_CODE = "KGYENNKKYX"
"""By chance, one of ours can be heard in it."""


def test_a_pools_code_stays_as_it_stands() -> None:
    with TestWorld(known="pool") as world:
        assert import_codes(world, [POOL_CODE.lower()]).added == 1
        assert confirmed(world) == POOL_CODE
        assert look_at_voucher(world, POOL_CODE).code == POOL_CODE
        assert import_codes(world, [POOL_CODE]).there == 1
        Site(world).claim("somebody.else@example.com", "Daniel")
        world.work()
        with pytest.raises(NotFound, match="given away"):
            confirm_claim(world, link(world.mails("somebody.else@example.com")[0].mail, "/api/confirm").partition("t=")[2])


def test_a_code_is_spent_by_an_order_that_named_it_once() -> None:
    first = shopify_order()
    later = shopify_order(updated_at="2026-03-02T13:00:00+00:00")
    for story in ((first, later), (later, first)):
        with TestWorld() as other:
            Site(other).claim(ADDRESS, "Isobel Trant")
            other.work()
            own = confirm_claim(other, link(other.mails()[-1].mail, "/api/confirm").partition("t=")[2]).voucher.code
            for payload in story:
                codes = [{"code": own}] if payload is first else []
                take_order(other, learnt("orders/updated", {**payload, "discount_codes": codes}))
            assert list_vouchers(other)[0].state == "used"
