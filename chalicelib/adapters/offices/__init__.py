"""Offices: each asks its storefront's own API (ports.Office)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.shop import Shop
from chalicelib.errors import Misconfigured
from chalicelib.ports import Office

_KEYS: Mapping[str, tuple[str, ...]] = {
    "shopify": ("shopify/token",),
    "woocommerce": ("woocommerce/key", "woocommerce/secret"),
    "stripe": ("stripe/key",),
}


def open_office(shop: Shop, api: Mapping[str, str]) -> Office | None:
    """The one of the shop's storefront, or None where no key to it was given. `api`: as SecretValues. Errors: Misconfigured."""
    storefront = shop.storefront
    names = _KEYS.get(storefront.kind, ())
    given = [api[name] for name in names if api.get(name)]
    if not given:
        return None
    if len(given) < len(names):
        missing = next(name for name in names if not api.get(name))
        raise Misconfigured(f"The secret api/{missing} is missing: give both with courtesy connect {storefront.kind}.")
    if storefront.kind == "shopify":
        from chalicelib.adapters.offices.shopify_admin import ShopifyAdmin

        return ShopifyAdmin(storefront.shop, *given)
    if storefront.kind == "woocommerce":
        from chalicelib.adapters.offices.woocommerce_rest import WooRest

        return WooRest(storefront.url, *given)
    from chalicelib.adapters.offices.stripe_api import StripeApi

    return StripeApi(*given)
