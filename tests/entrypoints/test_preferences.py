"""A person's own pages: nothing by opening them, everything by their own buttons, nothing of anybody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.consent import wording_hash
from chalicelib.domain.fact import ADDRESS, AWAY, DATE, LIKES, SIZE, Fact
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.links import PREFERENCES
from chalicelib.domain.standing import MONTHLY, Standing
from chalicelib.errors import Busy
from chalicelib.stores import facts, people
from chalicelib.table import TTL, Put
from chalicelib.usecases.receive_webhook import receive_webhook
from chalicelib.usecases.record_consent import record_consent
from chalicelib.usecases.stop import stop_person
from chalicelib.usecases.take_order import take_order
from tests.factories import gift_order, learnt, shopify_order, signed
from tests.support.own_page import form_in, ticks, words_of
from tests.support.site import FORM, JSON, Answer, Site, items, person_items
from tests.support.watched import once, watched
from tests.support.world import SECRETS, TestWorld

ISOBEL = "isobel.trant@example.com"
PERSON = person_id(SECRETS.people, parse_address(ISOBEL).key)
DAY = timedelta(days=1)
NEWSLETTER, CARE, OCCASIONS, LETTER = "newsletter/e-mail", "care/e-mail", "occasions/e-mail", "offers/post"


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel agreed to the newsletter and gave us her birthday."""
    with TestWorld() as made:
        record_consent(made, ISOBEL, [NEWSLETTER], source="the counter", name="Isobel Trant", proof="owner")
        made.table.write(
            facts.put(PERSON, Fact(DATE, "birthday", "--06-14", "stated", made.clock.at, "the counter", "occasions"))
        )
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def token(world: TestWorld, person: str = PERSON, scope: str = "") -> str:
    return world.links.make(PREFERENCES, person, scope, world.clock.at + 90 * DAY)


def url(world: TestWorld, path: str = "") -> str:
    return f"/api/preferences{path}?t={token(world)}"


def shown(answer: Answer) -> dict[str, str]:
    return form_in(answer.text, "/api/preferences")


def opened(world: TestWorld, site: Site) -> dict[str, str]:
    answer = site.get(url(world))
    assert answer.status == 200
    return shown(answer)


def save(world: TestWorld, site: Site, *keys: str, without: str = "", **changes: str) -> Answer:
    """The page is opened, changed and saved."""
    form = {**opened(world, site), **ticks(world.shop, *keys), **changes}
    form.pop(f"yes:{without}", None)
    return site.post("/api/preferences", **form)


def standing(world: TestWorld, person: str = PERSON) -> Standing:
    return people.load_standing(world.table.get(people.standing_key(person)), person)


# --- opening does nothing ---


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["", "/data", "/erase"])
def test_opening_a_page_changes_nothing(world: TestWorld, site: Site, path: str, method: str) -> None:
    before = items(world)
    answer = site.ask(method, url(world, path))
    assert (answer.status, items(world)) == (200, before)
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-robots-tag") == "noindex"


@pytest.mark.parametrize("path", ["", "/facts", "/forget", "/erase"])
@pytest.mark.parametrize("bad", ["", "nonsense", "k1.AAAA.AAAA", "x" * 400])
def test_a_link_that_is_not_ours_does_nothing(world: TestWorld, site: Site, path: str, bad: str) -> None:
    before = items(world)
    answer = site.post(f"/api/preferences{path}", t=bad, kind=DATE, about="birthday")
    assert (answer.status, items(world)) == (401, before)
    assert "This link is not valid" in answer.text


def test_a_link_of_another_kind_opens_nothing(world: TestWorld, site: Site) -> None:
    other = world.links.make("welcome", PERSON, "", world.clock.at + DAY)
    assert site.get(f"/api/preferences?t={other}").status == 401
    assert site.post("/api/stop", t=token(world)).status == 401


def test_only_a_form_is_taken(world: TestWorld, site: Site) -> None:
    before = items(world)
    assert site.ask("POST", "/api/preferences", b"{}", kind=JSON).status == 415
    assert site.ask("PUT", "/api/preferences", b"", kind=FORM).status in (403, 405)
    assert items(world) == before


