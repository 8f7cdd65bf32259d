"""The names that secrets go by, the same in SSM and in the local file.

people                           the pepper under which addresses are hashed; never rotated
link_key                         the id of the key that signs links
links/<key id>                   a key that signs, or still opens, links
links/retired/<key id>           a key that opens stop links only; to retire a key, move it here
webhooks/<storefront>/current    what the storefront signs with
webhooks/<storefront>/previous   what it signed with before; only while a change is under way
origin                           the header value by which CloudFront proves itself
api/<storefront>/<name>          what opens the storefront's own API; courtesy connect sets it
checkout                         the key with which any other checkout asks about vouchers
live_table                       which table mail may go out from; the first start and courtesy restore set it, nobody by hand
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.errors import Misconfigured
from chalicelib.ports import SecretValues

LIVE_TABLE, CHECKOUT = "live_table", "checkout"

_KEY_ID = re.compile(r"[a-z0-9-]{1,16}")
_KEEPABLE = re.compile(r"api/[a-z]+/[a-z_]+|webhooks/[a-z]+/(current|previous)|checkout")
_API = "api/"
_LINKS, _RETIRED, _WEBHOOKS = "links/", "links/retired/", "webhooks/"


def secret_values(found: Mapping[str, str], where: str) -> SecretValues:
    """All secrets from their names and values. Names that are not ours are passed over; LIVE_TABLE, CHECKOUT and those of APIs may be missing.

    `where` goes before a name in sentences. White space around a value is not part of it: it comes from pasting.
    Errors: Misconfigured with the name of what is missing or empty, never with a value.
    """
    values = {name: value.strip() for name, value in found.items()}
    for name, value in values.items():
        if not value:
            raise Misconfigured(f"The secret {where}{name} is empty.")

    def need(name: str) -> str:
        if name not in values:
            raise Misconfigured(f"The secret {where}{name} is missing.")
        return values[name]

    link_key = need("link_key")
    need(f"{_LINKS}{link_key}" if _KEY_ID.fullmatch(link_key) else f"{_LINKS}<the key id that link_key names>")
    retired = _below(_RETIRED, values)
    if link_key in retired:
        raise Misconfigured(f"The secret {where}link_key names a retired key.")
    storefronts = {name.split("/")[1] for name in values if re.fullmatch(r"webhooks/[^/]+/(current|previous)", name)}
    if not storefronts:
        raise Misconfigured(f"The secret {where}{_WEBHOOKS}<storefront>/current is missing.")
    return SecretValues(
        people=need("people"),
        links={**_below(_LINKS, values), **retired},
        link_key=link_key,
        webhooks={
            storefront: _live(storefront, values, need(f"{_WEBHOOKS}{storefront}/current")) for storefront in sorted(storefronts)
        },
        origin=need("origin"),
        retired=tuple(sorted(retired)),
        live_table=values.get(LIVE_TABLE, ""),
        api={name.removeprefix(_API): value for name, value in values.items() if name.startswith(_API)},
        checkout=values.get(CHECKOUT, ""),
    )


def keepable(name: str, value: str) -> str:
    """The name, where it is one that may be set while the shop runs. Errors: Misconfigured, also for an empty value."""
    if not _KEEPABLE.fullmatch(name):
        raise Misconfigured(f"The secret {name} is not one that can be set.")
    if not value.strip():
        raise Misconfigured(f"The secret {name} cannot be empty.")
    return name


def _below(folder: str, values: Mapping[str, str]) -> dict[str, str]:
    ids = {name: name.removeprefix(folder) for name in values if name.startswith(folder)}
    return {key_id: values[name] for name, key_id in ids.items() if _KEY_ID.fullmatch(key_id)}


def _live(storefront: str, values: Mapping[str, str], current: str) -> tuple[str, ...]:
    previous = values.get(f"{_WEBHOOKS}{storefront}/previous")
    return (current, previous) if previous else (current,)
