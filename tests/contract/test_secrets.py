"""What both homes of secrets promise; then what each adds."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.adapters.aws import client
from chalicelib.adapters.local.secrets_file import FileSecrets
from chalicelib.adapters.secrets_ssm import SsmSecrets
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.ports import Secrets, SecretValues

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

COMPLETE = {
    "people": "s3cret-pepper",
    "link_key": "k2",
    "links/k1": "s3cret-k1",
    "links/k2": "s3cret-k2",
    "links/retired/k0": "s3cret-k0",
    "webhooks/shopify/current": "s3cret-shopify-new",
    "webhooks/shopify/previous": "s3cret-shopify-old",
    "webhooks/standard/current": "whsec_s3cret",
    "origin": "s3cret-origin",
}
Home = Callable[[dict[str, str]], Secrets]


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SSMClient]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield client("ssm")


@pytest.fixture(params=["file", "ssm"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param == "file":

        def keep(values: dict[str, str]) -> Secrets:
            path = tmp_path / "secrets.json"
            path.write_text(json.dumps(values))
            path.chmod(0o600)
            return FileSecrets(path)

        return keep
    ssm: SSMClient = request.getfixturevalue("ssm")

    def store(values: dict[str, str]) -> Secrets:
        for name, value in values.items():
            ssm.put_parameter(Name=f"/courtesy/live/{name}", Value=value, Type="SecureString")
        return SsmSecrets(ssm, "/courtesy/live")

    return store


def test_complete_secrets_are_read_in_one_piece(home: Home) -> None:
    assert home(COMPLETE).read() == SecretValues(
        people="s3cret-pepper",
        links={"k0": "s3cret-k0", "k1": "s3cret-k1", "k2": "s3cret-k2"},
        link_key="k2",
        webhooks={"shopify": ("s3cret-shopify-new", "s3cret-shopify-old"), "standard": ("whsec_s3cret",)},
        origin="s3cret-origin",
        retired=("k0",),
    )


def test_names_that_are_not_ours_are_passed_over(home: Home) -> None:
    found = home({**COMPLETE, "people/old": "x", "webhooks/shopify": "x", "note": "x"}).read()
    assert (found.people, sorted(found.webhooks), sorted(found.links)) == (
        "s3cret-pepper",
        ["shopify", "standard"],
        ["k0", "k1", "k2"],
    )


def test_white_space_from_pasting_is_no_part_of_a_secret(home: Home) -> None:
    assert home({**COMPLETE, "people": "s3cret-pepper\n"}).read().people == "s3cret-pepper"


@pytest.mark.parametrize("missing", ["people", "link_key", "links/k2", "origin", "webhooks/shopify/current"])
def test_missing_secret_is_named(home: Home, missing: str) -> None:
    refused(home({name: value for name, value in COMPLETE.items() if name != missing}), missing, "missing")


def test_no_storefront_at_all_is_refused(home: Home) -> None:
    left = {name: value for name, value in COMPLETE.items() if not name.startswith("webhooks/")}
    refused(home(left), "webhooks/<storefront>/current", "missing")


@pytest.mark.parametrize("empty", ["people", "links/k1", "webhooks/shopify/previous", "origin", "live_table"])
def test_empty_secret_is_named(home: Home, empty: str) -> None:
    refused(home({**COMPLETE, empty: " "}), empty, "empty")


@pytest.mark.parametrize("link_key", ["s3cret-pasted-into-the-wrong-field", "K2"])
def test_link_key_that_is_no_key_id_is_not_repeated(home: Home, link_key: str) -> None:
    refused(home({**COMPLETE, "link_key": link_key}), "links/", "missing")


def test_retired_key_may_not_sign(home: Home) -> None:
    refused(home({**COMPLETE, "links/retired/k2": "s3cret-k2"}), "link_key", "retired")


def test_no_table_is_live_until_one_is_named(home: Home) -> None:
    assert home(COMPLETE).read().live_table == ""


def test_a_table_that_is_named_live_takes_the_place_of_another(home: Home) -> None:
    secrets = home(COMPLETE)
    before = secrets.read()

    secrets.name_live_table("0123-table")
    assert secrets.read() == msgspec.structs.replace(before, live_table="0123-table")

    secrets.name_live_table("4567-table")
    assert secrets.read() == msgspec.structs.replace(before, live_table="4567-table")


def refused(secrets: Secrets, *words: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        secrets.read()
    assert all(word in str(caught.value) for word in words)
    assert "s3cret" not in str(caught.value)


# --- SSM alone


def test_more_than_one_page_is_read(ssm: SSMClient) -> None:
    for at in range(25):
        ssm.put_parameter(Name=f"/courtesy/live/links/key-{at}", Value=f"s3cret-{at}", Type="SecureString")
    for name, value in COMPLETE.items():
        ssm.put_parameter(Name=f"/courtesy/live/{name}", Value=value, Type="SecureString")
    assert len(SsmSecrets(ssm, "courtesy/live/").read().links) == 28


def test_another_stages_secrets_are_not_ours(ssm: SSMClient) -> None:
    for name, value in COMPLETE.items():
        ssm.put_parameter(Name=f"/courtesy/live2/{name}", Value=value, Type="SecureString")
    refused(SsmSecrets(ssm, "/courtesy/live"), "/courtesy/live/link_key")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AccessDeniedException", Misconfigured),
        ("InvalidKeyId", Misconfigured),
        ("ThrottlingException", Retryable),
        ("InternalServerError", Retryable),
    ],
)
def test_ssm_trouble_is_told_apart(ssm: SSMClient, code: str, expected: type[Exception]) -> None:
    with Stubber(ssm) as stub:
        stub.add_client_error("get_parameters_by_path", code)
        with pytest.raises(expected, match=code):
            SsmSecrets(ssm, "/courtesy/live").read()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AccessDeniedException", Misconfigured),
        ("InvalidKeyId", Misconfigured),
        ("TooManyUpdates", Retryable),
        ("ThrottlingException", Retryable),
        ("InternalServerError", Retryable),
    ],
)
def test_trouble_in_naming_the_live_table_is_told_apart(ssm: SSMClient, code: str, expected: type[Exception]) -> None:
    with Stubber(ssm) as stub:
        stub.add_client_error("put_parameter", code, "told of 0123-table")
        with pytest.raises(expected, match=rf"written \({code}\)") as caught:
            SsmSecrets(ssm, "/courtesy/live").name_live_table("0123-table")
    assert "0123" not in str(caught.value)


def test_the_live_table_is_kept_as_the_other_secrets_are(ssm: SSMClient) -> None:
    SsmSecrets(ssm, "/courtesy/live").name_live_table("0123-table")

    parameter = ssm.get_parameter(Name="/courtesy/live/live_table", WithDecryption=True)["Parameter"]
    assert (parameter["Type"], parameter["Value"]) == ("SecureString", "0123-table")


def test_ssm_out_of_reach_is_retryable(ssm: SSMClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://ssm")

    monkeypatch.setattr(ssm, "put_parameter", fail)

    with pytest.raises(Retryable, match="EndpointConnectionError"):
        SsmSecrets(ssm, "/courtesy/live").name_live_table("0123-table")


# --- the file alone


def test_first_run_makes_strong_secrets_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    values = FileSecrets(path).read()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name.name for name in path.parent.iterdir()] == ["secrets.json"]
    assert set(values.webhooks) == {"shopify", "woocommerce", "stripe", "standard"}
    assert values.webhooks["standard"][0].startswith("whsec_")
    made = [values.people, values.origin, *values.links.values(), *(live[0] for live in values.webhooks.values())]
    assert len(set(made)) == len(made)
    assert min(map(len, made)) >= 43


def test_second_run_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    assert FileSecrets(path).read() == FileSecrets(path).read()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_file_open_to_others_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).read()
    path.chmod(mode)
    with pytest.raises(Misconfigured, match=f"chmod 600 {path}"):
        FileSecrets(path).read()
    path.chmod(0o600)
    FileSecrets(path).read()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"people": 1}', '{"people": "s3cret"'])
def test_damaged_file_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    path.chmod(0o600)
    refused(FileSecrets(path), "damaged", "backup")
    assert path.read_text() == content


def test_folder_that_cannot_be_used_is_misconfigured(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands in the way")
    refused(FileSecrets(tmp_path / "data" / "secrets.json"), "cannot be used")


def test_failed_first_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused(FileSecrets(tmp_path / "secrets.json"), "No space left")
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_read_the_same(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        for at in range(5):
            assert len(set(pool.map(read_people, [tmp_path / str(at) / "secrets.json"] * 4, chunksize=1))) == 1
        pool.close()
        pool.join()


def test_naming_the_live_table_keeps_all_else_and_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).read()
    before = json.loads(path.read_text()) | {"note": "the owner's own"}
    path.write_text(json.dumps(before))

    FileSecrets(path).name_live_table("0123-table")

    assert json.loads(path.read_text()) == {**before, "live_table": "0123-table"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name.name for name in tmp_path.iterdir()] == ["secrets.json"]


def test_naming_the_live_table_may_come_before_the_first_reading(tmp_path: Path) -> None:
    FileSecrets(tmp_path / "data" / "secrets.json").name_live_table("0123-table")

    assert FileSecrets(tmp_path / "data" / "secrets.json").read().live_table == "0123-table"


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).name_live_table("0123-table")
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    for change in changes_of(path):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(Misconfigured, match="No space left"):
                change()
    assert path.read_bytes() == before
    assert [name.name for name in tmp_path.iterdir()] == ["secrets.json"]


def changes_of(path: Path) -> list[Callable[[], None]]:
    return [partial(FileSecrets(path).name_live_table, "4567-table"), FileSecrets(path).forget_live_table]


@pytest.mark.parametrize("damage", ["mode", "content"])
def test_a_file_that_would_be_refused_is_not_written(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).name_live_table("0123-table")
    if damage == "mode":
        path.chmod(0o644)
    else:
        path.write_text("{")
    before = path.read_bytes()

    for change in changes_of(path):
        with pytest.raises(Misconfigured):
            change()
    assert path.read_bytes() == before


def test_forgetting_the_live_table_keeps_all_else(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    before = FileSecrets(path).read()
    FileSecrets(path).name_live_table("0123-table")

    FileSecrets(path).forget_live_table()
    FileSecrets(path).forget_live_table()

    assert FileSecrets(path).read() == before
    assert "live_table" not in json.loads(path.read_text())


def test_forgetting_the_live_table_of_a_shop_that_never_ran_makes_nothing(tmp_path: Path) -> None:
    FileSecrets(tmp_path / "data" / "secrets.json").forget_live_table()

    assert list(tmp_path.iterdir()) == []


def test_processes_that_name_and_make_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        path = tmp_path / "secrets.json"
        assert len(set(pool.starmap(named_people, [(path, n) for n in range(16)], chunksize=1))) == 1
        pool.close()
        pool.join()


def named_people(path: Path, n: int) -> str:
    FileSecrets(path).name_live_table(f"table-{n}")
    return FileSecrets(path).read().people


def read_people(path: Path) -> str:
    return FileSecrets(path).read().people
