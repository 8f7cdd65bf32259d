"""What every Blob promises; then what each adds."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.adapters.aws import client
from chalicelib.adapters.blob_s3 import S3Blob
from chalicelib.adapters.local.blob_file import FileBlob
from chalicelib.errors import Invalid, NotFound, Retryable
from chalicelib.ports import Blob

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

NOW = datetime(2031, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        made = client("s3")
        made.create_bucket(Bucket="raw", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield made


@pytest.fixture(params=["file", "s3"])
def blob(request: pytest.FixtureRequest, tmp_path: Path) -> Blob:
    if request.param == "file":
        return FileBlob(tmp_path / "blobs")
    return S3Blob(request.getfixturevalue("s3"), "raw")


@pytest.mark.parametrize("data", [b"", b"\x00\xff\r\n", b"x" * 1_048_576])
def test_bytes_come_back_as_they_were(blob: Blob, data: bytes) -> None:
    blob.put("webhooks/shopify/abc-234", data)
    assert blob.get("webhooks/shopify/abc-234") == data


def test_put_replaces(blob: Blob) -> None:
    blob.put("a", b"old and longer")
    blob.put("a", b"new")
    assert blob.get("a") == b"new"


def test_missing_blob_is_not_found(blob: Blob) -> None:
    blob.put("a/b", b"there")
    for name in ("a", "a/c", "a/b/c", "x/y/z"):
        with pytest.raises(NotFound):
            blob.get(name)


def test_name_may_also_begin_another(blob: Blob) -> None:
    blob.put("a/b", b"below")
    blob.put("a", b"above")
    assert (blob.get("a"), blob.get("a/b")) == (b"above", b"below")


def test_deleted_blob_is_gone_and_deleting_twice_is_no_error(blob: Blob) -> None:
    blob.put("a/b", b"there")
    blob.delete("a/b")
    blob.delete("a/b")
    blob.delete("never/was")
    with pytest.raises(NotFound):
        blob.get("a/b")


def test_sweep_deletes_what_is_old_below_a_folder(blob: Blob) -> None:
    for name in ("webhooks/a", "webhooks/b/c", "webhooks-of-old/a", "requests/a"):
        blob.put(name, b"there")
    assert blob.sweep(datetime.now(UTC) - timedelta(minutes=5), under="webhooks") == 0
    assert blob.sweep(datetime.now(UTC) + timedelta(minutes=5), under="webhooks") == 2
    assert blob.sweep(datetime.now(UTC) + timedelta(minutes=5), under="webhooks") == 0
    assert (blob.names("webhooks"), blob.names("webhooks-of-old"), blob.names("requests")) == (
        [],
        ["webhooks-of-old/a"],
        ["requests/a"],
    )
    with pytest.raises(Invalid):
        blob.sweep(datetime.now(UTC), under="../x")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        "A",
        "a.b",
        "a b",
        "a\n",
        "a\x00b",
        "ä",
        "\\a",
        "~",
        "x" * 201,
    ],
)
def test_name_that_is_not_ours_is_refused(blob: Blob, name: str) -> None:
    for call in (lambda: blob.put(name, b""), lambda: blob.get(name), lambda: blob.delete(name)):
        with pytest.raises(Invalid) as caught:
            call()
        assert len(name) < 3 or name not in str(caught.value)


def test_longest_name_is_stored(blob: Blob) -> None:
    blob.put("x" * 200, b"long")
    assert blob.get("x" * 200) == b"long"


# --- S3 alone


def test_s3_trouble_is_retryable(s3: S3Client) -> None:
    stub = Stubber(s3)
    blob = S3Blob(s3, "raw")
    with stub:
        stub.add_client_error("get_object", "SlowDown", http_status_code=503)
        with pytest.raises(Retryable, match="SlowDown"):
            blob.get("a")
        stub.add_client_error("get_object", "AccessDenied", http_status_code=403)
        with pytest.raises(Retryable, match="AccessDenied"):
            blob.get("a")
        stub.add_client_error("put_object", "InternalError", http_status_code=500)
        with pytest.raises(Retryable, match="InternalError"):
            blob.put("a", b"")
        stub.add_client_error("delete_object", "InternalError", http_status_code=500)
        with pytest.raises(Retryable, match="InternalError"):
            blob.delete("a")


# --- the folder alone


def test_files_belong_to_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileBlob(tmp_path / "blobs").put("a/b/c", b"private")
    finally:
        os.umask(before)
    made = list((tmp_path / "blobs").rglob("*"))
    assert len(made) == 3
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in [tmp_path / "blobs", *made])


def test_failed_put_leaves_the_old_bytes_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = FileBlob(tmp_path)
    blob.put("a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Retryable, match="No space left"):
            blob.put("a", b"new")
    assert blob.get("a") == b"old"
    assert len(list(tmp_path.rglob("*"))) == 1


def test_folder_that_cannot_be_made_is_retryable(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"a file stands in the way")
    with pytest.raises(Retryable):
        FileBlob(tmp_path / "blobs").put("a", b"")


def test_sweep_deletes_what_was_put_before(tmp_path: Path) -> None:
    clock = [NOW - timedelta(days=31)]
    blob = FileBlob(tmp_path, now=lambda: clock[0])
    blob.put("webhooks/old", b"")
    blob.put("pages/old", b"")
    (tmp_path / "webhooks" / "tmp1.unfinished").write_bytes(b"half")
    os.utime(tmp_path / "webhooks" / "tmp1.unfinished", (clock[0].timestamp(),) * 2)
    clock[0] = NOW - timedelta(days=30)
    blob.put("webhooks/new", b"")

    assert blob.sweep(NOW - timedelta(days=30), under="webhooks") == 1
    assert blob.get("webhooks/new") == b""
    assert blob.get("pages/old") == b""
    assert [path.name for path in (tmp_path / "webhooks").iterdir()] == ["new.blob"]
    with pytest.raises(NotFound):
        blob.get("webhooks/old")
    assert blob.sweep(NOW) == 2


def test_sweep_of_nothing_is_no_error(tmp_path: Path) -> None:
    assert FileBlob(tmp_path / "never-made").sweep(NOW) == 0
    with pytest.raises(Invalid):
        FileBlob(tmp_path).sweep(NOW, under="../x")
