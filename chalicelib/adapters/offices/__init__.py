"""Offices: each asks its storefront's own API (ports.Office)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.shop import Shop
from chalicelib.errors import Misconfigured
from chalicelib.ports import Office

_KEYS: Mapping[str, tuple[str, ...]] = {
    "woocommerce": ("woocommerce/key", "woocommerce/secret"),
    "stripe": ("stripe/key",),
}
_SHOPIFY_TOKEN, _SHOPIFY_CLIENT, _SHOPIFY_SECRET = "shopify/token", "shopify/client", "shopify/secret"


def open_office(shop: Shop, api: Mapping[str, str]) -> Office | None:
    """The one of the shop's storefront, or None where no key to it was given. `api`: as SecretValues. Errors: Misconfigured."""
    storefront = shop.storefront
    if storefront.kind == "shopify":
        return _shopify(storefront.shop, api)
    given = _given(storefront.kind, _KEYS.get(storefront.kind, ()), api)
    if not given:
        return None
    if storefront.kind == "woocommerce":
        from chalicelib.adapters.offices.woocommerce_rest import WooRest

        return WooRest(storefront.url, *given)
    from chalicelib.adapters.offices.stripe_api import StripeApi

    return StripeApi(*given)


def _shopify(shop: str, api: Mapping[str, str]) -> Office | None:
    from chalicelib.adapters.offices.shopify_admin import DailyToken, ShopifyAdmin

    if api.get(_SHOPIFY_CLIENT):
        return ShopifyAdmin(shop, DailyToken(shop, *_given("shopify", (_SHOPIFY_CLIENT, _SHOPIFY_SECRET), api)))
    token = api.get(_SHOPIFY_TOKEN, "")  # of an app from before 2026
    return ShopifyAdmin(shop, lambda: token) if token else None


def _given(kind: str, names: Sequence[str], api: Mapping[str, str]) -> list[str]:
    """All of them, or none. Errors: Misconfigured where only some are there."""
    given = [api[name] for name in names if api.get(name)]
    if given and len(given) < len(names):
        missing = next(name for name in names if not api.get(name))
        raise Misconfigured(f"The secret api/{missing} is missing: give both with courtesy connect {kind}.")
    return given
