from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.shop import daily_share
from tests.support.properties import quick
from tests.support.world import demo_shop

budgets, shards = st.integers(0, 10_000), st.integers(1, 40)


@quick
@given(budgets, shards)
def test_all_shards_together_keep_to_the_days_budget(budget: int, count: int) -> None:
    share = daily_share(demo_shop(daily_budget=budget), count)
    assert budget - count < share * count <= budget


@quick
@given(budgets)
def test_one_shard_has_all_of_it(budget: int) -> None:
    assert daily_share(demo_shop(daily_budget=budget), 1) == budget
