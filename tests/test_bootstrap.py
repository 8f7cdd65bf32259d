"""The composition root on AWS, as moto plays it: each part is made, reaches its own service, and is made once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.adapters import aws
from chalicelib.adapters.table_dynamodb import table_definition
from chalicelib.config import ROOT, settings
from chalicelib.domain.journal import stopped
from chalicelib.errors import Misconfigured
from chalicelib.ports import World

NOW = datetime(2031, 5, 4, 9, 30, tzinfo=UTC)
ENVIRONMENT = {
    "COURTESY_PLATFORM": "aws",
    "COURTESY_TABLE": "courtesy",
    "COURTESY_BUCKET": "raw",
    "COURTESY_SECRETS": "/courtesy/live",
    "COURTESY_QUEUE_WEBHOOKS": "https://sqs.eu-west-1.amazonaws.com/1/courtesy-webhooks",
    "COURTESY_QUEUE_DUE_NOW": "https://sqs.eu-west-1.amazonaws.com/1/courtesy-due-now",
    "COURTESY_QUEUE_ERRANDS": "https://sqs.eu-west-1.amazonaws.com/1/courtesy-errands",
    "COURTESY_SET_SERVICE": "courtesy-service",
    "COURTESY_SET_MARKETING": "courtesy-marketing",
}
SECRETS = {
    "people": "pepper",
    "link_key": "k1",
    "links/k1": "link key",
    "webhooks/shopify/current": "shopify secret",
    "origin": "origin secret",
}


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    """A table, a bucket and the secrets."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        aws._session.cache_clear()
        aws.client("dynamodb").create_table(**table_definition("courtesy"))
        aws.client("s3").create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for name, value in SECRETS.items():
            aws.client("ssm").put_parameter(Name=f"/courtesy/live/{name}", Value=value, Type="SecureString")
        yield
        aws._session.cache_clear()


@pytest.fixture
def world(account: None) -> World:
    return bootstrap.make(settings(ENVIRONMENT))


def test_every_part_of_it_can_be_made_and_is_made_once(world: World) -> None:
    parts = [name for name in vars(World) if not name.startswith("_") and isinstance(getattr(World, name), property)]
    assert {"table", "journal", "mailer", "worker", "secrets"} <= set(parts)

    for part in parts:
        assert getattr(world, part) is getattr(world, part), part


def test_the_journal_lies_in_the_bucket_and_is_told_to_the_next_process(world: World) -> None:
    world.journal.append([stopped("person-1", NOW)])

    assert list(bootstrap.make(settings(ENVIRONMENT)).journal.read()) == [stopped("person-1", NOW)]
    listed = aws.client("s3").list_objects_v2(Bucket="raw")["Contents"]
    assert [entry["Key"].split("/")[0] for entry in listed] == ["journal"]


def test_each_process_is_a_worker_of_its_own(world: World) -> None:
    assert world.worker == world.worker
    assert world.worker != bootstrap.make(settings(ENVIRONMENT)).worker


def test_the_table_that_is_named_live_is_known_at_once_and_to_the_next_process(world: World) -> None:
    assert world.secrets.live_table == ""

    world.name_live_table(world.table.identity())

    assert world.secrets.live_table == world.table.identity()
    assert bootstrap.make(settings(ENVIRONMENT)).secrets == world.secrets


def test_mail_goes_through_ses_which_can_be_asked_whether_events_flow(world: World) -> None:
    assert world.mailer.probe.endswith("@simulator.amazonses.com")


def test_another_platform_is_refused() -> None:
    with pytest.raises(Misconfigured, match="COURTESY_PLATFORM"):
        bootstrap.make(settings({**ENVIRONMENT, "COURTESY_PLATFORM": "moon"}))


def test_nothing_is_made_before_it_is_asked_for() -> None:
    made = bootstrap.make(settings({**ENVIRONMENT, "COURTESY_SHOP": str(ROOT / "nowhere")}))

    assert {name for name in vars(made) if not name.startswith("_")} == set()