# --- stop comes first, and largest ---


def test_stop_everything_stands_before_all_else_and_is_one_press(world: TestWorld, site: Site) -> None:
    page = site.get(url(world)).text
    form = re.search(r'<form action="/api/stop".*?name="t" value="([^"]+)"', page, re.DOTALL)
    assert form is not None
    assert page.index("<form") == form.start()
    site.post("/api/stop", t=form[1])
    assert (bool(standing(world).stopped_at), standing(world).consents) == (True, {})


def test_who_stopped_sees_it_and_is_offered_no_second_stop(world: TestWorld, site: Site) -> None:
    stop_person(world, PERSON)
    page = site.get(url(world)).text
    assert "You asked us to stop on 2 March 2026" in page
    assert "Stop everything" not in page


def test_a_tick_undoes_a_stop_for_what_is_ticked_alone(world: TestWorld, site: Site) -> None:
    stop_person(world, PERSON)
    assert save(world, site, CARE).status == 200
    assert (standing(world).stopped_at, set(standing(world).consents)) == ("", {CARE})


def test_a_page_from_before_the_stop_undoes_nothing(world: TestWorld, site: Site) -> None:
    form = {**opened(world, site), **ticks(world.shop, CARE)}
    site.post("/api/preferences", **form)
    world.clock.move(DAY)
    stop_person(world, PERSON)
    before = items(world)
    again = site.post("/api/preferences", **form)
    assert (again.status, items(world)) == (422, before)
    assert "Something changed since you opened this page" in again.text
    assert "You asked us to stop" in again.text


# --- what is ticked ---


def test_nothing_is_ticked_that_they_did_not_tick(world: TestWorld, site: Site) -> None:
    assert [name for name in opened(world, site) if name.startswith("yes:")] == [f"yes:{NEWSLETTER}"]


def test_a_tick_takes_the_very_words_that_were_seen(world: TestWorld, site: Site) -> None:
    assert "Saved" in save(world, site, CARE).text
    assert set(standing(world).consents) == {NEWSLETTER, CARE}
    (line,) = person_items(world, "CONSENT#care")
    assert (line["wording_hash"], line["source"], line["basis"]) == (words_of(world.shop, CARE), "preferences page", "consent")


def test_words_that_changed_since_are_asked_again_and_nothing_else_is_lost(world: TestWorld, site: Site) -> None:
    before = items(world)
    answer = save(world, site, LETTER, **{f"yes:{CARE}": wording_hash("Other words."), "pace": MONTHLY})
    assert (answer.status, items(world)) == (422, before)
    assert "Our words have changed since" in answer.text
    kept = shown(answer)
    assert (kept["pace"], f"yes:{LETTER}" in kept, kept["t"] != "") == (MONTHLY, True, True)
    assert f"yes:{CARE}" not in kept  # new words are never ticked beforehand


def test_an_unticked_box_ends_that_consent_alone(world: TestWorld, site: Site) -> None:
    save(world, site, CARE)
    world.clock.move(DAY)
    save(world, site, without=NEWSLETTER)
    assert (set(standing(world).consents), standing(world).stopped_at) == ({CARE}, "")
    ends = [item["sk"] for item in person_items(world, "CONSENT#") if item["basis"] == "withdrawn"]
    assert ends == [f"CONSENT#newsletter#e-mail#{stamp(world.clock.at)}#withdrawn"]


def test_saving_twice_is_saving_once(world: TestWorld, site: Site) -> None:
    form = {**opened(world, site), **ticks(world.shop, CARE), "pace": MONTHLY, "pause": "yes"}
    site.post("/api/preferences", **form)
    before = items(world)
    world.clock.move(DAY)
    answer = site.post("/api/preferences", **form)
    assert (answer.status, items(world)) == (200, before)


