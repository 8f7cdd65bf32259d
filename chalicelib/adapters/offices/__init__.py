"""Offices: each asks its storefront's own API (ports.Office)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.shop import Shop
from chalicelib.ports import Office


def open_office(shop: Shop, api: Mapping[str, str]) -> Office | None:
    """The one of the shop's storefront, or None where no key to it was given. `api`: as SecretValues. Errors: Misconfigured."""
    return None
