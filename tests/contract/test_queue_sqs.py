"""The queue over SQS, from putting to what Lambda hands over. (Locally a queue is a table: tests/adapters/local.)"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.adapters.aws import client
from chalicelib.adapters.queue_sqs import Received, SqsQueue, failures, received
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.ports import DUE_NOW, WEBHOOKS

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[SQSClient]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield client("sqs")


def lambda_event(sqs: SQSClient, url: str) -> dict[str, Any]:
    """What Lambda would hand over of what lies in the queue."""
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], VisibilityTimeout=0)
    return {
        "Records": [
            {"messageId": one["MessageId"], "body": one["Body"], "attributes": dict(one["Attributes"]), "eventSource": "aws:sqs"}
            for one in found.get("Messages", [])
        ]
    }


def record(body: str, message_id: str = "m1", receives: str = "1") -> dict[str, Any]:
    return {"messageId": message_id, "body": body, "attributes": {"ApproximateReceiveCount": receives}}


def test_message_comes_out_as_it_was_put(sqs: SQSClient) -> None:
    url = sqs.create_queue(QueueName="webhooks")["QueueUrl"]
    body = {"blob": "webhooks/shopify/abc", "note": 'Ünïcode "quoted"\n'}
    SqsQueue(sqs, {WEBHOOKS: url}).put(WEBHOOKS, body)
    [message] = received(lambda_event(sqs, url))
    assert (message.body, message.receives) == (body, 1)


def test_each_queue_has_its_own_url(sqs: SQSClient) -> None:
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in (WEBHOOKS, DUE_NOW)}
    SqsQueue(sqs, urls).put(DUE_NOW, {"shard": "0"})
    assert received(lambda_event(sqs, urls[WEBHOOKS])) == []
    assert len(received(lambda_event(sqs, urls[DUE_NOW]))) == 1


def test_receives_are_counted(sqs: SQSClient) -> None:
    url = sqs.create_queue(QueueName="webhooks")["QueueUrl"]
    SqsQueue(sqs, {WEBHOOKS: url}).put(WEBHOOKS, {"a": "b"})
    counts = [message.receives for _ in range(3) for message in received(lambda_event(sqs, url))]
    assert counts == [1, 2, 3]


def test_queue_without_url_is_misconfigured(sqs: SQSClient) -> None:
    with pytest.raises(Misconfigured, match="due-now"):
        SqsQueue(sqs, {WEBHOOKS: "https://sqs/webhooks"}).put(DUE_NOW, {})


@pytest.mark.parametrize("code", ["QueueDoesNotExist", "RequestThrottled", "InternalError"])
def test_sqs_trouble_is_retryable(sqs: SQSClient, code: str) -> None:
    with Stubber(sqs) as stub:
        stub.add_client_error("send_message", code)
        with pytest.raises(Retryable) as caught:
            SqsQueue(sqs, {WEBHOOKS: "https://sqs/webhooks"}).put(WEBHOOKS, {"address": "rosa@mail.example"})
    assert "@" not in str(caught.value)


@pytest.mark.parametrize("body", ["", "nonsense", "[]", '"text"', "null", '{"a": 1'])
def test_message_that_is_no_object_is_none_and_spoils_no_other(body: str) -> None:
    event = {"Records": [record(body, "m1"), record('{"a": "b"}', "m2", "3")]}
    assert [(one.message_id, one.body, one.receives) for one in received(event)] == [("m1", None, 1), ("m2", {"a": "b"}, 3)]


def test_other_senders_objects_are_received_as_they_are() -> None:
    envelope = {"source": "aws.ses", "detail": {"mail": {"tags": {"follow_up": ["abc"]}}}}
    event = {"Records": [record(json.dumps(envelope), "m1", "2"), record("[]", "m2")]}
    assert received(event) == [Received("m1", envelope, 2), Received("m2", None, 1)]


def test_failures_name_what_must_come_again() -> None:
    assert failures([]) == {"batchItemFailures": []}
    assert failures(["m1", "m2"]) == {"batchItemFailures": [{"itemIdentifier": "m1"}, {"itemIdentifier": "m2"}]}
