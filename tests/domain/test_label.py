"""Where labels lie on their sheet, and what stands on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.label import HEIGHT, PER_SHEET, WIDTH, Place, address_lines, places, sheets, window_of
from tests.support.properties import quick


def test_the_first_and_the_last_of_a_sheet_are_where_the_makers_put_them() -> None:
    on_one = places(PER_SHEET)
    assert on_one[0] == Place(0, 7.25, 15.15)
    assert on_one[1] == Place(0, 73.25, 15.15)
    assert on_one[3] == Place(0, 7.25, 53.25)
    assert on_one[20] == Place(0, 139.25, 243.75)


def test_a_sheet_that_was_begun_is_gone_on_with() -> None:
    assert places(1, start=5) == [Place(0, 73.25, 53.25)]
    assert [place.sheet for place in places(3, start=20)] == [0, 0, 1]


@pytest.mark.parametrize("start", [0, 22, -1])
def test_a_sheet_has_no_other_positions(start: int) -> None:
    with pytest.raises(ValueError, match="1 to 21"):
        places(1, start)


@given(count=st.integers(0, 70), start=st.integers(1, PER_SHEET))
@quick
def test_no_label_lies_on_another_or_off_the_sheet(count: int, start: int) -> None:
    found = places(count, start)
    assert len(set(found)) == count
    for place in found:
        assert 7 <= place.left <= 210 - 7 - WIDTH
        assert 15 <= place.top <= 297 - 15 - HEIGHT
    assert [one for sheet in sheets(list(range(count)), start) for _, one in sheet] == list(range(count))


def test_an_address_begins_with_the_name_once() -> None:
    street = ("4 Fore Street", "Truro")
    assert address_lines("Isobel Trant", street) == ("Isobel Trant", *street)
    assert address_lines("Isobel Trant", ("Ms Isobel Trant", *street)) == ("Ms Isobel Trant", *street)
    assert address_lines("", street) == street


def test_without_a_street_there_is_nowhere_to_go() -> None:
    assert address_lines("Isobel Trant", ("", "  "), "DE", "GB") == ()


@pytest.mark.parametrize(("country", "last"), [("DE", "GERMANY"), ("GB", "Kiel"), ("", "Kiel"), ("XX", "XX")])
def test_only_abroad_the_country_stands_below(country: str, last: str) -> None:
    assert address_lines("Jörg", ("Königstraße 4½", "Kiel"), country, "GB")[-1] == last


def test_a_country_that_stands_there_already_is_not_told_twice() -> None:
    assert address_lines("Jörg", ("Kiel", "Germany"), "DE", "GB") == ("Jörg", "Kiel", "Germany")


def test_windows_are_as_the_shops_country_has_them() -> None:
    assert [window_of(country) for country in ("GB", "IE", "DE", "CH")] == ["uk", "uk", "din", "din"]
