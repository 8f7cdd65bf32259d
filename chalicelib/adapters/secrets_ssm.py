"""Secrets from SSM Parameter Store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chalicelib.adapters.aws import error_code
from chalicelib.adapters.secret_names import LIVE_TABLE, keepable, secret_values
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.ports import SecretValues

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient


class SsmSecrets:
    """ports.Secrets over SecureString parameters below `prefix`, such as /courtesy/live; for the names see secret_names.py."""

    def __init__(self, ssm: SSMClient, prefix: str) -> None:
        self._ssm = ssm
        self._prefix = f"/{prefix.strip('/')}/"

    def read(self) -> SecretValues:
        """One request for each ten parameters. Errors: Misconfigured (missing, empty, not allowed to read them), Retryable."""
        found: dict[str, str] = {}
        with self._told_apart("read"):
            pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
                Path=self._prefix, Recursive=True, WithDecryption=True
            )
            for page in pages:
                for parameter in page["Parameters"]:
                    found[parameter["Name"].removeprefix(self._prefix)] = parameter["Value"]
        return secret_values(found, self._prefix)

    def name_live_table(self, identity: str) -> None:
        """Errors: Misconfigured (not allowed to), Retryable."""
        with self._told_apart("written"):
            self._ssm.put_parameter(Name=self._prefix + LIVE_TABLE, Value=identity, Type="SecureString", Overwrite=True)

    def keep(self, name: str, value: str) -> None:
        """Errors: Misconfigured (no such name, empty, not allowed to), Retryable."""
        path = self._prefix + keepable(name, value)
        with self._told_apart("written"):
            self._ssm.put_parameter(Name=path, Value=value.strip(), Type="SecureString", Overwrite=True)

    @contextmanager
    def _told_apart(self, done: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            code = error_code(error)
            if code in ("AccessDeniedException", "InvalidKeyId"):
                raise Misconfigured(f"The secrets under {self._prefix} may not be {done} ({code}).") from None
            raise Retryable(f"The secrets under {self._prefix} could not be {done} ({code}).") from error
