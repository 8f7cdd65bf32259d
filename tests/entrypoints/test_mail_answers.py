"""What people answer by a link in a mail: nothing by opening it, everything by its button, nothing to strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import stamp
from chalicelib.domain.claim import Contact
from chalicelib.domain.links import EXPECTATION, NO, OCCASION, OWNER_LINKS, PAUSE, WELCOME, YES, answer_scope
from chalicelib.domain.standing import Standing
from chalicelib.stores import follow_ups, inquiries, people
from chalicelib.stores.codec import to_item
from chalicelib.table import Put
from chalicelib.usecases.pause import is_paused
from tests.factories import PERSON, follow_up
from tests.support.site import FORM, JSON, Answer, Site, items, person_items
from tests.support.world import TestWorld

ASKED = follow_up(rule="expectation", state="sent")
DAY = timedelta(days=1)
WAYS = ("expectation", "occasion", "welcome", "pause")


@pytest.fixture
def world() -> Iterator[TestWorld]:
    """Isobel was asked whether it met her expectations."""
    with TestWorld() as made:
        made.table.write(follow_ups.put(ASKED))
        yield made


@pytest.fixture
def site(world: TestWorld) -> Site:
    return Site(world)


def token(world: TestWorld, way: str, answer: str = NO) -> str:
    """As the mails carry it."""
    person, scope, purpose = {
        "expectation": (ASKED.person, answer_scope(ASKED.id, answer), EXPECTATION),
        "occasion": (ASKED.person, "partner's birthday", OCCASION),
        "welcome": (ASKED.person, ASKED.id, WELCOME),
        "pause": (OWNER_LINKS, "", PAUSE),
    }[way]
    return world.links.make(purpose, person, scope, world.clock.at + 3 * DAY)


def link(world: TestWorld, way: str, answer: str = NO) -> str:
    return f"https://shop.example/api/{way}?t={token(world, way, answer)}"


def says_yes(world: TestWorld) -> None:
    """Their consent is in force."""
    standing = Standing(PERSON, consents={"newsletter/e-mail": stamp(world.clock.at)})
    world.table.write(Put(to_item(people.standing_key(PERSON), standing)))


def answered(world: TestWorld) -> Any:
    (found,) = follow_ups.load_many(world.table, [ASKED.id]).values()
    return found


def nothing_of_our_insides(answer: Answer) -> None:
    assert "<h1>" in answer.text
    assert not re.search("Traceback|chalicelib|isobelisobel", answer.text)


# --- opening does nothing ---


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("way", WAYS)
def test_opening_a_link_changes_nothing(world: TestWorld, site: Site, way: str, method: str) -> None:
    before = items(world)
    answer = site.ask(method, link(world, way))
    assert (answer.status, items(world)) == (200, before)
    assert answer.header("cache-control") == "no-store"
    assert answer.header("x-robots-tag") == "noindex"
    assert "form-action 'self'" in answer.header("content-security-policy")
    assert (b"<button" in answer.body) is (method == "GET")


@pytest.mark.parametrize("bad", ["", "nonsense", "k1.AAAA.AAAA", "x" * 400])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_not_ours_says_the_same_everywhere(world: TestWorld, site: Site, way: str, bad: str, method: str) -> None:
    before = items(world)
    answer = site.get(f"/api/{way}?t={bad}") if method == "GET" else site.post(f"/api/{way}", t=bad)
    assert (answer.status, items(world)) == (401, before)
    assert "This link is not valid" in answer.text
    nothing_of_our_insides(answer)


@pytest.mark.parametrize("way", WAYS)
def test_a_link_of_one_kind_opens_no_other(world: TestWorld, site: Site, way: str) -> None:
    before = items(world)
    for other in {*WAYS, "stop"} - {way}:
        assert site.post(f"/api/{other}", t=token(world, way)).status == 401
    assert items(world) == before


@pytest.mark.parametrize("way", WAYS)
def test_a_link_runs_out(world: TestWorld, site: Site, way: str) -> None:
    url = token(world, way)
    world.clock.move(3 * DAY)
    answer = site.post(f"/api/{way}", t=url)
    assert (answer.status, "This link has run out" in answer.text) == (401, True)


@pytest.mark.parametrize("way", ["expectation", "welcome"])
def test_a_question_that_is_no_longer_kept_says_so(world: TestWorld, site: Site, way: str) -> None:
    url = link(world, way)
    with TestWorld() as other:
        other.secrets = world.secrets
        for answer in (Site(other).get(url), Site(other).post(f"/api/{way}", t=url.partition("t=")[2])):
            assert (answer.status, "This question has run out" in answer.text) == (404, True)
            nothing_of_our_insides(answer)


@pytest.mark.parametrize("way", WAYS)
def test_only_a_form_is_taken(world: TestWorld, site: Site, way: str) -> None:
    before = items(world)
    assert site.ask("POST", f"/api/{way}", b"{}", kind=JSON).status == 415
    assert site.ask("PUT", f"/api/{way}", b"", kind=FORM).status in (403, 405)
    assert items(world) == before


# --- did it meet your expectations? ---


def test_a_yes_is_noted_and_opens_nothing(world: TestWorld, site: Site) -> None:
    shown = site.press(link(world, "expectation", YES))
    assert "Thank you. We are glad" in shown.text
    assert (answered(world).answered, answered(world).answered_at) == (YES, world.clock.at)
    assert inquiries.open_ones(world.table) == []


def test_a_no_opens_an_inquiry_about_the_order(world: TestWorld, site: Site) -> None:
    shown = site.post("/api/expectation", t=token(world, "expectation"), words="The clasp\r\ncame off.")
    assert "answers you within five working days" in shown.text
    (one,) = inquiries.open_ones(world.table)
    assert (one.person, one.about, one.source) == (ASKED.person, ASKED.anchor, "expectation")
    assert one.words == "The clasp\ncame off."
    assert answered(world).answered == NO


def test_no_words_are_needed(world: TestWorld, site: Site) -> None:
    site.press(link(world, "expectation"))
    assert [one.words for one in inquiries.open_ones(world.table)] == [""]


def test_saying_no_twice_is_one_inquiry_with_all_that_was_said(world: TestWorld, site: Site) -> None:
    for words in ("", "The clasp came off.", "The clasp came off.", "And the box was wet."):
        assert site.post("/api/expectation", t=token(world, "expectation"), words=words).status == 200
    (one,) = inquiries.open_ones(world.table)
    assert one.words == "The clasp came off.\n\nAnd the box was wet."


def test_of_two_answers_the_newer_counts_and_the_inquiry_stays(world: TestWorld, site: Site) -> None:
    site.press(link(world, "expectation", NO))
    site.press(link(world, "expectation", YES))
    assert answered(world).answered == YES
    assert len(inquiries.open_ones(world.table)) == 1


def test_who_says_no_again_after_they_were_helped_waits_again(world: TestWorld, site: Site) -> None:
    site.press(link(world, "expectation"))
    (first,) = inquiries.open_ones(world.table)
    world.table.write(inquiries.closed(first, "good", world.clock.at))
    site.post("/api/expectation", t=token(world, "expectation"), words="It broke again.")
    (second,) = inquiries.open_ones(world.table)
    assert (second.id, second.words) == (f"{first.id}-2", "It broke again.")


@pytest.mark.parametrize("words", ["x" * 2001, "a\x00b", "a\u202eb", "a\u200bb"])
def test_words_that_cannot_be_taken_come_back(world: TestWorld, site: Site, words: str) -> None:
    before = items(world)
    answer = site.post("/api/expectation", t=token(world, "expectation"), words=words)
    assert (answer.status, items(world)) == (422, before)
    assert "There is a problem" in answer.text
    assert 'name="t"' in answer.text


def test_words_are_words_and_nothing_else(world: TestWorld, site: Site) -> None:
    hostile = '<script>alert("{{ shop }}")</script>'
    site.post("/api/expectation", t=token(world, "expectation"), words=hostile)
    assert [one.words for one in inquiries.open_ones(world.table)] == [hostile]
    again = site.post("/api/expectation", t=token(world, "expectation"), words=hostile + "\x00")
    assert "<script>" not in again.text


def test_a_field_too_large_is_refused_whole(world: TestWorld, site: Site) -> None:
    before = items(world)
    assert site.post("/api/expectation", t=token(world, "expectation"), words="x" * 70_000).status == 413
    assert items(world) == before


# --- the others ---


def test_an_occasion_is_ended_for_ever(world: TestWorld, site: Site) -> None:
    world.table.write(
        people.put_contact(
            Contact(
                PERSON,
                "Isobel Trant",
                "isobel.trant@example.com",
                "isobel.trant@example.com",
                "en-GB",
                world.clock.at,
                "voucher form",
            ),
            None,
            None,
        )
    )
    shown = site.press(link(world, "occasion"))
    assert "partner&#39;s birthday" in shown.text
    assert site.press(link(world, "occasion")).status == 200
    (fact,) = person_items(world, "FACT#")
    assert (fact["kind"], fact["about"], fact["how"]) == ("never", "partner's birthday", "stated")


def test_who_says_that_we_are_welcome_gives_a_sign_of_life(world: TestWorld, site: Site) -> None:
    says_yes(world)
    assert "You stay on the list" in site.press(link(world, "welcome")).text
    assert (answered(world).answered, answered(world).answered_at) == (YES, world.clock.at)


def test_a_yes_that_comes_after_the_consents_ended_is_told_so(world: TestWorld, site: Site) -> None:
    said = site.press(link(world, "welcome"))
    assert (said.status, "we took your silence for a no" in said.text) == (404, True)
    assert not answered(world).answered


def test_the_owner_pauses_by_the_morning_mails_button(world: TestWorld, site: Site) -> None:
    shown = site.press(link(world, "pause"))
    assert ("courtesy resume" in shown.text, is_paused(world)) == (True, True)
    again = site.get(link(world, "pause"))
    assert ("Sending is paused" in again.text, "<button" in again.text) == (True, False)
