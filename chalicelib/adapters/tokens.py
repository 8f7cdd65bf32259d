"""Signed links: who may do what by following one, and until when.

A token reads `<key id>.<payload>.<signature>`, fewer than 200 characters of [A-Za-z0-9_.-]. The payload is msgpack of person,
scope and expiry (seconds since 1970, 0 for never), in base64url: signed, not secret. The signature is HMAC-SHA256 over key id
and payload, under a key derived from the named key and the purpose, so that a token of one purpose opens no other.

Keys (ports.SecretValues): `link_key` signs. Any key in `links` opens; one that is listed in `retired` opens stop links only,
which therefore live as long as their key is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from functools import lru_cache

import msgspec
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import Signer

from chalicelib.errors import Invalid, Unverified
from chalicelib.ports import STOP, Opened, SecretValues

MAX_TOKEN = 199

_NOT_VALID = "This link is not valid. Please copy the whole of it from our mail."
_RUN_OUT = "This link has run out. Please ask for a new one."


class Links:
    """Makes and opens the tokens in links. Reads no clock."""

    def __init__(self, secrets: SecretValues) -> None:
        self._keys = dict(secrets.links)
        self._signing = secrets.link_key
        self._retired = frozenset(secrets.retired)

    def make(self, purpose: str, person: str, scope: str, expires: datetime | None) -> str:
        """A token. `expires` (aware; whole seconds count) is None for STOP and for nothing else.

        Errors: Invalid when that is not kept, or when person and scope are too long for a link.
        """
        if (expires is None) is not (purpose == STOP):
            raise Invalid("A stop link never runs out; every other link must.")
        payload = msgspec.msgpack.encode((person, scope, int(expires.timestamp()) if expires else 0))
        value = f"{self._signing}.{base64_encode(payload).decode()}"
        token = f"{value}.{_signature(self._keys[self._signing], purpose, value)}"
        if len(token) > MAX_TOKEN:
            raise Invalid("A link's person and scope are too long together.")
        return token

    def open(self, token: str, purpose: str, now: datetime) -> Opened:
        """What the token says. Errors: Unverified, in the same words for every fault but a run-out link."""
        key_id, _, rest = token.partition(".")
        payload, _, signature = rest.partition(".")
        key = self._keys.get(key_id)
        if len(token) > MAX_TOKEN or not token.isascii() or key is None or (key_id in self._retired and purpose != STOP):
            raise Unverified(_NOT_VALID)
        # text against text: base64 spells the same bytes in several ways, and a token should have one form
        if not hmac.compare_digest(_signature(key, purpose, f"{key_id}.{payload}"), signature):
            raise Unverified(_NOT_VALID)
        person, scope, expires = msgspec.msgpack.decode(base64_decode(payload), type=tuple[str, str, int])
        if purpose != STOP and now.timestamp() >= expires:
            raise Unverified(_RUN_OUT)
        return Opened(person, scope)


def _signature(key: str, purpose: str, value: str) -> str:
    # what Signer.get_signature gives, but it would derive the key anew for each of a mail's links
    return base64_encode(hmac.digest(_derived(key, purpose), value.encode(), "sha256")).decode()


@lru_cache(maxsize=64)
def _derived(key: str, purpose: str) -> bytes:
    return Signer(key, salt=f"courtesy link: {purpose}", key_derivation="hmac", digest_method=hashlib.sha256).derive_key()
