from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.zones import TzZones
from chalicelib.domain.screening import Hold
from chalicelib.domain.screening.quiet_hours import check
from chalicelib.domain.standing import COURTESY, MARKETING, SERVICE
from tests.factories import case, follow_up
from tests.support.properties import HOUR, quick, thorough
from tests.support.world import NOON

SECOND = timedelta(seconds=1)
moments = st.integers(0, 500 * 86400).map(lambda seconds: NOON + seconds * SECOND)


def night(hour: int) -> bool:
    return hour >= 20 or hour < 9


@thorough
@given(st.sampled_from([COURTESY, MARKETING]), moments, st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo"]))
def test_nobody_is_written_to_at_night(message_class: str, now: datetime, zone: str) -> None:
    found = case(follow_up=follow_up(message_class=message_class), now=now, shop={"zone": zone})
    assert (check(found) is not None) == night(now.astimezone(ZoneInfo(zone)).hour)


@thorough
@given(moments)
def test_it_is_released_when_the_night_ends(now: datetime) -> None:
    held = case(now=now)
    objection = check(held)
    if isinstance(objection, Hold):
        assert check(msgspec.structs.replace(held, now=objection.until)) is None
        assert check(msgspec.structs.replace(held, now=objection.until - SECOND)) is not None


ZONES = TzZones()
homes = st.sampled_from(
    [("US", ""), ("US", "CA"), ("US", "TN"), ("CA", ""), ("AU", "NSW"), ("BR", ""), ("PT", ""), ("FR", ""), ("RU", "")]
)


@thorough
@given(st.sampled_from([COURTESY, MARKETING]), moments, homes)
def test_nobody_is_written_to_when_it_is_night_at_theirs(message_class: str, now: datetime, home: tuple[str, str]) -> None:
    zones = ZONES.of(*home)
    found = msgspec.structs.replace(case(follow_up=follow_up(message_class=message_class), now=now), zones=zones)
    assert (check(found) is not None) == any(night(now.astimezone(ZoneInfo(zone)).hour) for zone in zones)


@thorough
@given(moments, homes)
def test_it_is_released_when_their_night_ends(now: datetime, home: tuple[str, str]) -> None:
    held = msgspec.structs.replace(case(now=now), zones=ZONES.of(*home))
    objection = check(held)
    if isinstance(objection, Hold):
        assert check(msgspec.structs.replace(held, now=objection.until)) is None
        assert check(msgspec.structs.replace(held, now=objection.until - SECOND)) is not None


@quick
@given(moments)
def test_a_country_too_wide_for_its_quiet_hours_goes_by_the_shops_own(now: datetime) -> None:
    wide = msgspec.structs.replace(case(now=now, manners={"quiet_from": 16, "quiet_to": 11}), zones=ZONES.of("RU"))
    assert check(wide) == check(msgspec.structs.replace(wide, zones=()))


@quick
@given(moments)
def test_service_goes_at_once(now: datetime) -> None:
    assert check(case(follow_up=follow_up(message_class=SERVICE), now=now)) is None


def test_a_night_does_not_stop_the_count() -> None:
    objection = check(case(now=NOON + 9 * HOUR))
    assert isinstance(objection, Hold)
    assert not objection.restarts


@pytest.mark.parametrize("hours", [(0, 0), (12, 12)])
def test_a_shop_may_have_no_quiet_hours(hours: tuple[int, int]) -> None:
    always = [case(now=NOON + n * HOUR, manners={"quiet_from": hours[0], "quiet_to": hours[1]}) for n in range(24)]
    assert [check(one) for one in always] == [None] * 24
