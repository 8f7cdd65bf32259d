"""Storefronts: each turns its own payloads into what is learnt (ports.Storefront)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.adapters.storefronts.shopify import Shopify
from chalicelib.ports import Storefront

STOREFRONTS: Mapping[str, Storefront] = {"shopify": Shopify()}
