from __future__ import annotations

import hashlib
import re
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous.signer import Signer

from chalicelib.adapters.tokens import Links
from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import Opened, SecretValues

NOW = datetime(2031, 5, 4, 9, tzinfo=UTC)
WEEK = NOW + timedelta(days=7)
PERSON = "abcdefghij234567klmn"


def secrets(link_key: str = "k2", retired: tuple[str, ...] = (), links: dict[str, str] | None = None) -> SecretValues:
    links = links or {"k1": "first key, thirty-two characters", "k2": "second key, also thirty-two long"}
    return SecretValues("pepper", links, link_key, {"standard": ("s",)}, "origin", retired)


def test_link_opens_for_its_purpose() -> None:
    token = Links(secrets()).make("confirm", PERSON, "newsletter", WEEK)
    assert Links(secrets()).open(token, "confirm", NOW) == Opened(PERSON, "newsletter")


def test_a_link_is_signed_as_itsdangerous_signs() -> None:
    value, _, signature = Links(secrets()).make("confirm", PERSON, "newsletter", WEEK).rpartition(".")
    signer = Signer(
        "second key, also thirty-two long", salt="courtesy link: confirm", key_derivation="hmac", digest_method=hashlib.sha256
    )
    assert signer.get_signature(value).decode() == signature


def test_link_opens_for_no_other_purpose() -> None:
    links = Links(secrets())
    token = links.make("confirm", PERSON, "newsletter", WEEK)
    for purpose in ("preferences", "stop", "confir", "confirm ", ""):
        with pytest.raises(Unverified, match="not valid"):
            links.open(token, purpose, NOW)


def test_link_runs_out_at_its_second() -> None:
    links = Links(secrets())
    token = links.make("confirm", PERSON, "", WEEK)
    assert links.open(token, "confirm", WEEK - timedelta(seconds=1)).person == PERSON
    with pytest.raises(Unverified, match="run out"):
        links.open(token, "confirm", WEEK)


def test_stop_link_never_runs_out() -> None:
    links = Links(secrets())
    token = links.make("stop", PERSON, "all", None)
    assert links.open(token, "stop", NOW + timedelta(days=36500)) == Opened(PERSON, "all")


def test_stop_link_takes_no_expiry_and_others_need_one() -> None:
    with pytest.raises(Invalid):
        Links(secrets()).make("stop", PERSON, "all", WEEK)
    with pytest.raises(Invalid):
        Links(secrets()).make("confirm", PERSON, "all", None)


def test_key_id_stands_in_front_and_newest_key_signs() -> None:
    assert Links(secrets("k1")).make("stop", PERSON, "all", None).startswith("k1.")
    assert Links(secrets("k2")).make("stop", PERSON, "all", None).startswith("k2.")


def test_links_of_the_key_before_still_open() -> None:
    token = Links(secrets("k1")).make("confirm", PERSON, "x", WEEK)
    assert Links(secrets("k2")).open(token, "confirm", NOW) == Opened(PERSON, "x")


def test_retired_key_opens_stop_links_only() -> None:
    before, after = Links(secrets("k1")), Links(secrets("k2", ("k1",)))
    assert after.open(before.make("stop", PERSON, "all", None), "stop", NOW) == Opened(PERSON, "all")
    with pytest.raises(Unverified, match="not valid"):
        after.open(before.make("confirm", PERSON, "x", WEEK), "confirm", NOW)


def test_no_other_key_than_the_named_one_opens() -> None:
    token = Links(secrets("k1")).make("stop", PERSON, "all", None)
    with pytest.raises(Unverified):
        Links(secrets()).open("k2" + token[2:], "stop", NOW)
    with pytest.raises(Unverified):
        Links(secrets("k2", links={"k2": "second key, also thirty-two long"})).open(token, "stop", NOW)


def test_same_bytes_under_another_key_id_are_refused() -> None:
    token = Links(secrets("k1", links={"k1": "one key", "k2": "one key"})).make("stop", PERSON, "all", None)
    with pytest.raises(Unverified):
        Links(secrets("k1", links={"k1": "one key", "k2": "one key"})).open("k2" + token[2:], "stop", NOW)


def test_token_is_short_and_safe_in_urls() -> None:
    token = Links(secrets("2031-05", links={"2031-05": "key"})).make("preferences", PERSON, "o" * 40, WEEK)
    assert len(token) < 200
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)


def test_scope_too_long_for_a_link_is_refused() -> None:
    with pytest.raises(Invalid):
        Links(secrets()).make("preferences", PERSON, "o" * 120, WEEK)


@given(person=st.text(max_size=15), scope=st.text(max_size=10), seconds=st.integers(1, 10**9))
def test_whatever_is_signed_comes_back(person: str, scope: str, seconds: int) -> None:
    links = Links(secrets())
    token = links.make("confirm", person, scope, NOW + timedelta(seconds=seconds))
    assert links.open(token, "confirm", NOW) == Opened(person, scope)


TOKENS = [Links(secrets()).make("confirm", PERSON, "newsletter", WEEK), Links(secrets()).make("stop", PERSON, "all", None)]


def test_every_single_changed_character_is_refused() -> None:
    links = Links(secrets())
    for token, purpose in zip(TOKENS, ("confirm", "stop"), strict=True):
        for at, old in enumerate(token):
            for new in string.ascii_letters + string.digits + "-_.=":
                if new != old:
                    with pytest.raises(Unverified):
                        links.open(token[:at] + new + token[at + 1 :], purpose, NOW)


@given(data=st.data())
def test_every_tampering_is_refused(data: st.DataObject) -> None:
    token = data.draw(st.sampled_from(TOKENS))
    start = data.draw(st.integers(0, len(token)))
    stop = data.draw(st.integers(start, len(token)))
    changed = token[:start] + data.draw(st.text(max_size=20)) + token[stop:]
    if changed not in TOKENS:
        for purpose in ("confirm", "stop"):
            with pytest.raises(Unverified):
                Links(secrets()).open(changed, purpose, NOW)


@given(garbage=st.text())
@example("")
@example(".")
@example("..")
@example("k1..")
@example("k1.ü.ü")
@example("k1.\ud800.\ud800")
@example("k1\x00.a.b")
@example("k1." + "A" * 1_000_000)
@example("." * 1_000_000)
def test_garbage_is_unverified_never_a_traceback(garbage: str) -> None:
    for purpose in ("confirm", "stop"):
        with pytest.raises(Unverified) as caught:
            Links(secrets()).open(garbage, purpose, NOW)
        assert str(caught.value) == "This link is not valid. Please copy the whole of it from our mail."
