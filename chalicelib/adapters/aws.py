"""The one place where AWS clients are made.

botocore alone, not boto3: the clients are the same, and importing and making one costs some 20 ms of CPU and 3 MiB less.
Nothing is imported before the first client is asked for, so that the local platform runs without either package.
"""

from __future__ import annotations

import functools
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from botocore.session import Session
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient

CONNECT_SECONDS = 1
READ_SECONDS = 5
ATTEMPTS = 3

_making = threading.Lock()


@overload
def client(service: Literal["dynamodb"], **config: Any) -> DynamoDBClient: ...
@overload
def client(service: Literal["s3"], **config: Any) -> S3Client: ...
@overload
def client(service: Literal["sesv2"], **config: Any) -> SESV2Client: ...
@overload
def client(service: Literal["sqs"], **config: Any) -> SQSClient: ...
@overload
def client(service: Literal["ssm"], **config: Any) -> SSMClient: ...
def client(service: str, **config: Any) -> Any:
    """A new client, safe to share between threads. Region, credentials and AWS_ENDPOINT_URL come from the environment.

    `config` goes to botocore's Config, over our own: connect 1 s, read 5 s, three attempts in all ("standard" mode, which
    retries throttling, 5xx and cut connections). Whoever must not try twice passes `retries={"total_max_attempts": 1}`.
    """
    ours: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": READ_SECONDS,
        "retries": {"mode": "standard", "total_max_attempts": ATTEMPTS},
    }
    with _making, _uncollected():  # a session is not safe between threads; what it makes is
        from botocore.config import Config

        return _session().create_client(service, config=Config(**{**ours, **config}))


def error_code(error: Exception) -> str:
    """AWS's own code for what went wrong, else the error's name: never its words, which may quote what was sent."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)


@functools.cache
def _session() -> Session:
    """One a process: the second client then costs no second reading of the endpoints file."""
    from botocore.session import get_session

    return get_session()


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is imported and made within is there to stay, so the collector need not search it: not now, time and again, nor ever after."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
