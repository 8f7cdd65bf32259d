"""Storefronts: each turns its own payloads into what is learnt (ports.Storefront). docs/adding-a-storefront.md tells how one is added."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.adapters.storefronts.standard import Standard
from chalicelib.adapters.storefronts.stripe import Stripe
from chalicelib.adapters.storefronts.woocommerce import WooCommerce
from chalicelib.ports import Storefront

STOREFRONTS: Mapping[str, Storefront] = {
    "shopify": Shopify(),
    "woocommerce": WooCommerce(),
    "stripe": Stripe(),
    "standard": Standard(),
}
