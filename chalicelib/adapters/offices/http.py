"""Asking a storefront's API: one attempt a call, with a timeout, and its answers sorted into ours."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib import strict_json
from chalicelib.domain.identity import tidy
from chalicelib.errors import Invalid, Misconfigured, Retryable

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

CONNECT, READ = 3.0, 10.0
"""Seconds. A call that takes longer is asked again later, never waited for."""

MAX_ANSWER, _PIECE = 20_000_000, 65_536
_HEADER = re.compile(r"[\x21-\x7e ]*")
_ADDRESS = re.compile(r"\S+@\S+")


class Answer(Struct, frozen=True):
    """`body`: the JSON that came back, None for none. Header names are lower case."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Api:
    """One API below `base` (with its scheme), with the headers that open it. `name`: whose it is, for sentences; `mend`: what to do where
    it does not let us in. Redirects are not followed: they would take the key elsewhere. Errors: Misconfigured for a key that no header
    can hold.
    """

    def __init__(self, name: str, base: str, headers: Mapping[str, str], mend: str) -> None:
        if not all(_HEADER.fullmatch(value) for value in headers.values()):
            # sent, it would raise an error that repeats it
            raise Misconfigured(f"The key to {name} holds something that is no part of a key. {mend}")
        self._name, self._base, self._headers, self._mend = name, base.rstrip("/"), dict(headers), mend

    @cached_property
    def _pool(self) -> PoolManager:
        from urllib3 import PoolManager, Timeout

        return PoolManager(timeout=Timeout(connect=CONNECT, read=READ), retries=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        data: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`data` goes as JSON, `form` as a form. Whatever it says with a status below 500, but for those that we cannot use, comes back.

        Errors: Retryable (nobody answered in time, 429, 5xx, not JSON), Misconfigured (401, 403, a redirect, a 404 that is not of an API,
        an address that is none).
        """
        from urllib3.exceptions import HTTPError, LocationValueError

        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = {"Accept": "application/json", "User-Agent": "Courtesy", **self._headers, **(headers or {})}
        body = None
        if data is not None:
            sent["Content-Type"], body = "application/json", json.dumps(data).encode()
        elif form is not None:
            sent["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form).encode()
        try:
            answer = self._pool.request(
                method, url, body=body, headers=sent, redirect=False, preload_content=False, enforce_content_length=True
            )
            raw = _read(answer)
        except LocationValueError:
            raise Misconfigured(f"{self._name} cannot be at this address. {self._mend}") from None
        except HTTPError as error:
            # the error's own text may hold the address with its query
            raise Retryable(f"{self._name} did not answer ({type(error).__name__}).") from None
        return self._sorted(answer.status, raw, {name.lower(): value for name, value in answer.headers.items()})

    def _sorted(self, status: int, raw: bytes, headers: Mapping[str, str]) -> Answer:
        if status in (401, 403) or 300 <= status < 400:
            raise Misconfigured(f"{self._name} does not let us in ({status}). {self._mend}")
        if status == 429 or status >= 500:
            raise Retryable(f"{self._name} is busy ({status}); it is asked again in a moment.")
        if len(raw) > MAX_ANSWER:
            raise Retryable(f"{self._name} answered with more than can be read.")
        try:
            return Answer(status, strict_json.loads(raw) if raw.strip() else None, headers)
        except Invalid:
            if status == 404:
                raise Misconfigured(f"{self._name} has no API at this address (404). {self._mend}") from None
            raise Retryable(f"{self._name} answered, but not in JSON ({status}).") from None


def _read(answer: BaseHTTPResponse) -> bytes:
    """All of it, or somewhat more than MAX_ANSWER. Piece by piece, for only then is an answer that breaks off told from one that ends, by
    whichever urllib3 the Lambda runtime brings. Errors: urllib3's.
    """
    raw = bytearray()
    while len(raw) <= MAX_ANSWER and (piece := answer.read(_PIECE)):
        raw += piece
    if len(raw) > MAX_ANSWER:
        answer.close()  # its rest would be read as the next answer
    answer.release_conn()
    return bytes(raw)


def basic(user: str, password: str) -> dict[str, str]:
    """The header of HTTP's basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def harmless(said: Any, *secrets: str) -> str:
    """What an API says of an error, as one line without what is secret or personal."""
    found = said if isinstance(said, str) else ""
    for secret in filter(None, secrets):
        found = found.replace(secret, "…")
    return tidy(_ADDRESS.sub("…", found), 300)
