"""What DynamoDB may answer that no emulator does: canned replies, and what the adapter makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import ANY, Stubber

from chalicelib.adapters import aws
from chalicelib.adapters.table_dynamodb import ATTEMPTS, IDENTITY_SECONDS, DynamoTable, table_definition, ttl_definition
from chalicelib.errors import Busy, Lost, Refused
from chalicelib.table import Action, Check, Delete, Equals, Exists, Missing, Put, Update

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

A, B = ("A", "1"), ("B", "1")
PUT = Put({"pk": "A", "sk": "1"}, when=(Missing(),))
THREE: list[Action] = [PUT, Update(B, add={"n": 1}, when=(Exists(),)), Check(("C", "1"), (Missing(),))]
CANCELLED = "TransactionCanceledException"


class Canned:
    """A DynamoTable whose client answers from a list, and the pauses that it made."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client
        self.replies = Stubber(client)
        self.pauses: list[float] = []
        self.table = DynamoTable(client, "courtesy", sleep=self.pauses.append, random=lambda: 1.0)

    def fails(self, operation: str, code: str, *reasons: str) -> None:
        more = {"CancellationReasons": [{"Code": reason} for reason in reasons]} if reasons else None
        self.replies.add_client_error(operation, code, "told by DynamoDB", modeled_fields=more)

    def answers(self, operation: str, reply: dict[str, Any], expected: dict[str, Any] | None = None) -> None:
        self.replies.add_response(operation, reply, expected)


@pytest.fixture(scope="module")
def client() -> Iterator[DynamoDBClient]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "none")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "none")
        client = aws.client("dynamodb", region_name="eu-west-1")
        yield client
        client.close()


@pytest.fixture
def canned(client: DynamoDBClient) -> Iterator[Canned]:
    canned = Canned(client)
    with canned.replies:
        yield canned
        canned.replies.assert_no_pending_responses()


# Conflicts


@pytest.mark.parametrize("code", ["TransactionConflictException", "TransactionInProgressException"])
def test_a_conflict_is_tried_again_and_then_succeeds(canned: Canned, code: str) -> None:
    for _ in range(ATTEMPTS - 1):
        canned.fails("put_item", code)
    canned.answers("put_item", {})

    canned.table.write(PUT)

    assert canned.pauses == [0.05, 0.1, 0.2]


@pytest.mark.parametrize(
    "reasons",
    [("None", "TransactionConflict", "None"), ("ThrottlingError", "None"), ("ProvisionedThroughputExceeded", "None"), ()],
)
def test_a_transaction_cancelled_by_others_is_tried_again_under_its_token(canned: Canned, reasons: tuple[str, ...]) -> None:
    canned.fails("transact_write_items", CANCELLED, *reasons)
    canned.answers("transact_write_items", {}, {"TransactItems": ANY, "ClientRequestToken": "same"})

    canned.table.transact(THREE, "same")

    assert canned.pauses == [0.05]


@pytest.mark.parametrize(("code", "reasons"), [("TransactionInProgressException", ()), (CANCELLED, ("TransactionConflict",))])
def test_a_conflict_that_stays_is_busy(canned: Canned, code: str, reasons: tuple[str, ...]) -> None:
    for _ in range(ATTEMPTS):
        canned.fails("transact_write_items", code, *reasons)

    with pytest.raises(Busy):
        canned.table.transact(THREE, "same")

    assert len(canned.pauses) == ATTEMPTS - 1


def test_pauses_are_random_within_their_bounds(client: DynamoDBClient) -> None:
    pauses: list[float] = []
    table = DynamoTable(client, "courtesy", sleep=pauses.append)
    with Stubber(client) as replies:
        for _ in range(ATTEMPTS):
            replies.add_client_error("put_item", "TransactionConflictException")
        with pytest.raises(Busy):
            table.write(PUT)

    assert all(0 <= pause < most for pause, most in zip(pauses, (0.05, 0.1, 0.2), strict=True))
    assert len(set(pauses)) == 3


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
    ],
)
def test_what_botocore_tried_again_already_is_busy_at_once(canned: Canned, code: str) -> None:
    canned.fails("put_item", code)
    canned.fails("get_item", code)

    with pytest.raises(Busy):
        canned.table.write(PUT)
    with pytest.raises(Busy):
        canned.table.get(A)

    assert canned.pauses == []


# Lost and Refused


def test_a_failed_condition_is_lost_and_never_tried_again(canned: Canned) -> None:
    canned.fails("put_item", "ConditionalCheckFailedException")

    with pytest.raises(Lost) as caught:
        canned.table.write(PUT)

    assert caught.value.positions == (0,)
    assert canned.pauses == []