def test_of_two_tabs_the_second_looks_again(world: TestWorld, site: Site) -> None:
    first, second = opened(world, site), opened(world, site)
    site.post("/api/preferences", **first, **ticks(world.shop, CARE))
    answer = site.post("/api/preferences", **second, **ticks(world.shop, OCCASIONS))
    assert answer.status == 422
    assert set(standing(world).consents) == {NEWSLETTER, CARE}
    assert {f"yes:{NEWSLETTER}", f"yes:{CARE}"} <= set(shown(answer))


def test_pace_and_pause_are_kept_and_taken_back(world: TestWorld, site: Site) -> None:
    save(world, site, pace=MONTHLY, pause="yes")
    assert standing(world).pace == MONTHLY
    assert standing(world).paused_until.startswith("2026-06-01T23")  # as 2 June begins in Falmouth
    assert "Untick it to end the pause" in site.get(url(world)).text
    form = opened(world, site)
    form.pop("pause")
    site.post("/api/preferences", **{**form, "pace": ""})
    assert (standing(world).pace, standing(world).paused_until) == ("", "")


def test_a_pace_that_is_none_is_refused(world: TestWorld, site: Site) -> None:
    before = items(world)
    assert save(world, site, pace="hourly").status == 422
    assert items(world) == before


def test_saved_preferences_say_what_still_comes(world: TestWorld, site: Site) -> None:
    text = save(world, site, without=NEWSLETTER).text
    assert "This is what still comes" in text
    assert re.search(r"<li>[^<]*whenever you order", text)


# --- who it is ---


def test_a_buyer_becomes_a_contact_by_their_first_tick(world: TestWorld) -> None:
    with TestWorld() as fresh:
        take_order(fresh, learnt("orders/create", shopify_order()))
        site = Site(fresh)
        assert not person_items(fresh, "CONTACT")
        save(fresh, site, pace=MONTHLY)
        assert not person_items(fresh, "CONTACT")
        save(fresh, site, CARE)
        (contact,) = person_items(fresh, "CONTACT")
        assert (contact["address"], contact["name"], contact["source"]) == (ISOBEL, "Isobel Trant", "preferences page")
        assert set(standing(fresh).consents) == {CARE}


def test_of_whom_nothing_is_left_the_page_says_so(world: TestWorld) -> None:
    with TestWorld() as fresh:
        site = Site(fresh)
        for answer in (site.get(url(fresh)), site.post("/api/preferences", t=token(fresh)), site.get(url(fresh, "/data"))):
            assert (answer.status, "We know nothing of you any more" in answer.text) == (200, True)
        assert items(fresh) == []


def test_who_complained_is_asked_for_no_yes_by_mail(world: TestWorld, site: Site) -> None:
    world.table.write(people.unreachable(PERSON, "complained", world.clock.at))
    page = site.get(url(world))
    assert "You marked a mail of ours as unwanted" in page.text
    assert f'name="yes:{CARE}"' not in page.text
    before = items(world)
    assert save(world, site, CARE).status == 422
    assert items(world) == before
    assert save(world, site, LETTER).status == 200
    assert standing(world).unreachable_why == "complained"


def test_an_older_link_does_not_show_that_mail_reaches_them_but_one_that_they_asked_for_does(
    world: TestWorld, site: Site
) -> None:
    world.table.write(people.unreachable(PERSON, "bounced", world.clock.at))
    assert save(world, site, CARE).status == 200
    assert standing(world).unreachable_why == "bounced"
    world.clock.move(DAY)
    fresh = token(world, scope=stamp(world.clock.at))
    site.post("/api/preferences", **shown(site.get(f"/api/preferences?t={fresh}")))
    assert standing(world).unreachable_why == ""


# --- what they told ---


def test_a_day_is_never_written_about_again_by_one_press(world: TestWorld, site: Site) -> None:
    answer = site.post("/api/preferences/facts", t=token(world), kind=DATE, about="birthday")
    assert answer.status == 303
    assert "We shall not write to you about that day again" in site.get(answer.header("location")).text
    assert {str(item["kind"]) for item in person_items(world, "FACT#")} == {"date", "never"}
    assert "Never to be written about" in site.get(url(world)).text
    assert site.post("/api/preferences/facts", t=token(world), about="wedding").status == 404


