"""Queues over SQS: putting, and reading what Lambda hands over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.errors import Misconfigured, Retryable

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class SqsQueue:
    """ports.Queue over standard queues. `urls`: the queue's URL for each of ports.QUEUES that is written to."""

    def __init__(self, sqs: SQSClient, urls: Mapping[str, str]) -> None:
        self._sqs = sqs
        self._urls = dict(urls)

    def put(self, queue: str, body: Mapping[str, object]) -> None:
        """Errors: Retryable; Misconfigured for a queue without a URL."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not (url := self._urls.get(queue)):
            raise Misconfigured(f"No URL is set for the queue {queue}.")
        try:
            self._sqs.send_message(QueueUrl=url, MessageBody=msgspec.json.encode(body).decode())
        except (BotoCoreError, ClientError) as error:
            raise Retryable(f"The queue {queue} did not take a message ({type(error).__name__}).") from error


class Received(msgspec.Struct, frozen=True):
    """One record of Lambda's SQS event. `body` is None where it is not a JSON object: answer it with `failures`."""

    message_id: str
    body: dict[str, Any] | None
    receives: int


def received(event: Mapping[str, Any]) -> list[Received]:
    """The records of an SQS event, in order, whoever wrote them (EventBridge nests objects, our own messages do not)."""
    return [Received(record["messageId"], _object(record["body"]), _receives(record)) for record in event["Records"]]


def failures(ids: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """What a Lambda function answers so that these messages alone come again (FunctionResponseTypes: ReportBatchItemFailures)."""
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in ids]}


def _object(body: str) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return None


def _receives(record: Mapping[str, Any]) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
