"""The table in DynamoDB, over the low-level client.

A single write that the SDK repeats after a lost reply can lose to itself: the first attempt was stored, the second finds its
own work there and its condition fails. So whatever must know whether it won uses `transact`, where the token tells a repetition
from a rival.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from chalicelib.errors import Busy, Lost, Refused
from chalicelib.table import (
    HIGHEST,
    INDEXES,
    TTL,
    Action,
    Below,
    Check,
    Condition,
    Delete,
    Entry,
    Equals,
    Exists,
    IndexPage,
    Item,
    Key,
    Lacks,
    Missing,
    OneOf,
    Page,
    Put,
    Update,
    Value,
    checked_all,
    checked_key,
    checked_write,
    mark,
    marked,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import CreateTableInputTypeDef, UpdateTimeToLiveInputTypeDef

ATTEMPTS = 4
PAUSE_SECONDS = 0.05
BATCH = 100
IDENTITY_SECONDS = 60
"""Less than it takes to delete a table and to restore another under its name, which a worker may live to see."""

_LOST = "ConditionalCheckFailed"
# botocore repeats throttling and 5xx by itself, but never a TransactionConflictException or a cancelled transaction
_TRY_AGAIN = {"TransactionConflictException", "TransactionInProgressException", "TransactionCanceledException"}
_TRY_AGAIN_REASONS = {"None", "TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}
_TRY_LATER = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
}
_NEVER = {"ValidationException", "ItemCollectionSizeLimitExceededException", "IdempotentParameterMismatchException"}

Attribute = dict[str, Any]
"""A value as the wire has it: {"S": "text"}, {"N": "1"}, …"""


def table_definition(name: str) -> CreateTableInputTypeDef:
    """The arguments of CreateTable: whatever makes the table, makes it from this."""
    keys = [("pk", "sk"), *INDEXES.values()]
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": part, "AttributeType": "S"} for pair in keys for part in pair],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index,
                "KeySchema": [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, (pk, sk) in INDEXES.items()
        ],
    }


def ttl_definition(name: str) -> UpdateTimeToLiveInputTypeDef:
    """The arguments of UpdateTimeToLive, which CreateTable cannot take."""
    return {"TableName": name, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": TTL}}


class DynamoTable:
    """The Table port over one DynamoDB table made from `table_definition`.

    Conflicts are tried again, ATTEMPTS in all with short random pauses, then they are Busy; so are throttling, 5xx and a
    broken connection once botocore's own retries are used up. Anything else (no such table, no permission) is left as
    botocore's ClientError: only the operator can mend it. `sleep`, `random` and `seconds` (since 1970) are for tests.
    """

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
        seconds: Callable[[], float] = time.time,
    ) -> None:
        self._client, self._name = client, name
        self._sleep, self._random, self._seconds = sleep, random, seconds
        self._identity: tuple[str, float] | None = None

    def get(self, key: Key, *, strong: bool = True) -> Item | None:
        reply = self._call("get_item", TableName=self._name, Key=_key(key), ConsistentRead=strong)
        return _item(reply["Item"]) if "Item" in reply else None

    def get_many(self, keys: Sequence[Key], *, strong: bool = True) -> dict[Key, Item]:
        """Hundreds at a time. What DynamoDB leaves over is asked again for as long as that gets anywhere."""
        different = [_key(key) for key in dict.fromkeys(keys)]
        found: dict[Key, Item] = {}
        for start in range(0, len(different), BATCH):
            for item in self._batch(different[start : start + BATCH], strong=strong):
                found[str(item["pk"]), str(item["sk"])] = item
        return found

    def query(
        self, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None, newest: bool = False
    ) -> Page:
        if low > high or not high:  # nothing is in there, and DynamoDB refuses to be asked
            return Page([])
        request = self._between("pk", "sk", pk, low, high)
        if after is not None:
            (sk,) = marked(after, 1)
            request["ExclusiveStartKey"] = _key((pk, sk))
        reply = self._call("query", **request, Limit=limit, ScanIndexForward=not newest, ConsistentRead=True)
        return Page([_item(item) for item in reply["Items"]], _mark(reply, "sk"))

    def query_index(
        self, index: str, pk: str, *, low: str = "", high: str = HIGHEST, limit: int = 100, after: str | None = None
    ) -> IndexPage:
        if low > high or not high:
            return IndexPage([])
        index_pk, index_sk = INDEXES[index]
        request = self._between(index_pk, index_sk, pk, low, high)
        if after is not None:
            sort, *key = marked(after, 3)
            request["ExclusiveStartKey"] = {**_key((key[0], key[1])), index_pk: {"S": pk}, index_sk: {"S": sort}}
        reply = self._call("query", **request, IndexName=index, Limit=limit)
        entries = [Entry((line["pk"]["S"], line["sk"]["S"]), line[index_sk]["S"]) for line in reply["Items"]]
        return IndexPage(entries, _mark(reply, index_sk, "pk", "sk"))

    def scan(self, *, limit: int = 1000, after: str | None = None) -> Page:
        """Strong: exports and upkeep must not miss what was just written."""
        request: dict[str, Any] = {"TableName": self._name, "Limit": limit, "ConsistentRead": True}
        if after is not None:
            pk, sk = marked(after, 2)
            request["ExclusiveStartKey"] = _key((pk, sk))
        reply = self._call("scan", **request)
        return Page([_item(item) for item in reply["Items"]], _mark(reply, "pk", "sk"))

    def write(self, action: Action) -> None:
        """After a lost reply it may lose to itself (see above): then Lost does not mean that somebody else won."""
        operation = {Put: "put_item", Update: "update_item", Delete: "delete_item"}
        checked_write(action)
        self._call(operation[type(action)], TableName=self._name, **_request(action))

    def transact(self, actions: Sequence[Action], token: str) -> None:
        """As the port says; the same token with other actions within ten minutes is Refused."""
        checked_all(actions, token)
        operation = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}
        items = [{operation[type(action)]: {"TableName": self._name, **_request(action)}} for action in actions]
        self._call("transact_write_items", TransactItems=items, ClientRequestToken=token)

    def identity(self) -> str:
        """DynamoDB's TableId, asked for once a minute."""
        now = self._seconds()  # wall time: in a frozen Lambda function the monotonic clock may have stood still
        if self._identity is None or abs(now - self._identity[1]) > IDENTITY_SECONDS:
            self._identity = _identity(self._call("describe_table", TableName=self._name)["Table"]), now
        return self._identity[0]

    def _batch(self, keys: list[Attribute], *, strong: bool) -> list[Item]:
        found: list[Item] = []
        in_vain = 0
        while True:
            reply = self._call("batch_get_item", RequestItems={self._name: {"Keys": keys, "ConsistentRead": strong}})
            found += [_item(item) for item in reply["Responses"].get(self._name, [])]
            left: list[Attribute] = reply.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            if not left:
                return found
            in_vain = in_vain + 1 if len(left) == len(keys) else 0
            if in_vain == ATTEMPTS:
                raise Busy(f"{len(left)} items could not be read")
            self._pause(in_vain)
            keys = left

    def _between(self, pk_name: str, sk_name: str, pk: str, low: str, high: str) -> dict[str, Any]:
        """The part of a query that says where. An empty lower bound is left out: DynamoDB takes no empty key."""
        names = {"#pk": pk_name, "#sk": sk_name}
        values: dict[str, Attribute] = {":pk": {"S": pk}, ":high": {"S": high}}
        expression = "#pk = :pk AND #sk <= :high"
        if low:
            values[":low"] = {"S": low}
            expression = "#pk = :pk AND #sk BETWEEN :low AND :high"
        return {
            "TableName": self._name,
            "KeyConditionExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _call(self, operation: str, **request: Any) -> Any:
        attempt = 0
        while True:
            attempt += 1
            try:
                return getattr(self._client, operation)(**request)
            except ClientError as error:
                if meaning := _meaning(error):
                    raise meaning from error
                if not _is_conflict(error):
                    raise
                if attempt == ATTEMPTS:
                    raise Busy("in conflict with other writers") from error
            except (NoConnection, HTTPClientError) as error:
                raise Busy(f"DynamoDB did not answer: {error}") from error
            self._pause(attempt)

    def _pause(self, attempt: int) -> None:
        """Anything up to 50 ms, then 100, 200: rivals that met once should not meet again."""
        self._sleep(self._random() * PAUSE_SECONDS * 2 ** max(attempt - 1, 0))


def _identity(table: Mapping[str, Any]) -> str:
    # emulators may give no TableId; a table that is made or restored later has another time of creation
    return table.get("TableId") or f"{table['TableArn']}@{table['CreationDateTime'].timestamp()}"


def _reasons(error: ClientError) -> list[str]:
    """Of a cancelled transaction: a code for each action, "None" where that one was not to blame."""
    return [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]


def _is_conflict(error: ClientError) -> bool:
    """Whether trying again at once may help: it was no decision, others were writing. Ask `_meaning` first."""
    return error.response["Error"]["Code"] in _TRY_AGAIN


def _meaning(error: ClientError) -> Lost | Refused | Busy | None:
    """What was decided; None for a conflict, and for what is none of the table's business."""
    code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    reasons = _reasons(error)
    if code == "ConditionalCheckFailedException":
        return Lost()
    if _LOST in reasons:
        return Lost(tuple(n for n, reason in enumerate(reasons) if reason == _LOST))
    if not _TRY_AGAIN_REASONS.issuperset(reasons):
        return Refused(f"DynamoDB refused the transaction: {', '.join(reasons)}")
    if code in _NEVER:
        return Refused(f"DynamoDB refused the request: {text}")
    if code in _TRY_LATER:
        return Busy(f"DynamoDB is busy: {code}")
    return None


class _Expression:
    """Hands out the placeholders #0, #1, … for names and :0, :1, … for values."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Attribute] = {}

    def name(self, name: str) -> str:
        return self._names.setdefault(name, f"#{len(self._names)}")

    def value(self, value: Value) -> str:
        placeholder = f":{len(self._values)}"
        self._values[placeholder] = _attribute(value)
        return placeholder

    def changes(self, action: Update) -> str:
        clauses = {
            "SET": [f"{self.name(name)} = {self.value(value)}" for name, value in action.set.items()],
            "ADD": [f"{self.name(name)} {self.value(by)}" for name, by in action.add.items()],
            "REMOVE": [self.name(name) for name in action.remove],
        }
        return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)

    def condition(self, condition: Condition) -> str:
        match condition:
            case Exists():
                return f"attribute_exists({self.name('pk')})"
            case Missing():
                return f"attribute_not_exists({self.name('pk')})"
            case Lacks(name):
                return f"attribute_not_exists({self.name(name)})"
            case Equals(name, value):
                return f"{self.name(name)} = {self.value(value)}"
            case OneOf(name, values):
                return f"{self.name(name)} IN ({', '.join(self.value(value) for value in values)})"
            case Below(name, limit):
                return f"(attribute_not_exists({self.name(name)}) OR {self.name(name)} < {self.value(limit)})"

    def placeholders(self) -> dict[str, Any]:
        names = {placeholder: name for name, placeholder in self._names.items()}
        given = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": self._values}
        return {argument: content for argument, content in given.items() if content}  # DynamoDB takes no empty ones


def _request(action: Action) -> dict[str, Any]:
    """What PutItem, UpdateItem and DeleteItem want, and their namesakes in a transaction alike."""
    expression = _Expression()
    request: dict[str, Any] = {"Item": _attributes(action.item)} if isinstance(action, Put) else {"Key": _key(action.key)}
    if isinstance(action, Update):
        request["UpdateExpression"] = expression.changes(action)
    if action.when:
        request["ConditionExpression"] = " AND ".join(expression.condition(condition) for condition in action.when)
    return {**request, **expression.placeholders()}


def _key(key: Key) -> Attribute:
    pk, sk = checked_key(key)
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _mark(reply: Mapping[str, Any], *names: str) -> str | None:
    last = reply.get("LastEvaluatedKey")
    return mark(*(last[name]["S"] for name in names)) if last else None


def _attributes(item: Item) -> dict[str, Attribute]:
    return {name: _attribute(value) for name, value in item.items()}


def _attribute(value: Value) -> Attribute:
    match value:
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [_attribute(v) for v in value]}
        case dict():
            return {"M": _attributes(value)}


def _item(attributes: Mapping[str, Attribute]) -> Item:
    return {name: _value(attribute) for name, attribute in attributes.items()}


def _value(attribute: Attribute) -> Value:
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "NULL":
            return None
        case "L":
            return [_value(v) for v in value]
        case "M":
            return _item(value)
        case _:
            return value  # type: ignore[no-any-return] # a string or a boolean: we write nothing else
