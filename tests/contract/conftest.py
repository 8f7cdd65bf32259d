from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from chalicelib.adapters import aws
from chalicelib.adapters.local.table_sqlite import SqliteTable
from chalicelib.adapters.table_dynamodb import DynamoTable, table_definition, ttl_definition
from chalicelib.ports import Table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MOTO_IS_WRONG = "moto_is_wrong"
OpenTable = Callable[[str], Table]
"""Opens the table of that name, once more each time; the first time it is made."""

_numbers = count()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MOTO_IS_WRONG}(reason): the case must fail there; once it passes, the mark must go")


@pytest.fixture(scope="module")
def fake_aws() -> Iterator[None]:
    """AWS as moto plays it: no network, no real credentials. Clients made within come from a session that moto knows."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        aws._session.cache_clear()
        yield
        aws._session.cache_clear()


@pytest.fixture(scope="module")
def dynamodb(fake_aws: None) -> Iterator[DynamoDBClient]:
    client = aws.client("dynamodb")
    yield client
    client.close()


@pytest.fixture(params=["sqlite", "moto"])
def open_table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenTable]:
    """The same test over each backend; a case that moto gets wrong says so with its reason."""
    if request.param == "sqlite":
        with ExitStack() as opened:
            yield lambda name: opened.enter_context(SqliteTable(tmp_path / f"{name}.db"))
        return
    if mark := request.node.get_closest_marker(MOTO_IS_WRONG):
        request.applymarker(pytest.mark.xfail(strict=True, reason=mark.args[0]))
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    number, made = next(_numbers), set()

    def open_(name: str) -> Table:
        full_name = f"courtesy-{number}-{name}"
        if name not in made:
            client.create_table(**table_definition(full_name))
            client.update_time_to_live(**ttl_definition(full_name))
            made.add(name)
        return DynamoTable(client, full_name)

    yield open_


@pytest.fixture
def table(open_table: OpenTable) -> Table:
    return open_table("one")
