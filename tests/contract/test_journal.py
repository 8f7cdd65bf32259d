"""What both journals promise; then what each adds."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.adapters.aws import client
from chalicelib.adapters.journal_s3 import S3Journal
from chalicelib.adapters.local.journal_file import FileJournal
from chalicelib.domain.journal import Line, stopped, unreachable
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.ports import Journal

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

NOW = datetime(2031, 5, 4, 9, 30, tzinfo=UTC)
WHOLE = Line("authorised", NOW, "person-1", "follow-up-1", "thank-you", "order 7", "giver", "courtesy", NOW + timedelta(days=1))
NEWER = '{"kind":"forgotten","at":"2031-05-04T09:30:00Z","person":"person-1"}'
Home = Callable[[], Journal]


class Ticking:
    """ports.Clock that is a little later each time it is asked."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


def stop(n: int, at: datetime = NOW) -> Line:
    return stopped(f"person-{n}", at)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """With a bucket that keeps what it was given, as the real one will."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = client("s3")
        made.create_bucket(
            Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}, ObjectLockEnabledForBucket=True
        )
        made.put_object_lock_configuration(
            Bucket="raw",
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 60}},
            },
        )
        yield made


@pytest.fixture(params=["file", "s3"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Opens the same journal, as often as it is asked."""
    if request.param == "file":
        return lambda: FileJournal(tmp_path / "data" / "journal")
    s3, clock = request.getfixturevalue("s3"), Ticking()
    return lambda: S3Journal(s3, "raw", clock)


def test_nothing_was_written_yet(home: Home) -> None:
    assert list(home().read()) == []


def test_lines_come_back_whole_and_in_order(home: Home) -> None:
    written = [WHOLE, stop(2), unreachable("person-3", "complained", NOW + timedelta(microseconds=5)), stop(2)]
    journal = home()

    for line in written:
        journal.append([line])

    assert list(journal.read()) == written


def test_lines_of_one_append_keep_their_order(home: Home) -> None:
    journal = home()

    journal.append([stop(3), stop(1)])
    journal.append((stop(2),))

    assert list(journal.read()) == [stop(3), stop(1), stop(2)]


def test_empty_append_leaves_nothing(home: Home) -> None:
    journal = home()
    journal.append([])

    assert list(journal.read()) == []


def test_what_was_appended_outlives_its_writer(home: Home) -> None:
    home().append([stop(1)])
    home().append([stop(2)])

    assert list(home().read()) == [stop(1), stop(2)]


def test_many_lines_are_read_in_order(home: Home) -> None:
    journal = home()
    for n in range(250):
        journal.append([stop(n)])

    assert list(journal.read()) == [stop(n) for n in range(250)]


def test_the_first_line_can_be_had_alone(home: Home) -> None:
    journal = home()
    for n in range(3):
        journal.append([stop(n)])

    assert next(journal.read()) == stop(0)


# --- S3 alone


def keys_in(s3: S3Client) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket="raw").get("Contents", [])]


def test_each_append_is_an_object_named_by_its_time(s3: S3Client) -> None:
    S3Journal(s3, "raw", Ticking()).append([stop(1), stop(2)])

    (key,) = keys_in(s3)
    assert key.startswith("journal/2031-05-04/2031-05-04T09-30-00.000001Z-")
    body = s3.get_object(Bucket="raw", Key=key)["Body"].read()
    assert [msgspec.json.decode(text, type=Line) for text in body.splitlines()] == [stop(1), stop(2)]


def test_nothing_is_overwritten_even_at_the_same_time(s3: S3Client) -> None:
    for n in range(20):
        S3Journal(s3, "raw", Ticking()).append([stop(n)])

    assert len(keys_in(s3)) == 20
    assert len(s3.list_object_versions(Bucket="raw")["Versions"]) == 20
    assert {line.person for line in S3Journal(s3, "raw", Ticking()).read()} == {f"person-{n}" for n in range(20)}


def test_what_a_lock_demands_comes_along(s3: S3Client) -> None:
    sent: list[dict[str, Any]] = []
    s3.meta.events.register("before-call.s3.PutObject", lambda params, **_: sent.append(params["headers"]))

    S3Journal(s3, "raw", Ticking()).append([stop(1)])

    assert {"x-amz-sdk-checksum-algorithm", "x-amz-checksum-sha256"} <= {name.lower() for name in sent[0]}


def test_other_objects_of_the_bucket_are_no_part_of_it(s3: S3Client) -> None:
    s3.put_object(Bucket="raw", Key="webhooks/shopify/7", Body=b"{}", ChecksumAlgorithm="SHA256")

    assert list(S3Journal(s3, "raw", Ticking()).read()) == []


@pytest.mark.parametrize("body", [NEWER.encode(), b'{"kind":"stop', b"\xff"], ids=["newer", "half", "damaged"])
def test_what_cannot_be_understood_is_not_passed_over(s3: S3Client, body: bytes) -> None:
    journal = S3Journal(s3, "raw", Ticking())
    journal.append([stop(1)])
    s3.put_object(Bucket="raw", Key="journal/2031-05-05/x", Body=body, ChecksumAlgorithm="SHA256")

    with pytest.raises(Misconfigured, match="journal/2031-05-05/x") as caught:
        list(journal.read())

    assert "person" not in str(caught.value)


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "AccessDenied", "NoSuchBucket"])
def test_s3_trouble_is_retryable_and_tells_its_code_only(s3: S3Client, code: str) -> None:
    journal = S3Journal(s3, "raw", Ticking())
    with Stubber(s3) as stub:
        stub.add_client_error("put_object", code, "told of person-1")
        with pytest.raises(Retryable, match=rf"\({code}\)") as caught:
            journal.append([stop(1)])
        assert "person-1" not in str(caught.value)
        stub.add_client_error("list_objects_v2", code)
        with pytest.raises(Retryable, match=rf"\({code}\)"):
            list(journal.read())
        stub.add_response("list_objects_v2", {"Contents": [{"Key": "journal/a"}]})
        stub.add_client_error("get_object", code)
        with pytest.raises(Retryable, match=rf"\({code}\)"):
            list(journal.read())


