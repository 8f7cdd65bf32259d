"""What is wrong with an owner's file is said so that it can be mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.adapters.shop_files import read_playbook, read_shop
from chalicelib.config import ROOT
from chalicelib.errors import Misconfigured


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [
        ('known = "asked"', 'known = "pol"', 'vouchers.known: give "asked" or "pool" or "storefront".'),
        ('kind = "shopify"', 'kind = "magento"', 'storefront.kind: give "shopify" or "standard" or "stripe" or "woocommerce".'),
        ('other_name = "ask"', 'other_name = "maybe"', 'gifts.other_name: give "ask" or "gift" or "nothing".'),
    ],
)
def test_a_word_that_is_none_is_told_the_others(tmp_path: Path, written: str, wrong: str, said: str) -> None:
    file = tmp_path / "shop.toml"
    text = (ROOT / "shop" / "shop.toml").read_text()
    assert written in text
    file.write_text(text.replace(written, wrong))
    with pytest.raises(Misconfigured) as refused:
        read_shop(file)
    assert said in str(refused.value)


def test_a_rule_is_told_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "playbook.toml"
    file.write_text((ROOT / "shop" / "playbook.toml").read_text().replace('trigger = "order"', 'trigger = "ordre"'))
    with pytest.raises(Misconfigured, match=r'rule\[3\].trigger: give "arrival" or "claim"'):
        read_playbook(file)
