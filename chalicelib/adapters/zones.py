"""Which clocks a person lives by, as far as their country and region tell: the tz database's own table, as the tzdata package ships it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files

_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_ATLANTIC = "America/Halifax"

_REGIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "US-CT", "US-DC", "US-DE", "US-GA", "US-MA", "US-MD", "US-ME", "US-NC", "US-NH", "US-NJ", "US-NY", "US-OH", "US-PA",
            "US-RI", "US-SC", "US-VA", "US-VT", "US-WV",
        ),
        (_EAST,),
    ),
    **dict.fromkeys(("US-FL", "US-IN", "US-KY", "US-MI", "US-TN"), (_EAST, _CENTRAL)),
    **dict.fromkeys(
        ("US-AL", "US-AR", "US-IA", "US-IL", "US-LA", "US-MN", "US-MO", "US-MS", "US-OK", "US-WI"),
        (_CENTRAL,),
    ),
    **dict.fromkeys(("US-KS", "US-ND", "US-NE", "US-SD", "US-TX"), (_CENTRAL, _MOUNTAIN)),
    **dict.fromkeys(("US-CO", "US-MT", "US-NM", "US-UT", "US-WY"), (_MOUNTAIN,)),
    "US-AZ": ("America/Phoenix", _MOUNTAIN),
    "US-ID": (_MOUNTAIN, _PACIFIC),
    "US-OR": (_PACIFIC, _MOUNTAIN),
    **dict.fromkeys(("US-CA", "US-WA"), (_PACIFIC,)),
    "US-NV": (_PACIFIC, _MOUNTAIN),
    "US-AK": ("America/Anchorage", "America/Adak"),
    "US-HI": ("Pacific/Honolulu",),
    "CA-NL": ("America/St_Johns", "America/Goose_Bay"),
    **dict.fromkeys(("CA-NB", "CA-NS", "CA-PE"), (_ATLANTIC,)),
    "CA-QC": ("America/Toronto", "America/Blanc-Sablon"),
    "CA-ON": ("America/Toronto", "America/Winnipeg", "America/Atikokan"),
    "CA-MB": ("America/Winnipeg",),
    "CA-SK": ("America/Regina", "America/Edmonton"),
    "CA-AB": ("America/Edmonton",),
    "CA-BC": ("America/Vancouver", "America/Edmonton", "America/Dawson_Creek"),
    "CA-YT": ("America/Whitehorse",),
    "CA-NT": ("America/Edmonton",),
    "CA-NU": ("America/Iqaluit", "America/Rankin_Inlet", "America/Cambridge_Bay"),
    **dict.fromkeys(("AU-ACT", "AU-VIC", "AU-TAS"), ("Australia/Melbourne",)),
    "AU-NSW": ("Australia/Sydney", "Australia/Adelaide"),
    "AU-QLD": ("Australia/Brisbane",),
    "AU-SA": ("Australia/Adelaide",),
    "AU-NT": ("Australia/Darwin",),
    "AU-WA": ("Australia/Perth", "Australia/Eucla"),
}  # fmt: skip
"""By ISO 3166-2. The tz database knows no states, so those of the three countries where it matters most stand here, those on two clocks
with both.
"""


class TzZones:
    """ports.Zones. The table is read once a process, and only when somebody is asked about."""

    @cached_property
    def _by_country(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("ascii").splitlines():
            if line and not line.startswith("#"):
                country, _, zone, *_ = line.split("\t")
                found.setdefault(country, []).append(zone)
        return {country: tuple(zones) for country, zones in found.items()}

    def of(self, country: str, region: str = "") -> tuple[str, ...]:
        return _REGIONS.get(f"{country}-{region}") or self._by_country.get(country, ())
