"""Lambda in small, for a clean interpreter: `python -I -S lambda_run.py <the unpacked zip> <a site-packages>`.

The second folder stands behind the first and lends what Lambda has of itself (botocore), and moto to play AWS. A visitor claims,
a storefront posts, the workers work; what came of it is printed as JSON.
"""

from __future__ import annotations

import base64
import hmac
import importlib
import json
import os
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

TABLE, BUCKET, PREFIX = "courtesy", "courtesy-raw", "/courtesy/"
WEBHOOK_SECRET = "shopify secret"
SECRETS = {
    "people": "pepper",
    "link_key": "k1",
    "links/k1": "link key",
    "webhooks/shopify/current": WEBHOOK_SECRET,
    "origin": "origin secret",
}
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def event(
    method: str, resource: str, body: str | None = None, *, path: dict[str, str] | None = None, **headers: str
) -> dict[str, Any]:
    """What API Gateway (REST, v1) hands over. Headers: underscores stand for hyphens."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {"t": "nonsense"},
        "multiValueQueryStringParameters": {"t": ["nonsense"]},
        "pathParameters": path,
        "stageVariables": None,
        "isBase64Encoded": False,
        "body": body,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/api{resource}",
            "stage": "api",
            "identity": {"sourceIp": "192.0.2.7"},
        },
    }


def loaded(*names: str) -> list[str]:
    """Those of the packages that have been imported."""
    return sorted({name for name in names if name in sys.modules})


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def _build_aws() -> None:
    from chalicelib.adapters.aws import _session, client
    from chalicelib.adapters.table_dynamodb import DynamoTable, table_definition

    client("dynamodb").create_table(**table_definition(TABLE))
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    live = DynamoTable(client("dynamodb"), TABLE).identity()
    for name, value in {**SECRETS, "live_table": live}.items():
        client("ssm").put_parameter(Name=PREFIX + name, Value=value, Type="SecureString")
    for name in ("webhooks", "due-now", "errands"):
        url = client("sqs").create_queue(QueueName=name)["QueueUrl"]
        os.environ[f"COURTESY_QUEUE_{name.upper().replace('-', '_')}"] = url
    _session().register("before-call.sesv2.GetAccount", _tell_the_rate)
    client("sesv2").create_email_identity(EmailIdentity="pellow-wren.example")


def _tell_the_rate(**_: object) -> Any:
    """GetAccount, which moto does not play: the HTTP response, and what is read from it."""
    return SimpleNamespace(status_code=200), {"SendQuota": {"MaxSendRate": 14.0}}


def _order() -> tuple[str, dict[str, str]]:
    """The body and its headers."""
    body = {
        "id": 1,
        "name": "#1",
        "created_at": datetime.now(UTC).isoformat(),
        "email": "isobel.trant@example.com",
        "currency": "GBP",
        "total_price": "48.00",
        "line_items": [],
    }
    raw = json.dumps(body)
    signature = base64.b64encode(hmac.digest(WEBHOOK_SECRET.encode(), raw.encode(), "sha256")).decode()
    return raw, {
        "content_type": JSON,
        "x_shopify_topic": "orders/create",
        "x_shopify_shop_domain": "pellow-wren.myshopify.com",
        "x_shopify_hmac_sha256": signature,
    }


def _worker(app: Any, name: str, handed: dict[str, Any]) -> Any:
    """Found as Lambda finds it, by its handler's name."""
    (source,) = [source for source in app.app.event_sources if source.name == name]
    module, function = source.handler_string.split(".")
    return getattr(importlib.import_module(module), function)(handed, None)


def _messages(queue: str) -> dict[str, Any]:
    from chalicelib.adapters.aws import client

    url = os.environ[f"COURTESY_QUEUE_{queue.upper().replace('-', '_')}"]
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return {"Records": [{"messageId": one["MessageId"], "body": one["Body"], "attributes": {}} for one in found]}


def _follow_ups() -> dict[str, str]:
    from chalicelib.bootstrap import world
    from chalicelib.usecases.list_follow_ups import list_follow_ups

    return {one.kind: one.state for one in list_follow_ups(world())}


def main() -> dict[str, Any]:
    """Everything in order."""
    from moto import mock_aws

    with mock_aws():
        _build_aws()
        for package in ("jinja2", "dns"):  # moto's own
            _forget(package)
        app: Any = importlib.import_module("app")
        form = "name=Isobel+Trant&email=isobel.trant%40example.com"
        claim = app.app(event("POST", "/claims", form, content_type=FORM), None)
        after_claim = loaded("jinja2", "dns", "chalicelib.adapters.storefronts", "chalicelib.usecases.send_due")
        raw, headers = _order()
        order = app.app(event("POST", "/webhooks/{source}", raw, path={"source": "shopify"}, **headers), None)
        page = app.app(event("GET", "/confirm"), None)
        workers = {
            "queue-webhooks": _messages("webhooks"),
            "queue-due-now": _messages("due-now"),
            "queue-events": {"Records": []},
            "tick": dict.fromkeys(
                ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"), ""
            ),
        }
        return {
            "claim": [claim["statusCode"], claim["headers"].get("Location")],
            "loaded": after_claim,
            "order": order["statusCode"],
            "page": [page["statusCode"], page["body"]],
            "workers": {name: _worker(app, name, handed) for name, handed in workers.items()},
            "follow_ups": _follow_ups(),
            "files": {name: sys.modules[name].__file__ for name in ("app", "chalice", "chalicelib", "msgspec", "jinja2")},
        }


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    sys.path.append(sys.argv[2])
    os.environ |= {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "COURTESY_PLATFORM": "aws",
        "COURTESY_TABLE": TABLE,
        "COURTESY_BUCKET": BUCKET,
        "COURTESY_SECRETS": PREFIX,
        "COURTESY_SET_SERVICE": "service",
        "COURTESY_SET_MARKETING": "marketing",
    }
    sys.stdout.write(json.dumps(main()))
