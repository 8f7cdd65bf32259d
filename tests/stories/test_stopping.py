"""Stop means stop: manner 11, and RFC 8058 to the letter."""

from __future__ import annotations

import pytest

from chalicelib.usecases.take_order import take_order
from tests.factories import learnt, shopify_order, shopify_parcel
from tests.support.site import FORM, Site, items, link, person_items
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"
ONE_CLICK = b"List-Unsubscribe=One-Click"
BOUNDARY = "gc0p4Jq0M2Yt08jU534c0p"
MULTIPART = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--{BOUNDARY}--\r\n'.encode()
)


def thanked(world: TestWorld, *, number: int = 1) -> str:
    """An order runs its course; the link from its thank-you's List-Unsubscribe header."""
    take_order(world, learnt("orders/create", shopify_order(id=number, created_at=world.clock.at.isoformat())))
    parcel = shopify_parcel(id=number, order_id=number, updated_at=world.clock.at.isoformat())
    take_order(world, learnt("fulfillments/update", parcel))
    world.live(days=4)
    headers = dict(world.mails(ISOBEL)[-1].mail.headers)
    return headers["List-Unsubscribe"].strip("<>")


def stopped(world: TestWorld) -> bool:
    return any("stopped_at" in item for item in person_items(world, "STANDING"))


def ledger(world: TestWorld) -> list[object]:
    return [entry["basis"] for entry in person_items(world, "CONSENT#")]


@pytest.mark.parametrize(
    ("kind", "body"), [(FORM, ONE_CLICK), (f"multipart/form-data; boundary={BOUNDARY}", MULTIPART)], ids=["form", "multipart"]
)
def test_one_click_post_stops_at_once(kind: str, body: bytes) -> None:
    with TestWorld() as world:
        url = thanked(world)
        answer = Site(world).ask("POST", url, body, kind=kind)
        assert answer.status == 200
        assert (answer.header("set-cookie"), answer.header("location")) == ("", "")
        assert stopped(world)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_stop_link_only_shows_a_button(method: str) -> None:
    with TestWorld() as world:
        url = thanked(world)
        before = items(world)
        answer = Site(world).ask(method, url)
        assert (answer.status, items(world)) == (200, before)
        assert (b"Stop our mail?" in answer.body) is (method == "GET")


def test_the_button_on_the_page_stops_too() -> None:
    with TestWorld() as world:
        assert "Done. We have stopped" in Site(world).press(thanked(world)).text
        assert stopped(world)


def test_after_a_stop_service_comes_and_courtesy_does_not() -> None:
    with TestWorld() as world:
        Site(world).press(thanked(world))
        before = len(world.mails())
        take_order(world, learnt("orders/create", shopify_order(id=2)))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=2, order_id=2)))
        world.live(days=30)
        assert [kept.mail.stream for kept in world.mails()[before:]] == ["service"]


def test_what_was_planned_is_called_off_with_the_reason() -> None:
    with TestWorld() as world:
        url = thanked(world)
        take_order(world, learnt("orders/create", shopify_order(id=2)))
        take_order(world, learnt("fulfillments/update", shopify_parcel(id=2, order_id=2, updated_at=world.clock.at.isoformat())))
        Site(world).press(url)
        waiting = [item for item in person_items(world, "F#") if item["rule"] == "thank-you" and item["state"] != "sent"]
        assert [(item["state"], item["reason"]) for item in waiting] == [
            ("cancelled", {"kind": "stopped", "facts": {"since": "2026-03-06T12:00:00Z"}})
        ]


def test_stopping_twice_is_fine() -> None:
    with TestWorld() as world:
        site, url = Site(world), thanked(world)
        assert site.press(url).body == site.press(url).body


def test_a_stop_link_never_runs_out() -> None:
    with TestWorld() as world:
        url = thanked(world)
        world.pass_time(days=4000)
        assert Site(world).press(url).status == 200


def test_a_claim_without_the_tick_lifts_no_stop() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.press(thanked(world))
        site.claim()
        world.work()
        site.press(link(world.mails()[-1].mail, "/api/confirm"))
        world.work()
        assert stopped(world)
        assert "Your code" in world.mails()[-1].mail.html


def test_a_tick_alone_lifts_no_stop_its_click_does() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.press(thanked(world))
        site.claim(tick=True)
        world.work()
        assert stopped(world)
        site.press(link(world.mails()[-1].mail, "/api/confirm"))
        assert not stopped(world)
        thanked(world, number=2)
        assert [kept.mail.stream for kept in world.mails(ISOBEL)].count("courtesy") == 2


def test_a_stop_ends_the_consent_that_was_given() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.claim(tick=True)
        world.work()
        site.press(link(world.mails()[-1].mail, "/api/confirm"))
        site.press(thanked(world))
        (standing,) = person_items(world, "STANDING")
        assert standing["consents"] == {}
        assert ledger(world) == ["consent", "withdrawn"]


def test_who_stopped_gets_the_code_again_and_may_say_yes_anew() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.claim(tick=True)
        world.work()
        site.press(link(world.mails()[-1].mail, "/api/confirm"))
        site.press(thanked(world))
        world.pass_time(hours=1)
        site.claim(tick=True)
        world.work()
        site.press(link(world.mails()[-1].mail, "/api/confirm"))
        assert not stopped(world)
        assert ledger(world) == ["consent", "withdrawn", "consent"]


def test_a_damaged_stop_link_says_so_and_writes_nothing() -> None:
    with TestWorld() as world:
        url = thanked(world)
        before = items(world)
        answer = Site(world).ask("POST", f"{url}x", ONE_CLICK, kind=FORM)
        assert (answer.status, items(world)) == (401, before)
        assert "copy the whole of it" in answer.text
