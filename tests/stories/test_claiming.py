"""A visitor claims the voucher: manners 1 and 2, from the form to the code."""

from __future__ import annotations

import hashlib

import pytest

from chalicelib.domain.shop import newsletter_wording
from tests.support.site import Site, items, link, person_items
from tests.support.world import TestWorld

ISOBEL = "isobel.trant@example.com"


def claimed(world: TestWorld, site: Site, *, tick: bool = False, email: str = ISOBEL) -> str:
    """The link in the confirmation mail."""
    before = len(world.mails())
    assert site.claim(email, tick=tick).status == 303
    world.work()
    (mail,) = world.mails()[before:]
    return link(mail.mail, "/api/confirm")


def code_of(page: str) -> str:
    return page.split('<dd class="code">')[1].split("<", maxsplit=1)[0]


def test_claim_leads_to_the_page_that_says_look() -> None:
    with TestWorld() as world:
        answer = Site(world).claim()
        assert (answer.status, answer.header("location"), answer.body) == (303, "/claimed/", b"")


def test_unconfirmed_mail_holds_no_word_of_the_visitor() -> None:
    with TestWorld() as world:
        Site(world).claim(name="Buy-cheap-watches Now")
        world.work()
        (kept,) = world.mails()
        everything = " ".join((kept.mail.subject, kept.mail.text, kept.mail.html, kept.mail.sender, *map(str, kept.mail.headers)))
        assert not any(word in everything for word in ("Buy", "watches", "Now"))
        assert kept.mail.to == ISOBEL


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_writes_nothing(method: str) -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claimed(world, site)
        before, waiting = items(world), world.queue.waiting()
        answer = site.ask(method, url)
        assert answer.status == 200
        assert bool(answer.body) is (method == "GET")
        assert (items(world), world.queue.waiting()) == (before, waiting)


def test_pressing_the_button_shows_and_mails_the_code() -> None:
    with TestWorld() as world:
        site = Site(world)
        page = site.press(claimed(world, site)).text
        world.work()
        mail = world.mails(ISOBEL)[-1].mail
        assert code_of(page) in mail.text
        assert mail.text.startswith("Dear Isobel\n")
        assert len(world.mails()) == 2


def test_the_confirmed_are_contacts_with_their_own_answers() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.press(claimed(world, site))
        (contact,) = person_items(world, "CONTACT")
        assert {name: contact[name] for name in ("name", "address", "confirmed_at", "source")} == {
            "name": "Isobel Trant",
            "address": ISOBEL,
            "confirmed_at": "2026-03-02T12:00:00Z",
            "source": "voucher form",
        }


def test_the_tick_becomes_a_whole_ledger_entry() -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claimed(world, site, tick=True)
        world.pass_time(hours=2)
        assert "newsletter" in site.press(url).text
        (entry,) = person_items(world, "CONSENT#")
        wording = newsletter_wording(world.shop)
        assert {name: value for name, value in entry.items() if name not in ("pk", "sk", "ttl", "person")} == {
            "purpose": "newsletter",
            "channel": "e-mail",
            "basis": "consent",
            "wording": wording.text,
            "wording_hash": hashlib.sha256(wording.text.encode()).hexdigest(),
            "version": 1,
            "locale": "en-GB",
            "requested_at": "2026-03-02T12:00:00Z",
            "confirmed_at": "2026-03-02T14:00:00Z",
            "source": "voucher form",
        }
        (standing,) = person_items(world, "STANDING")
        assert standing["consents"] == {"newsletter/e-mail": "2026-03-02T14:00:00Z"}


def test_without_the_tick_nobody_is_subscribed() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.press(claimed(world, site))
        assert person_items(world, "CONSENT#") == []
        assert not any("consents" in item for item in person_items(world, "STANDING"))


def test_a_tick_that_is_never_confirmed_is_no_consent() -> None:
    with TestWorld() as world:
        claimed(world, Site(world), tick=True)
        assert person_items(world, "CONSENT#") == person_items(world, "CONTACT") == person_items(world, "STANDING") == []


