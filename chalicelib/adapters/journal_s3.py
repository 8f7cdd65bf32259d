"""The journal in an S3 bucket: an object for each append, never written again."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from chalicelib.adapters.aws import error_code
from chalicelib.domain.journal import Line
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.ports import Clock

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PREFIX = "journal/"
AT_ONCE = 10
"""As many connections as a client keeps."""

PAGE = 10 * AT_ONCE


class S3Journal:
    """ports.Journal. Keys are journal/<day>/<time, to the microsecond>-<random>: they sort by time, and no two are the same.

    Writing takes s3:PutObject on journal/*, reading s3:GetObject there and s3:ListBucket.
    """

    def __init__(self, s3: S3Client, bucket: str, clock: Clock) -> None:
        self._s3, self._bucket, self._clock = s3, bucket, clock

    def append(self, lines: Sequence[Line]) -> None:
        """Errors: Retryable."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not lines:
            return
        body = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        # a bucket with a lock refuses what comes without a checksum, and not every SDK adds one
        checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
        key = _key(self._clock.now())
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum)
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"S3 did not store a part of the journal ({error_code(error)}).") from error

    def read(self) -> Iterator[Line]:
        """Ten objects at a time. Errors: Retryable; Misconfigured for a line that this version does not understand."""
        from botocore.exceptions import BotoCoreError, ClientError

        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=PREFIX, PaginationConfig={"PageSize": PAGE}
        )
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for page in pages:
                    keys = [entry["Key"] for entry in page.get("Contents", [])]
                    for key, body in zip(keys, pool.map(self._body, keys), strict=True):
                        yield from _lines(key, body)
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"S3 did not hand out the journal ({error_code(error)}).") from error

    def _body(self, key: str) -> bytes:
        with self._s3.get_object(Bucket=self._bucket, Key=key)["Body"] as body:
            return body.read()


def _key(now: datetime) -> str:
    at = now.astimezone(UTC)
    return f"{PREFIX}{at:%Y-%m-%d}/{at:%Y-%m-%dT%H-%M-%S.%f}Z-{secrets.token_hex(8)}"


def _lines(key: str, body: bytes) -> Iterator[Line]:
    try:
        yield from [msgspec.json.decode(text, type=Line) for text in body.splitlines()]
    except (msgspec.DecodeError, UnicodeDecodeError):
        # S3 keeps an object whole or not at all: this is no half line, and what it says must not be passed over
        raise Misconfigured(f"The journal's part {key} cannot be read by this version of Courtesy.") from None