@pytest.mark.parametrize(
    ("reasons", "positions"),
    [
        (("ConditionalCheckFailed", "None", "None"), (0,)),
        (("None", "ConditionalCheckFailed", "ConditionalCheckFailed"), (1, 2)),
        (("TransactionConflict", "None", "ConditionalCheckFailed"), (2,)),
        (("ValidationError", "ConditionalCheckFailed", "None"), (1,)),
    ],
)
def test_a_cancelled_transaction_names_its_losers(canned: Canned, reasons: tuple[str, ...], positions: tuple[int, ...]) -> None:
    canned.fails("transact_write_items", CANCELLED, *reasons)

    with pytest.raises(Lost) as caught:
        canned.table.transact(THREE, "token")

    assert caught.value.positions == positions
    assert canned.pauses == []


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        ("ValidationException", ()),
        ("IdempotentParameterMismatchException", ()),
        (CANCELLED, ("None", "ValidationError")),
        (CANCELLED, ("ItemCollectionSizeLimitExceeded", "TransactionConflict")),
    ],
)
def test_what_can_never_be_written_is_refused(canned: Canned, code: str, reasons: tuple[str, ...]) -> None:
    canned.fails("transact_write_items", code, *reasons)

    with pytest.raises(Refused):
        canned.table.transact(THREE, "token")


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException", "ExpiredTokenException"])
def test_what_only_the_operator_can_mend_stays_as_it_is(canned: Canned, code: str) -> None:
    canned.fails("get_item", code)

    with pytest.raises(ClientError, match=code):
        canned.table.get(A)


