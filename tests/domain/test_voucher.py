from __future__ import annotations

from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.voucher import ALPHABET, new_code, parse_code
from tests.support.properties import hostile_text, quick

codes = st.integers(0, 2**45 - 1).map(lambda seed: new_code(Random(seed).getrandbits))


@quick
@given(codes)
def test_a_new_code_reads_back(code: str) -> None:
    assert parse_code(code) == code


@quick
@given(codes)
def test_a_code_is_fit_for_storefronts(code: str) -> None:
    assert len(code) == 11
    assert code[5] == "-"
    assert set(code.replace("-", "")) <= set(ALPHABET)


def test_check_symbols_outside_the_alphabet_are_redrawn() -> None:
    numbers = iter([32, 33, 36, 31])  # these leave 32, 33, 36 and 31 when divided by 37
    drawn = count()
    assert new_code(lambda _: (next(drawn), next(numbers))[1]) == "00000-000ZZ"
    assert next(drawn) == 4


@quick
@given(codes, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_any_single_slip_is_noticed(code: str, place: int, symbol: str) -> None:
    symbols = list(code.replace("-", ""))
    slipped = symbols[place] != symbol
    symbols[place] = symbol
    assert (parse_code("".join(symbols)) is None) == slipped


@quick
@given(codes, st.integers(0, 8))
def test_any_swap_of_neighbours_is_noticed(code: str, place: int) -> None:
    symbols = list(code.replace("-", ""))
    alike = symbols[place] == symbols[place + 1]
    symbols[place], symbols[place + 1] = symbols[place + 1], symbols[place]
    assert (parse_code("".join(symbols)) is not None) == alike


@quick
@given(codes)
def test_codes_survive_being_read_aloud(code: str) -> None:
    heard = code.lower().replace("0", "o").replace("1", "i")
    for typed in (heard, heard.replace("i", "L"), code.replace("-", ""), f"  {' '.join(code)} ", code.replace("-", " - ")):
        assert parse_code(typed) == code


@pytest.mark.parametrize(
    "text", ["", "-", "00000-00000 0", "WELCOME10", "00000-0000U", "00000-0000*", "0" * 10**6, "\u0660" * 10, "\ud800"]
)
def test_what_is_no_code_of_ours_is_none(text: str) -> None:
    assert parse_code(text) is None


@quick
@given(hostile_text)
def test_any_text_is_a_code_or_none(text: str) -> None:
    found = parse_code(text)
    assert found is None or parse_code(found) == found
