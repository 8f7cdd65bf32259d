"""Ids and bits from the operating system's randomness."""

from __future__ import annotations

import base64
import secrets


class RandomIds:
    """ports.Ids."""

    def token(self) -> str:
        """26 characters of [a-z2-7]: 128 random bits."""
        return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()

    def bits(self, count: int) -> int:
        """A uniform random integer below 2**count."""
        return secrets.randbits(count)
