from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.calendar import stamp
from chalicelib.domain.standing import (
    CLASSES,
    COURTESY,
    MARKETING,
    SERVICE,
    Standing,
    against_a_yes,
    closed_by,
    heard_since,
    with_heard,
)
from tests.support.properties import quick
from tests.support.world import NOON

SECOND = timedelta(seconds=1)
MONTH = timedelta(days=30)
SINCE = stamp(NOON)


@pytest.mark.parametrize(
    ("standing", "service", "others"),
    [
        (Standing("p"), "", ""),
        (Standing("p", stopped_at=SINCE), "", "stop"),
        (Standing("p", unreachable_at=SINCE), "unreachable", "unreachable"),
        (Standing("p", never_at=SINCE), "never", "never"),
        (Standing("p", stopped_at=SINCE, unreachable_at=SINCE), "unreachable", "stop"),
        (Standing("p", stopped_at=SINCE, unreachable_at=SINCE, never_at=SINCE), "never", "never"),
    ],
)
def test_scopes_close_classes(standing: Standing, service: str, others: str) -> None:
    found = {message_class: closed_by(standing, message_class) for message_class in CLASSES}
    assert found == {SERVICE: service, COURTESY: others, MARKETING: others}


@pytest.mark.parametrize(
    ("standing", "by_mail", "by_post"),
    [
        (Standing("p"), "", ""),
        (Standing("p", unreachable_at=SINCE, unreachable_why="bounced"), "bounced", ""),
        (Standing("p", unreachable_at=SINCE, unreachable_why="complained"), "complained", ""),
        (Standing("p", stopped_at=SINCE, unreachable_at=SINCE, unreachable_why="bounced"), "stopped", "stopped"),
        (Standing("p", stopped_at=SINCE, unreachable_at=SINCE, unreachable_why="complained"), "complained", "stopped"),
        (Standing("p", stopped_at=SINCE, never_at=SINCE), "never", "never"),
        (Standing("p", pace="orders", paused_until=SINCE, declined_at=SINCE), "", ""),
    ],
)
def test_what_stands_against_a_yes_that_they_did_not_click(standing: Standing, by_mail: str, by_post: str) -> None:
    assert (against_a_yes(standing, by_mail=True), against_a_yes(standing, by_mail=False)) == (by_mail, by_post)


def test_what_is_heard_counts_thirty_days() -> None:
    standing = Standing("p", heard={"p-old": stamp(NOON - MONTH), "p-new": stamp(NOON - MONTH + SECOND)})
    assert heard_since(standing, NOON) == {"p-new": stamp(NOON - MONTH + SECOND)}


def test_a_retry_counts_once() -> None:
    once = with_heard(Standing("p"), "p-a", NOON)
    again = with_heard(Standing("p", heard=once), "p-a", NOON + SECOND)
    assert again == {"p-a": stamp(NOON + SECOND)}


def test_its_own_retry_does_not_count_against_it() -> None:
    standing = Standing("p", heard={"p-a": SINCE, "p-b": SINCE})
    assert heard_since(standing, NOON, besides="p-a") == {"p-b": SINCE}


@quick
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40 * 86400)))
def test_the_list_never_outgrows_the_window(ago: dict[str, int]) -> None:
    standing = Standing("p", heard={id_: stamp(NOON - seconds * SECOND) for id_, seconds in ago.items()})
    kept = with_heard(standing, "new", NOON)
    assert kept.pop("new") == SINCE
    assert set(kept) == {id_ for id_, seconds in ago.items() if seconds < 30 * 86400}
