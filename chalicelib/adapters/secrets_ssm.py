"""Secrets from SSM Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.secret_names import secret_values
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
        from botocore.exceptions import BotoCoreError, ClientError

        found: dict[str, str] = {}
        try:
            pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
                Path=self._prefix, Recursive=True, WithDecryption=True
            )
            for page in pages:
                for parameter in page["Parameters"]:
                    found[parameter["Name"].removeprefix(self._prefix)] = parameter["Value"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in ("AccessDeniedException", "InvalidKeyId"):
                raise Misconfigured(f"The secrets under {self._prefix} may not be read ({code}).") from None
            raise Retryable(f"The secrets under {self._prefix} could not be read ({code}).") from error
        except BotoCoreError as error:
            raise Retryable(f"The secrets under {self._prefix} could not be read ({type(error).__name__}).") from error
        return secret_values(found, self._prefix)
