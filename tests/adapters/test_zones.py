from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters import zones
from chalicelib.adapters.zones import TzZones

SUMMER, WINTER = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def test_a_country_has_its_zones() -> None:
    assert TzZones().of("GB") == ("Europe/London",)
    assert set(TzZones().of("PT")) == {"Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"}


def test_a_state_narrows_them_down() -> None:
    assert TzZones().of("US", "CA") == ("America/Los_Angeles",)
    assert len(TzZones().of("US")) > 20


@pytest.mark.parametrize("region", ["", "XX", "ENG"])
def test_a_region_that_says_nothing_leaves_all_of_them(region: str) -> None:
    assert TzZones().of("US", region) == TzZones().of("US")


@pytest.mark.parametrize("country", ["", "ZZ", "gb"])
def test_of_an_unknown_country_nothing_is_known(country: str) -> None:
    assert TzZones().of(country, "CA") == ()


def test_a_state_is_of_its_own_country() -> None:
    assert TzZones().of("AU", "WA") != TzZones().of("US", "WA")


@pytest.mark.parametrize("region", sorted(zones._REGIONS))
def test_each_state_has_clocks_of_its_country(region: str) -> None:
    country = TzZones().of(region[:2])
    clocks = {clock(zone) for zone in country}
    assert {clock(zone) for zone in zones._REGIONS[region]} <= clocks


def test_all_states_of_the_three_countries_are_there() -> None:
    counted = {country: sum(region.startswith(country) for region in zones._REGIONS) for country in ("US-", "CA-", "AU-")}
    assert counted == {"US-": 51, "CA-": 13, "AU-": 8}


@pytest.mark.parametrize("country", sorted(TzZones()._by_country))
def test_every_zone_can_be_read(country: str) -> None:
    for zone in TzZones().of(country):
        ZoneInfo(zone)


def clock(zone: str) -> tuple[object, object]:
    return tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in (WINTER, SUMMER))  # type: ignore[return-value]  # two of them
