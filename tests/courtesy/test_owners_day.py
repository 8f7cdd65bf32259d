"""The owner's day by the command line: today, inquiries, by-hand tasks, stops and previews."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters import aws
from chalicelib.adapters.local.platform import LocalWorld
from chalicelib.adapters.table_dynamodb import table_definition
from chalicelib.domain.identity import parse_address, person_id
from chalicelib.domain.standing import Standing
from chalicelib.stores import people, tasks
from chalicelib.usecases.send_due import send_due
from chalicelib.usecases.take_order import take_order
from courtesy.main import main
from tests.factories import gift_order, learnt, shopify_order, shopify_parcel
from tests.support.data_folder import with_world
from tests.test_bootstrap import ENVIRONMENT, SECRETS

ISOBEL = "isobel.trant@example.com"
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(data: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A command: its exit code, and what it says."""

    def asked(*arguments: str) -> tuple[int, str]:
        code = main([*arguments, "--data", str(data)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return asked


def order(data: Path, **changes: Any) -> None:
    """Isobel orders now."""

    def take(world: LocalWorld) -> None:
        take_order(world, learnt("orders/create", shopify_order(created_at=world.clock.now().isoformat(), **changes)))

    with_world(data, take)


def a_note_by_hand(data: Path, name: str = "Ruth Okafor") -> str:
    """Ruth's note, which is due and was handed over, because her address was not given."""

    def hand_over(world: LocalWorld) -> str:
        now = world.clock.now()
        attributes = [{"name": "Gift", "value": "Yes"}, {"name": "Recipient name", "value": name}]
        take_order(world, learnt("orders/create", gift_order(created_at=now.isoformat(), note_attributes=attributes)))
        at = (now - timedelta(seconds=1)).isoformat()
        take_order(world, learnt("fulfillments/update", shopify_parcel(created_at=at, updated_at=at)))
        world.clock.advance_to(now + timedelta(days=11))
        send_due(world)
        (task,) = tasks.open_ones(world.table)
        return task.id

    return str(with_world(data, hand_over))


# --- today ---


def test_an_empty_day_says_so(ask: Ask) -> None:
    code, said = ask("today")
    assert (code, "Nobody waits, nothing goes out, and nothing is to be done by hand." in said) == (0, True)


def test_the_day_tells_who_waits_and_what_is_by_hand(ask: Ask, data: Path) -> None:
    id_ = a_note_by_hand(data)
    ask("inquiry", "open", ISOBEL, "--words", "Is it mended?", "--order", "1041")
    code, said = ask("today")
    assert code == 0
    assert "Answer these\n  Isobel Trant (order #1041): “Is it mended?”" in said
    assert "By hand\n  A note to write: Ruth Okafor, order #1041" in said
    assert f"courtesy task {id_} posted | given-up" in said


def test_the_day_is_told_as_json_too(ask: Ask, data: Path) -> None:
    order(data)
    found = json.loads(ask("today", "--json")[1])
    assert [*found] == ["day", "paused", "waiting", "unsure", "decide", "by_hand", "today", "held", "floor"]
    assert [line["what"].partition("  ")[2] for line in found["today"]] == ["The receipt to Isobel Trant"]


def test_a_pause_stands_at_the_head_of_the_day(ask: Ask) -> None:
    ask("pause")
    assert "Sending is paused: courtesy resume ends that." in ask("today")[1]


# --- inquiries ---


def test_an_inquiry_is_opened_listed_and_closed(ask: Ask, data: Path) -> None:
    order(data)
    assert ask("inquiry", "list") == (0, "Nobody waits for an answer.\n")
    assert ask("inquiry", "open", ISOBEL, "--words", "Is it mended?")[0] == 0
    (one,) = json.loads(ask("inquiry", "list", "--json")[1])
    assert (one["words"], one["waited"], one["address"]) == ("Is it mended?", 0, ISOBEL)
    assert "0 working days  Isobel Trant <isobel.trant@example.com>\n    > Is it mended?" in ask("inquiry", "list")[1]
    code, said = ask("inquiry", "close", one["id"], "good")
    assert (code, said) == (0, "Closed. Marketing to them keeps quiet for 7 more days.\n")
    code, said = ask("inquiry", "close", one["id"], "good")
    assert (code, said) == (2, "courtesy: That inquiry was closed before.\n")


def test_of_nobody_no_inquiry_is_opened(ask: Ask) -> None:
    code, said = ask("inquiry", "open", "nobody@example.com", "--words", "x")
    assert (code, said.count("\n")) == (2, 1)


# --- by-hand tasks ---


def test_tasks_are_listed_with_what_may_become_of_them(ask: Ask, data: Path) -> None:
    assert ask("tasks") == (0, "Nothing is to be done by hand.\n")
    id_ = a_note_by_hand(data)
    said = ask("tasks", "--due", "today")[1]
    assert "note to Ruth Okafor, order #1041\n    9 Quay Hill, Falmouth" in said
    assert f"Done? courtesy task {id_} posted | given-up" in said
    (one,) = json.loads(ask("tasks", "--json")[1])
    assert (one["id"], one["kind"], one["name"]) == (id_, "note", "Ruth Okafor")
    assert ask("task", id_, "posted") == (0, "Noted.\n")
    assert ask("tasks") == (0, "Nothing is to be done by hand.\n")
    assert ask("task", id_, "posted") == (2, "courtesy: That task was done before.\n")


def test_an_outcome_of_a_call_does_not_fit_a_note(ask: Ask, data: Path) -> None:
    code, said = ask("task", a_note_by_hand(data), "happy")
    assert (code, said) == (2, "courtesy: That is a note: say posted, given up.\n")


def test_a_spreadsheet_gets_the_tasks_without_a_formula(ask: Ask, data: Path, tmp_path: Path) -> None:
    a_note_by_hand(data, name="=HYPERLINK(1)")
    path = tmp_path / "tasks.csv"
    assert "It holds names and addresses" in ask("tasks", "--csv", str(path))[1]
    heading, row = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    assert (heading[3], row[3]) == ("name", "'=HYPERLINK(1)")
    assert path.stat().st_mode & 0o777 == 0o600


# --- stop, release ---


@pytest.mark.parametrize("never", [False, True])
def test_a_stop_by_phone_is_kept(ask: Ask, data: Path, never: bool) -> None:
    order(data)
    code, said = ask("stop", ISOBEL, *(["--never"] if never else []))
    assert (code, said.startswith("Stopped."), "check how it is spelt" in said) == (0, True, False)

    def standing(world: LocalWorld) -> Standing:
        person = person_id(world.secrets.people, parse_address(ISOBEL).key)
        return people.load_standing(world.table.get(people.standing_key(person)), person)

    found = with_world(data, standing)
    assert (bool(found.stopped_at), bool(found.never_at)) == (True, never)


def test_a_stop_for_an_unknown_address_says_so(ask: Ask) -> None:
    code, said = ask("stop", "izobel.trant@example.com")
    assert (code, "Nothing else is known of that address" in said) == (0, True)
    assert ask("stop", "isobel")[0] == 2


def test_only_what_is_held_is_released(ask: Ask, data: Path) -> None:
    order(data)
    (one,) = json.loads(ask("follow-ups", "--json")[1])
    code, said = ask("release", one["id"])
    assert (code, said) == (2, "courtesy: That follow-up is planned: only what is held can be released.\n")


# --- preview ---


def test_a_mail_can_be_read_before_anybody_gets_it(ask: Ask, tmp_path: Path) -> None:
    code, said = ask("preview", "thank-you")
    assert (code, said.startswith("Subject: "), "Pellow & Wren" in said) == (0, True, True)
    path = tmp_path / "mail.html"
    assert ask("preview", "receipt", "--html", str(path))[0] == 0
    assert "<html" in path.read_text()
    assert ask("outbox") == (0, "The outbox is empty.\n")


def test_a_copy_goes_to_the_shops_own_addresses_alone(ask: Ask) -> None:
    code, said = ask("preview", "thank-you", "--to", ISOBEL)
    assert (code, said.count("\n"), "needs --yes" in said) == (2, 1, True)
    assert ask("preview", "thank-you", "--to", "Morwenna@pellow-wren.example".lower())[0] == 0
    assert ask("preview", "thank-you", "--to", ISOBEL, "--yes")[0] == 0
    sent = json.loads(ask("outbox", "--json")[1])
    assert [mail["to"] for mail in sent] == ["morwenna@pellow-wren.example", ISOBEL]
    assert all(mail["subject"].startswith("[Preview] ") for mail in sent)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nonsense",), "has no rule nonsense"),
        (("letter",), "goes by post, not by e-mail"),
        (("thank-you", "--language", "xx"), "is written in"),
    ],
)
def test_what_has_no_mail_has_no_preview(ask: Ask, arguments: tuple[str, ...], why: str) -> None:
    code, said = ask("preview", *arguments)
    assert (code, why in said, said.count("\n")) == (2, True, 1)