@pytest.mark.parametrize("error", [ReadTimeoutError(endpoint_url="https://x"), EndpointConnectionError(endpoint_url="https://x")])
def test_a_broken_connection_is_busy(client: DynamoDBClient, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def breaks(**_: object) -> None:
        raise error

    monkeypatch.setattr(client, "put_item", breaks)

    with pytest.raises(Busy, match="did not answer"):
        DynamoTable(client, "courtesy").write(PUT)


# Many items


def asks(*keys: tuple[str, str], strong: bool = True) -> dict[str, Any]:
    return {"courtesy": {"Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys], "ConsistentRead": strong}}


def gives(*keys: tuple[str, str]) -> dict[str, Any]:
    return {"courtesy": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]}


def test_what_a_batch_left_over_is_asked_again(canned: Canned) -> None:
    canned.answers(
        "batch_get_item",
        {"Responses": gives(A), "UnprocessedKeys": asks(B, strong=False)},
        {"RequestItems": asks(A, B, strong=False)},
    )
    canned.answers("batch_get_item", {"Responses": gives(B), "UnprocessedKeys": {}}, {"RequestItems": asks(B, strong=False)})

    assert set(canned.table.get_many([A, B, A], strong=False)) == {A, B}

    assert canned.pauses == [0.05]


def test_a_batch_that_gets_nowhere_is_busy(canned: Canned) -> None:
    for _ in range(ATTEMPTS):
        canned.answers("batch_get_item", {"Responses": {}, "UnprocessedKeys": asks(A, B)})

    with pytest.raises(Busy):
        canned.table.get_many([A, B])


def test_a_batch_that_goes_slowly_is_not_given_up(canned: Canned) -> None:
    keys = [(f"K{n}", "1") for n in range(10)]
    for n in range(10):
        canned.answers("batch_get_item", {"Responses": gives(keys[n]), "UnprocessedKeys": asks(*keys[n + 1 :]) if n < 9 else {}})

    assert set(canned.table.get_many(keys)) == set(keys)


def test_no_more_than_100_keys_are_asked_for_at_once(canned: Canned) -> None:
    keys = [(f"K{n}", "1") for n in range(101)]
    canned.answers("batch_get_item", {"Responses": {}}, {"RequestItems": asks(*keys[:100])})
    canned.answers("batch_get_item", {"Responses": {}}, {"RequestItems": asks(keys[100])})

    assert canned.table.get_many(keys + keys) == {}


def test_a_page_that_dynamodb_cut_short_has_a_next(canned: Canned) -> None:
    last = {"pk": {"S": "P"}, "sk": {"S": "7"}}
    canned.answers("query", {"Items": [], "LastEvaluatedKey": last})
    page = canned.table.query("P")
    canned.answers("query", {"Items": [last]}, {"ExclusiveStartKey": last, **dict.fromkeys(QUERY, ANY)})

    rest = canned.table.query("P", after=page.next)

    assert page.items == []
    assert rest.items == [{"pk": "P", "sk": "7"}]
    assert rest.next is None


QUERY = (
    "TableName",
    "KeyConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Limit",
    "ScanIndexForward",
    "ConsistentRead",
)


# Requests


def test_a_request_holds_no_name_or_value_but_through_placeholders(canned: Canned) -> None:
    canned.answers(
        "update_item",
        {},
        {
            "TableName": "courtesy",
            "Key": {"pk": {"S": "A"}, "sk": {"S": "1"}},
            "UpdateExpression": "SET #0 = :0 ADD #1 :1 REMOVE #2, #3",
            "ConditionExpression": "attribute_exists(#4) AND #0 = :2",
            "ExpressionAttributeNames": {"#0": "name", "#1": "n", "#2": "a b", "#3": "x", "#4": "pk"},
            "ExpressionAttributeValues": {":0": {"S": "it's"}, ":1": {"N": "-1"}, ":2": {"S": "Ann"}},
        },
    )

    canned.table.write(
        Update(A, set={"name": "it's"}, add={"n": -1}, remove=("a b", "x"), when=(Exists(), Equals("name", "Ann")))
    )


def test_the_same_actions_make_the_same_request(canned: Canned) -> None:
    requests: list[dict[str, Any]] = []
    remember: Callable[..., None] = lambda params, **_: requests.append(params)  # noqa: E731
    canned.client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", remember)
    for _ in range(2):
        canned.answers("transact_write_items", {})
        canned.table.transact([*THREE, Delete(("D", "1"))], "token")
    canned.client.meta.events.unregister("provide-client-params.dynamodb.TransactWriteItems", remember)

    assert requests[0] == requests[1], "or DynamoDB would take the second for other actions"
    assert [next(iter(action)) for action in requests[0]["TransactItems"]] == ["Put", "Update", "ConditionCheck", "Delete"]


def test_nothing_impossible_is_sent(canned: Canned) -> None:
    with pytest.raises(Refused):
        canned.table.transact([PUT, PUT], "token")
    with pytest.raises(Refused):
        canned.table.write(Check(A, (Exists(),)))
    with pytest.raises(Refused):
        canned.table.get(("", "1"))


def test_the_table_is_billed_on_demand_and_its_index_holds_keys_only() -> None:
    definition = table_definition("courtesy")

    assert definition["BillingMode"] == "PAY_PER_REQUEST"
    assert definition["AttributeDefinitions"] == [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "due_pk", "due_sk")
    ]
    (index,) = definition["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "due"
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert ttl_definition("courtesy")["TimeToLiveSpecification"] == {"Enabled": True, "AttributeName": "ttl"}


# Which table this is


def told(table_id: str) -> dict[str, Any]:
    return {"Table": {"TableId": table_id, "TableName": "courtesy"}}


def test_dynamodbs_own_id_tells_tables_apart_and_is_asked_for_once_a_minute(canned: Canned) -> None:
    now = [1000.0]
    table = DynamoTable(canned.client, "courtesy", seconds=lambda: now[0])
    canned.answers("describe_table", told("first"), {"TableName": "courtesy"})
    assert [table.identity() for _ in range(3)] == ["first"] * 3

    now[0] += IDENTITY_SECONDS + 1
    canned.answers("describe_table", told("restored under the same name"))

    assert table.identity() == "restored under the same name"


def test_a_clock_that_is_set_back_keeps_no_identity(canned: Canned) -> None:
    now = [1000.0]
    table = DynamoTable(canned.client, "courtesy", seconds=lambda: now[0])
    canned.answers("describe_table", told("first"))
    canned.answers("describe_table", told("second"))
    table.identity()

    now[0] = 0

    assert table.identity() == "second"


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_an_identity_that_cannot_be_had_now_is_busy_and_asked_for_again(canned: Canned, code: str) -> None:
    canned.fails("describe_table", code)
    with pytest.raises(Busy):
        canned.table.identity()

    canned.answers("describe_table", told("first"))

    assert canned.table.identity() == "first"


def test_an_identity_that_may_not_be_asked_for_stays_as_it_is(canned: Canned) -> None:
    canned.fails("describe_table", "AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDenied"):
        canned.table.identity()


def test_where_an_emulator_gives_no_id_the_time_of_creation_is_part_of_it(canned: Canned) -> None:
    for second in (7, 8):
        made = {
            "TableArn": "arn:aws:dynamodb:eu-west-1:1:table/courtesy",
            "CreationDateTime": datetime(2031, 5, 4, 9, 0, second, tzinfo=UTC),
        }
        canned.answers("describe_table", {"Table": made})

    one, other = (DynamoTable(canned.client, "courtesy").identity() for _ in range(2))

    assert one != other
    assert one.startswith("arn:aws:dynamodb:eu-west-1:1:table/courtesy@")
