"""Signatures that were published, or derived from published ones, and what each must come to."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from chalicelib.errors import Unverified
from chalicelib.ports import Storefront
from tests.corpus.files import Vector
from tests.support.world import NOON

SCHEMES = {"shopify": "shopify", "woocommerce": "woocommerce", "stripe": "stripe", "standard-webhooks": "standard"}


def check(folder: Path, storefronts: Mapping[str, Storefront]) -> tuple[Counter[str], list[str]]:
    """How many of each storefront's came out as they should, and what did not. Schemes that are no storefront's are left out."""
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for vector in msgspec.json.decode((folder / "vectors.json").read_bytes(), type=list[Vector]):
        name = SCHEMES.get(vector.scheme, "")
        if name not in storefronts:
            continue
        found = _found(vector, storefronts[name])
        if found == vector.expect:
            right[name] += 1
        else:
            wrong.append(f"{vector.id}: {found} where it should be {vector.expect} ({vector.why or 'as published'})")
    return right, wrong


def _found(vector: Vector, storefront: Storefront) -> str:
    headers = {name.lower(): value for name, value in vector.headers.items()}
    now = NOON if vector.now is None else datetime.fromtimestamp(vector.now, UTC)
    try:
        storefront.verify(headers, base64.b64decode(vector.body_base64), [vector.key or ""], now)
    except Unverified:
        return "reject"
    except Exception as error:  # noqa: BLE001  whatever an adapter does, it is told with the vector's name
        return f"{type(error).__name__}: {error}"
    return "accept"
