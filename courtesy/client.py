"""Speaking to the running shop."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.errors import Retryable

TIMEOUT_SECONDS = 600


def post(url: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and JSON answer. Errors: Retryable when nobody answers."""
    return _ask("POST", url, path, body, headers)


def post_form(url: str, path: str, **fields: str) -> tuple[int, dict[str, Any]]:
    """A form, asking for JSON back. Errors: Retryable."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return _ask("POST", url, path, urlencode(fields).encode(), headers)


def get(url: str, path: str) -> dict[str, Any]:
    """The JSON answer. Errors: Retryable."""
    return _ask("GET", url, path, None, {"Accept": "application/json"})[1]


def _ask(method: str, url: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        raise Retryable(f"The shop at {url} does not answer: is courtesy up still running?") from None
    finally:
        connection.close()
    try:
        found = json.loads(text)
    except ValueError:
        found = {"message": text.strip()}
    return answer.status, found if isinstance(found, dict) else {"message": text}
