"""Logs: one JSON line each, with ids and places in our code, never with an address, a name, a code, a token, or an error's own words."""

from __future__ import annotations

import json
import logging
import traceback

LOG = logging.getLogger("chalicelib")  # not the app's name: Chalice silences that logger up to its errors


def warn(event: str, **ids: str) -> None:
    """What somebody should know although nothing broke."""
    LOG.warning(json.dumps({"event": event, **ids}))


def failed(event: str, error: BaseException, **ids: str) -> None:
    """What went wrong and where. The error's text is left out: libraries quote what they choke on."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    LOG.error(json.dumps({"event": event, "error": type(error).__name__, "at": places[-6:], **ids}))
