"""Where Courtesy runs and with what: from the environment, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from chalicelib.errors import Misconfigured

ROOT = Path(__file__).parent.parent
"""Where templates/ and shop/ stand: the checkout, and in Lambda the unpacked zip (vendor/ puts them there)."""

LOCAL, AWS = "local", "aws"
_AWS_NEEDS = ("TABLE", "BUCKET", "SECRETS", "QUEUE_WEBHOOKS", "QUEUE_DUE_NOW", "QUEUE_ERRANDS", "SET_SERVICE", "SET_MARKETING")


class Settings(Struct, frozen=True):
    """`data`: the local platform's folder. `url`: the site's base as it is reached here, "" to use the shop's own.
    `smtp`: the server that local mail goes out through, "" to keep it in the outbox. `journal`: the local
    journal's folder, None for the one in `data`.

    The rest is AWS's: the table's and the bucket's name, the SSM prefix of the secrets, queue URLs and SES configuration sets by name.
    """

    platform: Literal["local", "aws"]
    shop: Path
    data: Path
    url: str = ""
    smtp: str = ""
    journal: Path | None = None
    table: str = ""
    bucket: str = ""
    secrets: str = ""
    queues: Mapping[str, str] = {}
    configuration_sets: Mapping[str, str] = {}


def settings(environment: Mapping[str, str]) -> Settings:
    """From COURTESY_* variables; every one is listed in docs/settings.md. Errors: Misconfigured, naming what is missing."""
    platform = environment.get("COURTESY_PLATFORM", LOCAL)
    shop = Path(environment.get("COURTESY_SHOP", ROOT / "shop"))
    data = Path(environment.get("COURTESY_DATA", ".courtesy"))
    if platform == LOCAL:
        return Settings(
            "local",
            shop,
            data,
            url=environment.get("COURTESY_URL", "http://127.0.0.1:8000"),
            smtp=environment.get("COURTESY_SMTP", ""),
            journal=Path(journal) if (journal := environment.get("COURTESY_JOURNAL")) else None,
        )
    if platform != AWS:
        raise Misconfigured(f'Set COURTESY_PLATFORM to "{LOCAL}" or "{AWS}", not "{platform}".')
    missing = [f"COURTESY_{name}" for name in _AWS_NEEDS if not environment.get(f"COURTESY_{name}")]
    if missing:
        raise Misconfigured(f"Set {', '.join(missing)}.")
    return Settings(
        "aws",
        shop,
        data,
        table=environment["COURTESY_TABLE"],
        bucket=environment["COURTESY_BUCKET"],
        secrets=environment["COURTESY_SECRETS"],
        queues={
            "webhooks": environment["COURTESY_QUEUE_WEBHOOKS"],
            "due-now": environment["COURTESY_QUEUE_DUE_NOW"],
            "errands": environment["COURTESY_QUEUE_ERRANDS"],
        },
        configuration_sets={
            "service": environment["COURTESY_SET_SERVICE"],
            "courtesy": environment["COURTESY_SET_MARKETING"],
            "marketing": environment["COURTESY_SET_MARKETING"],
        },
    )