def test_a_fact_is_taken_back_and_twice_is_fine(world: TestWorld, site: Site) -> None:
    for _ in range(2):
        assert site.post("/api/preferences/forget", t=token(world), kind=DATE, about="birthday").status == 303
    assert not person_items(world, "FACT#")


def test_every_kind_of_fact_is_shown_with_who_told_it_when_and_what_for(world: TestWorld, site: Site) -> None:
    at = world.clock.at
    for kind, about, value in (
        (SIZE, "rings", "M"),
        (LIKES, "socks", "yes"),
        (ADDRESS, "post", "4 Fore Street\nTruro"),
        (AWAY, "call", "<b>Too dear</b>"),
    ):
        world.table.write(facts.put(PERSON, Fact(kind, about, value, "stated", at, "a call, 3 March", "for you")))
    page = site.get(url(world)).text
    for seen in (
        "Size for rings",
        "You like them",
        "4 Fore Street\nTruro",
        "&lt;b&gt;Too dear",
        "a call, 3 March",
        "telling you of things that fit",
    ):
        assert seen in page, seen
    assert "14 June" in page


# --- take it along, or have it gone ---


def test_all_that_is_kept_comes_as_a_file(world: TestWorld, site: Site) -> None:
    take_order(world, learnt("orders/create", gift_order()))
    answer = site.get(url(world, "/data"))
    assert answer.header("content-type").startswith("application/json")
    assert answer.header("content-disposition") == 'attachment; filename="what-we-keep-of-you.json"'
    told = json.loads(answer.body)
    assert {"standing", "contact", "consent", "fact"} <= {one["kind"] for one in told["about"]}
    assert "Ruth" not in answer.text
    assert "ruth.okafor" not in answer.text


def test_who_asks_to_be_forgotten_is(world: TestWorld, site: Site) -> None:
    take_order(world, learnt("orders/create", shopify_order()))
    assert "Shall we forget you?" in site.get(url(world, "/erase")).text
    for _ in range(2):
        answer = site.post("/api/preferences/erase", t=token(world))
        assert (answer.status, "We have forgotten you" in answer.text) == (200, True)
    assert "isobel" not in json.dumps(items(world)).lower()
    assert standing(world).stopped_at
    assert "We know nothing of you any more" in site.get(url(world)).text


def test_pressed_again_it_finishes_what_was_cut_short(world: TestWorld, site: Site) -> None:
    receive_webhook(world, "shopify", *signed("orders/create", shopify_order()))
    world.work()
    blob = world.blob
    world.blob = watched(blob, before=once(_busy, at="delete"))
    assert site.post("/api/preferences/erase", t=token(world)).status == 503
    world.blob = blob
    assert "We know nothing of you any more" in site.get(url(world)).text
    assert site.post("/api/preferences/erase", t=token(world)).status == 200
    assert [name for name in world.blob.names("webhooks") if b"isobel" in world.blob.get(name)] == []


def _busy() -> None:
    raise Busy("told so")


def test_an_entry_whose_day_is_over_is_not_shown_though_the_table_has_it_yet() -> None:
    with TestWorld() as fresh:
        site, now = Site(fresh), fresh.clock.now()
        address = {"address": ISOBEL, "dedupe_key": ISOBEL, "name": "Isobel Trant", "locale": "en"}
        times = dict.fromkeys(("asked_at", "mailed_at", "confirmed_at"), stamp(now))
        entry = {"id": "x", "person": PERSON, "round": "2026-01", "follow_up": "f", "entry": "E", **address, **times}
        fresh.table.write(Put({"pk": f"P#{PERSON}", "sk": "ENTRY#2026-01", **entry, TTL: int(now.timestamp()) + 60}))
        own = url(fresh)
        assert "This page is about" in site.get(own).text
        fresh.clock.move(timedelta(minutes=2))
        assert "We know nothing of you any more" in site.get(own).text