# --- platforms ---


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table, a bucket, queues and the secrets, as moto plays them."""
    with mock_aws():
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.delenv("COURTESY_SHOP", raising=False)
        aws._session.cache_clear()
        aws.client("dynamodb").create_table(**table_definition("courtesy"))
        aws.client("s3").create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        url = aws.client("sqs").create_queue(QueueName="courtesy-due-now")["QueueUrl"]
        monkeypatch.setenv("COURTESY_QUEUE_DUE_NOW", url)
        for name, value in SECRETS.items():
            aws.client("ssm").put_parameter(Name=f"/courtesy/live/{name}", Value=value, Type="SecureString")
        yield
    aws._session.cache_clear()


@pytest.mark.usefixtures("account")
def test_the_owner_pauses_looks_and_resumes_on_aws(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pause", "--on", "aws"]) == 0
    assert main(["today", "--on", "aws"]) == 0
    assert "Sending is paused" in capsys.readouterr().out
    assert main(["stop", ISOBEL, "--never", "--on", "aws"]) == 0
    assert main(["resume", "--on", "aws"]) == 0
    capsys.readouterr()
    assert main(["today", "--on", "aws"]) == 0
    assert "Sending is paused" not in capsys.readouterr().out
    assert main(["inquiry", "list", "--on", "aws"]) == 0
    assert main(["tasks", "--on", "aws"]) == 0


@pytest.mark.parametrize("command", [("outbox",), ("clock",), ("up",), ("backup", "x.db"), ("restore",), ("connect", "shopify")])
@pytest.mark.usefixtures("account")
def test_what_is_done_on_this_machine_alone_says_so(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    assert main([*command, "--on", "aws"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "courtesy: That is done on the local platform alone: leave out --on aws.\n")


def test_the_emulated_platform_is_still_to_come(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["today", "--on", "emulated"]) == 2
    assert "The emulated platform is still to come" in capsys.readouterr().err


def test_an_account_that_cannot_be_reached_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["today", "--on", "aws"]) == 2
    assert capsys.readouterr().err.startswith("courtesy: Set COURTESY_TABLE")
    with mock_aws():
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        aws._session.cache_clear()
        assert main(["today", "--on", "aws"]) == 2
    aws._session.cache_clear()
    said = capsys.readouterr().err
    assert (said.startswith("courtesy: "), said.count("\n")) == (True, 1)
