"""What saving a person's own page makes of their standing, whatever was ticked and whatever was there."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import instant, local_day, stamp
from chalicelib.domain.consent import SOFT, WORDS_CHANGED, Consent, Wording, wording_hash
from chalicelib.domain.preferences import (
    NOT_BY_MAIL,
    Change,
    Wish,
    asked_now,
    boxes,
    change,
    changes_nothing,
    pause_ends,
    paused,
    reached,
    shown,
)
from chalicelib.domain.shop import newest_wording
from chalicelib.domain.standing import PACES, Standing
from tests.factories import PERSON
from tests.support.world import NOON, demo_shop

SHOP = demo_shop()
KEYS = sorted({f"{one.purpose}/{one.channel}" for one in SHOP.wordings})
HASHES = {key: wording_hash(box.text) for key in KEYS for box in asked_now(SHOP, [key], SHOP.locale)}
STAMP = stamp(NOON - timedelta(days=40))

keys = st.sets(st.sampled_from(KEYS))
standings = st.builds(
    Standing,
    person=st.just(PERSON),
    version=st.integers(0, 9),
    stopped_at=st.sampled_from(("", STAMP)),
    consents=st.dictionaries(st.sampled_from(KEYS), st.just(STAMP)),
    pace=st.sampled_from(("", *PACES)),
    paused_until=st.sampled_from(("", stamp(NOON - timedelta(days=1)), stamp(NOON + timedelta(days=9)))),
)
wishes = st.builds(
    Wish,
    ticked=keys.map(lambda found: {key: HASHES[key] for key in found}),
    pace=st.sampled_from(("", *PACES)),
    pause=st.booleans(),
)


def after(standing: Standing, done: Change) -> Standing:
    """As stores.people.chose leaves it."""
    left = {key: at for key, at in standing.consents.items() if key not in done.ended}
    new = {f"{wording.purpose}/{wording.channel}": stamp(NOON) for wording in done.given}
    stopped = "" if new else standing.stopped_at
    return msgspec.structs.replace(
        standing, consents=left | new, stopped_at=stopped, pace=done.pace, paused_until=done.paused_until
    )


@given(standings, wishes)
def test_what_is_ticked_is_in_force_and_nothing_else(standing: Standing, wish: Wish) -> None:
    done = change(wish, standing, SHOP, NOON)
    found = after(standing, done)
    assert not done.errors
    assert found.consents.keys() == wish.ticked.keys()
    assert (found.pace, bool(paused(found, NOON))) == (wish.pace, wish.pause)


@given(standings, wishes)
def test_saving_again_changes_nothing(standing: Standing, wish: Wish) -> None:
    found = after(standing, change(wish, standing, SHOP, NOON))
    later = NOON + timedelta(minutes=5)
    assert changes_nothing(change(wish, found, SHOP, later), found, later)


@given(standings, wishes)
def test_a_stop_stays_a_stop_unless_something_is_newly_ticked(standing: Standing, wish: Wish) -> None:
    newly = wish.ticked.keys() - standing.consents.keys()
    assert bool(after(standing, change(wish, standing, SHOP, NOON)).stopped_at) is bool(standing.stopped_at and not newly)


@given(standings, wishes)
def test_what_was_in_force_keeps_its_own_time_and_words(standing: Standing, wish: Wish) -> None:
    done = change(wish, standing, SHOP, NOON)
    assert {f"{one.purpose}/{one.channel}" for one in done.given}.isdisjoint(standing.consents)
    assert all(wording_hash(one.text) == wish.ticked[f"{one.purpose}/{one.channel}"] for one in done.given)


@given(standings, wishes, st.sampled_from(KEYS), st.text(max_size=70))
def test_words_that_we_do_not_have_are_no_yes(standing: Standing, wish: Wish, key: str, hash_: str) -> None:
    standing = msgspec.structs.replace(standing, consents={})
    done = change(msgspec.structs.replace(wish, ticked={**wish.ticked, key: hash_}), standing, SHOP, NOON)
    if hash_ == HASHES[key]:
        return
    assert done.errors == ((key, WORDS_CHANGED),)
    assert (done.given, done.ended, done.pace, done.paused_until) == ((), (), standing.pace, paused(standing, NOON))


@given(standings, wishes)
def test_who_complained_gives_no_yes_by_mail(standing: Standing, wish: Wish) -> None:
    standing = msgspec.structs.replace(standing, unreachable_at=STAMP, unreachable_why="complained")
    done = change(wish, standing, SHOP, NOON)
    wrong = {key for key in wish.ticked.keys() - standing.consents.keys() if key.endswith("e-mail")}
    assert {key for key, sentence in done.errors if sentence == NOT_BY_MAIL} == wrong
    seen = boxes(SHOP, standing, (), SHOP.locale)
    assert {box.key for box in seen if box.channel == "e-mail"} == {key for key in standing.consents if key.endswith("e-mail")}


@given(standings, standings)
def test_another_choice_is_shown_as_another(one: Standing, other: Standing) -> None:
    def told(standing: Standing) -> tuple[object, ...]:
        return standing.consents, standing.stopped_at, standing.pace, paused(standing, NOON)

    assert (shown(one, NOON) == shown(other, NOON)) is (told(one) == told(other))


@given(standings)
def test_a_mail_that_goes_out_meanwhile_is_no_other_choice(standing: Standing) -> None:
    heard = msgspec.structs.replace(standing, version=standing.version + 3, heard={"f": STAMP}, had={"care": STAMP})
    assert shown(heard, NOON) == shown(standing, NOON)


def test_a_pause_that_runs_is_not_made_longer() -> None:
    until = stamp(NOON + timedelta(days=9))
    standing = Standing(PERSON, paused_until=until)
    assert change(Wish({}, pause=True), standing, SHOP, NOON).paused_until == until


@given(st.integers(0, 40 * 365 * 24))
def test_a_pause_is_three_calendar_months(hours: int) -> None:
    now = NOON + timedelta(hours=hours)
    today, end = local_day(now, SHOP.zone), local_day(pause_ends(now, SHOP.zone), SHOP.zone)
    assert (end.year * 12 + end.month) - (today.year * 12 + today.month) == 3
    assert end.day == today.day or (end.day < today.day and (end + timedelta(days=1)).day == 1)
    assert timedelta(days=87) < pause_ends(now, SHOP.zone) - now < timedelta(days=93)


def test_the_words_beside_what_is_in_force_are_those_that_they_agreed_to() -> None:
    old = Consent(PERSON, "care", "e-mail", "consent", "Old words.", wording_hash("Old words."), 0, "en-GB", NOON, NOON, "a card")
    older = msgspec.structs.replace(old, wording="Older words.", confirmed_at=NOON - timedelta(days=9))
    standing = Standing(PERSON, consents={"care/e-mail": stamp(NOON)})
    (box,) = [one for one in boxes(SHOP, standing, (older, old), "en-GB") if one.key == "care/e-mail"]
    assert (box.text, box.hash, box.since) == ("Old words.", wording_hash("Old words."), stamp(NOON))
    (without,) = [one for one in boxes(SHOP, Standing(PERSON), (older, old), "en-GB") if one.key == "care/e-mail"]
    assert (without.hash, without.since) == (HASHES["care/e-mail"], "")


def test_a_box_left_alone_at_the_checkout_is_not_told_as_a_yes() -> None:
    line = Consent(PERSON, "newsletter", "e-mail", SOFT, "No, thanks.", "h", 0, "en-GB", NOON, NOON, "checkout")
    standing = Standing(PERSON, consents={"newsletter/e-mail": stamp(NOON)}, soft_at=stamp(NOON))
    (box,) = [one for one in boxes(SHOP, standing, (line,), "en-GB") if one.key == "newsletter/e-mail"]
    assert box.let_stand
    assert box.text != "No, thanks."


def test_what_is_in_force_is_shown_though_shop_toml_has_no_words_for_it_any_more() -> None:
    shop = msgspec.structs.replace(SHOP, wordings=tuple(one for one in SHOP.wordings if one.purpose != "care"))
    (box,) = [one for one in boxes(shop, Standing(PERSON, consents={"care/e-mail": STAMP}), (), "en-GB") if one.since]
    assert (box.key, box.text) == ("care/e-mail", "Care, by e-mail.")


def test_words_are_shown_in_the_persons_own_language_where_there_are_some() -> None:
    german = Wording("care", "e-mail", 1, "de", "Sagen Sie mir Bescheid.")
    shop = msgspec.structs.replace(SHOP, wordings=(*SHOP.wordings, german))
    (box,) = [one for one in boxes(shop, Standing(PERSON), (), "de-AT") if one.key == "care/e-mail"]
    assert (box.text, box.locale) == (german.text, "de")
    found = newest_wording(shop, "care", "e-mail", "de-AT")
    assert change(Wish({"care/e-mail": box.hash}), Standing(PERSON), shop, NOON).given == (found,)


@given(st.integers(-5, 5), st.sampled_from(("bounced", "complained", "")))
def test_only_a_link_that_was_asked_for_after_a_bounce_shows_that_mail_reaches_them(hours: int, why: str) -> None:
    standing = Standing(PERSON, unreachable_at=stamp(NOON) if why else "", unreachable_why=why)
    asked_at = stamp(NOON + timedelta(hours=hours))
    assert reached(standing, asked_at) is (why == "bounced" and instant(asked_at) > NOON)
    assert not reached(standing, "")
