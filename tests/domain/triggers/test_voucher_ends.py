from __future__ import annotations

import msgspec
import pytest

from tests.support.histories import DAY, history, moments, on, times, voucher
from tests.support.world import NOON

ENDS = on(2026, 3, 31)


def test_it_is_told_a_week_before_its_end() -> None:
    (found,) = moments("voucher-runs-out", history(vouchers=[voucher(ENDS)]))
    assert (times([found]), found.anchor, found.extra) == (["2026-03-24T10:00:00Z"], "welcome", {"code": "00000-00000"})


def test_a_spent_one_is_not() -> None:
    assert moments("voucher-runs-out", history(vouchers=[voucher(ENDS, redeemed_by="shopify:x:1")])) == []


@pytest.mark.parametrize(("now", "many"), [(ENDS - DAY, 1), (ENDS, 0), (ENDS + DAY, 0)])
def test_nor_is_one_that_has_run_out(now: object, many: int) -> None:
    assert len(moments("voucher-runs-out", history(vouchers=[voucher(ENDS)]), now)) == many  # type: ignore[arg-type]


def test_each_offer_has_its_own() -> None:
    two = [voucher(ENDS), msgspec.structs.replace(voucher(ENDS + DAY), code="11111-11111", offer="spring")]
    assert times(moments("voucher-runs-out", history(vouchers=two), NOON)) == ["2026-03-24T10:00:00Z", "2026-03-25T10:00:00Z"]