def test_a_second_press_gives_the_same_answer() -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claimed(world, site, tick=True)
        first = site.press(url)
        world.work()
        before = items(world)
        # the page no longer asks for the newsletter: it has been said yes to
        assert site.post("/api/confirm", t=url.partition("t=")[2]).body == first.body
        world.work()
        assert items(world) == before
        assert len(world.mails()) == 2


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("isobel.trant@gmail.com", "i.sobeltrant@gmail.com"),
        ("isobel.trant@gmail.com", "IsobelTrant@googlemail.com"),
        ("isobel@icloud.com", "isobel+second@icloud.com"),
        ("isobel@example.com", "Isobel@EXAMPLE.com"),
    ],
)
def test_one_person_gets_one_voucher_however_spelt(first: str, again: str) -> None:
    with TestWorld() as world:
        site = Site(world)
        first_answer = site.claim(first)
        world.work()
        code = code_of(site.press(link(world.mails()[0].mail, "/api/confirm")).text)
        world.work()
        sent = len(world.mails())

        assert site.claim(again).body == first_answer.body
        world.work()
        assert len(world.mails()) == sent

        world.pass_time(hours=25)
        assert site.claim(again).status == 303
        world.work()
        (mail,) = world.mails()[sent:]
        assert code in mail.mail.text
        assert mail.mail.to == world.mails()[0].mail.to
        assert len(person_items(world, "VOUCHER")) == 1


def test_a_later_tick_brings_a_link_that_subscribes() -> None:
    with TestWorld() as world:
        site = Site(world)
        code = code_of(site.press(claimed(world, site)).text)
        world.pass_time(hours=25)
        url = claimed(world, site, tick=True)
        assert "newsletter" in site.get(url).text
        page = site.press(url)
        assert code_of(page.text) == code
        (entry,) = person_items(world, "CONSENT#")
        assert entry["requested_at"] == "2026-03-03T13:00:00Z"
        sent = len(world.mails())
        world.work()
        assert len(world.mails()) == sent
        assert len(person_items(world, "VOUCHER")) == 1


def test_who_has_the_code_already_is_promised_no_mail_with_it() -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claimed(world, site)
        assert "we send it to you as well" in site.get(url).text
        first = site.press(url).text
        assert "on its way to you by e-mail" in first
        world.pass_time(hours=25)
        url = claimed(world, site, tick=True)
        asked = site.get(url).text
        assert "One button, and the newsletter comes" in asked
        assert "the same as before" in asked
        assert code_of(first) not in asked
        pressed, again = site.press(url).text, site.press(url).text
        assert pressed == again
        assert "the same code as before" in pressed
        assert not any("e-mail too" in page or "send it to you" in page for page in (asked, pressed))
        assert "One button, and you see your code" in site.get(url).text


def test_subscribers_are_not_asked_to_subscribe_again() -> None:
    with TestWorld() as world:
        site = Site(world)
        site.press(claimed(world, site, tick=True))
        world.pass_time(hours=25)
        site.claim(tick=True)
        world.work()
        assert "/api/confirm" not in world.mails()[-1].mail.text


def test_nobody_alters_a_waiting_claim_for_a_day() -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claimed(world, site)
        world.pass_time(hours=23)
        assert site.claim(name="Somebody Else", tick=True).status == 303
        site.press(url)
        world.work()
        (contact,) = person_items(world, "CONTACT")
        assert contact["name"] == "Isobel Trant"
        assert person_items(world, "CONSENT#") == []
        assert len(world.mails()) == 2


def test_an_old_link_gives_way_to_a_newer_one() -> None:
    with TestWorld() as world:
        site = Site(world)
        old = claimed(world, site)
        world.pass_time(hours=25)
        new = claimed(world, site, tick=True)
        answer = site.get(old)
        assert (answer.status, "A newer link was sent to you." in answer.text) == (404, True)
        assert site.post("/api/confirm", t=old.partition("t=")[2]).status == 404
        assert site.press(new).status == 200


def test_a_link_works_for_seven_days_and_no_longer() -> None:
    with TestWorld() as world:
        site = Site(world)
        url = claimed(world, site)
        world.pass_time(days=6, hours=23)
        assert site.get(url).status == 200
        world.pass_time(hours=1)
        assert site.get(url).status == 401
        assert site.post("/api/confirm", t=url.partition("t=")[2]).status == 401
        world.sqlite.sweep(int(world.clock.now().timestamp()) + 1)
        assert person_items(world, "CLAIM#") == []


def test_a_run_out_claim_can_be_made_anew() -> None:
    with TestWorld() as world:
        site = Site(world)
        claimed(world, site)
        world.pass_time(days=8)
        assert site.press(claimed(world, site)).status == 200


def test_a_link_for_one_thing_opens_no_other() -> None:
    with TestWorld() as world:
        site = Site(world)
        token = claimed(world, site).partition("t=")[2]
        before = items(world)
        for path in ("/api/stop", "/api/thanks"):
            assert site.get(f"{path}?t={token}").status == 401
            assert site.post(path, t=token, message="hello").status == 401
        assert items(world) == before
