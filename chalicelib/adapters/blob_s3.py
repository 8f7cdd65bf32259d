"""Bytes under a name in an S3 bucket."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.aws import error_code
from chalicelib.errors import Invalid, NotFound, Retryable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

MAX_NAME = 200
_NAME = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")


def checked_name(name: str) -> str:
    """The name, if any store can keep it: parts of [a-z0-9-] between single slashes, at most 200 characters. Errors: Invalid."""
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise Invalid(f"A blob's name is made of [a-z0-9-], in parts between slashes, and at most {MAX_NAME} characters long.")
    return name


class S3Blob:
    """ports.Blob. The role needs s3:ListBucket, too: without it S3 calls a missing object forbidden, not missing."""

    def __init__(self, s3: S3Client, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, name: str, data: bytes) -> None:
        """Errors: Invalid for the name, Retryable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._s3.put_object(Bucket=self._bucket, Key=checked_name(name), Body=data)
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"S3 did not store a blob ({error_code(error)}).") from error

    def get(self, name: str) -> bytes:
        """Errors: Invalid for the name, NotFound, Retryable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            with self._s3.get_object(Bucket=self._bucket, Key=checked_name(name))["Body"] as body:
                return body.read()
        except (BotoCoreError, ClientError) as error:
            if error_code(error) == "NoSuchKey":
                raise NotFound("There is no such blob.") from None
            raise Retryable(f"S3 did not hand out a blob ({error_code(error)}).") from error

    def delete(self, name: str) -> None:
        """Errors: Invalid for the name, Retryable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._s3.delete_object(Bucket=self._bucket, Key=checked_name(name))
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"S3 did not delete a blob ({error_code(error)}).") from error

    def names(self, prefix: str) -> list[str]:
        """Errors: Invalid for the prefix, Retryable."""
        from botocore.exceptions import BotoCoreError, ClientError

        folder = f"{checked_name(prefix.removesuffix('/'))}/"
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder)
            return sorted(one["Key"] for page in pages for one in page.get("Contents", []))
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"S3 did not list blobs ({error_code(error)}).") from error

    def sweep(self, older_than: datetime, *, under: str) -> int:
        """A thousand at a time. Errors: Invalid for the folder, Retryable."""
        from botocore.exceptions import BotoCoreError, ClientError

        deleted = 0
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{checked_name(under)}/")
            for page in pages:
                old: list[ObjectIdentifierTypeDef] = [
                    {"Key": one["Key"]} for one in page.get("Contents", []) if one["LastModified"] < older_than
                ]
                if old:
                    answer = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": old, "Quiet": True})
                    deleted += len(old) - len(answer.get("Errors", []))
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"S3 did not delete old blobs ({error_code(error)}).") from error
        return deleted