def test_s3_out_of_reach_is_retryable(s3: S3Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3")

    monkeypatch.setattr(s3, "put_object", fail)

    with pytest.raises(Retryable, match="EndpointConnectionError"):
        S3Journal(s3, "raw", Ticking()).append([stop(1)])


# --- the folder alone


def open_file(folder: Path, month: str = "2031-05") -> Path:
    return folder / f"{month}.jsonl"


def test_half_a_line_is_passed_over_and_what_follows_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    FileJournal(tmp_path).append([stop(1)])
    whole = msgspec.json.encode([stop(2), stop(3)])

    for cut in (1, 40, len(whole) - 1):
        with open_file(tmp_path).open("ab") as file:
            file.write(b"\n" + whole[:cut])
        FileJournal(tmp_path).append([stop(100 + cut)])

    with caplog.at_level(logging.ERROR):
        assert list(FileJournal(tmp_path).read()) == [stop(1), *(stop(100 + cut) for cut in (1, 40, len(whole) - 1))]
    assert len(caplog.messages) == 3
    assert "person" not in caplog.text


@pytest.mark.parametrize("left", [b"\x00" * 64, b"\xff\xfe", b'[{"kind":"st\xc3'])
def test_what_a_power_cut_may_leave_is_passed_over(left: bytes, tmp_path: Path) -> None:
    tmp_path.joinpath("2031-05.jsonl").write_bytes(left)

    FileJournal(tmp_path).append([stop(1)])

    assert list(FileJournal(tmp_path).read()) == [stop(1)]


def test_a_whole_line_that_means_nothing_to_us_is_not_passed_over(tmp_path: Path) -> None:
    open_file(tmp_path).write_text(f"[{NEWER}]\n")

    with pytest.raises(Misconfigured, match=r"2031-05\.jsonl") as caught:
        list(FileJournal(tmp_path).read())

    assert "person" not in str(caught.value)


def test_each_month_has_its_file(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    lines = [stop(n, NOW + timedelta(days=40 * n)) for n in range(4)]
    for line in [*lines, stop(9, NOW)]:
        journal.append([line])

    assert sorted(path.name for path in tmp_path.iterdir()) == [f"2031-0{month}.jsonl" for month in (5, 6, 7, 9)]
    assert list(journal.read()) == [lines[0], stop(9, NOW), *lines[1:]]


def test_it_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileJournal(tmp_path / "data" / "journal").append([stop(1)])
    finally:
        os.umask(before)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").rglob("*")}
    assert modes == {"journal": 0o700, "2031-05.jsonl": 0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_it_can_be_written_again_after_it_was_closed(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append([stop(1)])
    journal.close()
    journal.close()

    journal.append([stop(2)])

    assert list(journal.read()) == [stop(1), stop(2)]


def test_two_writers_lose_nothing_and_each_keeps_its_order(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.starmap(append_many, [(tmp_path, writer) for writer in range(2)], chunksize=1)
        pool.close()
        pool.join()

    people = [line.person for line in FileJournal(tmp_path).read()]
    for writer in range(2):
        own = [person for person in people if person.startswith(f"{writer}-")]
        assert own == [f"{writer}-{n}" for n in range(200)]
    assert len(people) == 400


def append_many(folder: Path, writer: int) -> None:
    journal = FileJournal(folder)
    for n in range(0, 200, 2):
        journal.append([stopped(f"{writer}-{n}", NOW), stopped(f"{writer}-{n + 1}", NOW)])


def test_a_full_disk_is_retryable(tmp_path: Path) -> None:
    open_file(tmp_path).symlink_to("/dev/full")

    with pytest.raises(Retryable, match="No space left"):
        FileJournal(tmp_path).append([stop(1)])


def test_a_disk_that_fills_up_within_a_line_is_retryable_and_the_next_line_stands(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append([stop(1)])

    with room_for(open_file(tmp_path).stat().st_size + 40), pytest.raises(Retryable, match="full"):
        journal.append([stop(2), stop(3)])
    journal.append([stop(4)])

    assert list(journal.read()) == [stop(1), stop(4)]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_did_not_reach_the_disk_is_retryable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = FileJournal(tmp_path)
    journal.append([stop(1)])

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(Retryable, match="Input/output error"):
            journal.append([stop(2)])


def test_a_folder_that_cannot_be_made_or_read_is_retryable(tmp_path: Path) -> None:
    tmp_path.joinpath("journal").write_bytes(b"a file stands in the way")
    with pytest.raises(Retryable):
        FileJournal(tmp_path / "journal").append([stop(1)])

    open_file(tmp_path).mkdir()
    with pytest.raises(Retryable, match="cannot be read"):
        list(FileJournal(tmp_path).read())


def test_it_holds_ids_and_nothing_that_could_be_read_as_a_name(tmp_path: Path) -> None:
    FileJournal(tmp_path).append([WHOLE])

    (line,) = json.loads(open_file(tmp_path).read_text())
    assert set(line) <= {"kind", "at", "person", "follow_up", "rule", "anchor", "role", "message_class", "due_at"}
