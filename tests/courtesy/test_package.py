from __future__ import annotations

import ast
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from zipfile import ZipFile

import pytest

from chalicelib.config import ROOT
from chalicelib.errors import CourtesyError, Misconfigured
from courtesy.package import _SELDOM, _ours, package

LAMBDA_RUN = ROOT / "tests" / "support" / "lambda_run.py"
OURS = {"__pycache__", "app.py", "chalicelib", "shop", "templates"}
LIBRARIES = {"chalice", "email_validator", "idna", "itsdangerous", "jinja2", "markupsafe", "msgspec", "phonenumbers", "tzdata"}
UNCHECKED = b"\1\0\0\0"


def repository_copy(to: Path) -> Path:
    """What packaging reads, alone: the working tree may change under a test."""
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, to / name)
    for name in ("chalicelib", "shop", "templates", "vendor"):
        shutil.copytree(ROOT / name, to / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def unzipped(made: Path, to: Path) -> Path:
    with ZipFile(made) as zipped:
        zipped.extractall(to)
    return to


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The zip made twice from one repository, once for all of pytest-xdist's workers: it takes seconds."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "package"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            (shared / "repository").mkdir()
            repository = repository_copy(shared / "repository")
            package(shared / "first", repository)
            for path in repository.rglob("*.py"):
                os.utime(path, (1, 1))
            stale = repository / "chalicelib" / "__pycache__" / f"config.{sys.implementation.cache_tag}.pyc"
            stale.parent.mkdir()
            stale.write_bytes(b"stale")
            package(shared / "second", repository)
            (shared / "done").touch()
    (first,), (second,) = ((shared / turn).iterdir() for turn in ("first", "second"))
    return first, second


@pytest.fixture(scope="session")
def made(both: tuple[Path, Path]) -> Path:
    return both[0]


@pytest.fixture(scope="session")
def names(made: Path) -> list[str]:
    with ZipFile(made) as zipped:
        return zipped.namelist()


def test_it_holds_the_runtime_the_templates_and_the_shop_and_nothing_else(names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == LIBRARIES | OURS
    assert {"shop/shop.toml", "templates/email/receipt/body.html", "chalicelib/bootstrap.py", "chalice/app.pyc"} <= set(names)


@pytest.mark.parametrize(
    "part", ["adapters/local/", "tests/", "dns/", "dnspython", "boto", "bin/", "RECORD", "site/", "courtesy/"]
)
def test_it_leaves_out_what_lambda_does_not_run(part: str, names: list[str]) -> None:
    assert [name for name in names if part in f"/{name}".replace("/chalicelib/adapters/", "/adapters/")] == []


def test_it_is_at_most_3_megabytes(made: Path) -> None:
    assert made.stat().st_size <= 3_000_000


def test_made_twice_it_has_the_same_bytes(both: tuple[Path, Path]) -> None:
    first, second = both

    assert first.read_bytes() == second.read_bytes()


def test_every_source_has_its_bytecode_which_is_never_checked(made: Path, names: list[str]) -> None:
    tag = sys.implementation.cache_tag
    seldom = re.compile(_SELDOM)
    sources = [Path(name) for name in names if name.endswith(".py") and not seldom.match(name)]
    assert {source.parts[0] for source in sources} == {"app.py", "chalicelib"}  # of libraries only the bytecode ships

    with ZipFile(made) as zipped:
        heads = [zipped.read(str(source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"))[:8] for source in sources]

    assert set(heads) == {MAGIC_NUMBER + UNCHECKED}


def test_the_compiled_libraries_are_for_linux_on_x86_64(names: list[str]) -> None:
    compiled = [name for name in names if name.endswith(".so")]

    assert compiled
    assert all(name.endswith("-x86_64-linux-gnu.so") for name in compiled)


def test_a_link_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    repository = repository_copy(tmp_path)
    (repository / "vendor" / "secrets").symlink_to("/etc")

    with pytest.raises(Misconfigured, match=r"vendor/secrets leads out of the repository"):
        package(tmp_path / "out", repository)


@pytest.mark.parametrize("target", ["..", "../nothing"])
def test_a_link_to_all_of_it_or_to_nothing_is_refused(target: str, tmp_path: Path) -> None:
    repository = repository_copy(tmp_path)
    (repository / "vendor" / "odd").symlink_to(target)

    with pytest.raises(Misconfigured, match="vendor/odd"):
        package(tmp_path / "out", repository)


@pytest.mark.parametrize("place", ["shop", "templates/email", "chalicelib/domain"])
def test_a_link_further_down_is_refused(place: str, tmp_path: Path) -> None:
    repository = repository_copy(tmp_path)
    (repository / place / "more").symlink_to("/etc/hosts")

    with pytest.raises(Misconfigured, match=f"{place}/more is a link"):
        package(tmp_path / "out", repository)


def test_a_pin_whose_hash_does_not_match_is_refused(tmp_path: Path) -> None:
    repository = repository_copy(tmp_path)
    (repository / "requirements.txt").write_text(f"itsdangerous==2.2.0 \\\n    --hash=sha256:{'0' * 64}\n")

    with pytest.raises(CourtesyError, match=r"pip could not fetch what requirements\.txt pins: "):
        package(tmp_path / "out", repository)


def clean_python(*arguments: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-I", "-S", *arguments], cwd=cwd, capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_addresses_are_checked_without_dnspython(made: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, '.'); from chalicelib.domain.identity import parse_address; "
        "print(parse_address('Isobel.Trant@exämple.com').normalised, 'dns' in sys.modules)"
    )

    said = clean_python("-c", program, cwd=unzipped(made, tmp_path))

    assert said.split() == ["Isobel.Trant@xn--exmple-cua.com", "False"]


def test_importing_the_app_needs_no_sdk_and_neither_jinja_nor_storefronts_nor_workers(made: Path, tmp_path: Path) -> None:
    program = "import sys; sys.path.insert(0, '.'); import app; print(*sys.modules)"

    imported = set(clean_python("-c", program, cwd=unzipped(made, tmp_path)).split())

    unwanted = {
        "jinja2",
        "botocore",
        "chalicelib.adapters.storefronts",
        "chalicelib.usecases.send_due",
        "chalicelib.usecases.take_order",
    }
    assert imported & unwanted == set()


def test_a_claim_an_order_and_every_worker_run_from_it(made: Path, tmp_path: Path) -> None:
    folder = unzipped(made, tmp_path / "task")

    said = json.loads(clean_python(str(LAMBDA_RUN), str(folder), sysconfig.get_path("purelib"), cwd=tmp_path))

    assert said["claim"] == [303, "/claimed/"]
    assert said["loaded"] == []
    assert said["order"] == 200
    assert said["page"][0] == 401
    assert "This link is not valid" in said["page"][1]
    assert said["workers"]["tick"] == {"sent": 0}
    assert all(answer == {"batchItemFailures": []} for name, answer in said["workers"].items() if name != "tick")
    assert said["follow_ups"] == {"confirm-address": "sent", "receipt": "sent", "morning": "planned"}
    assert all(Path(file).is_relative_to(folder) for file in said["files"].values())


def test_what_ships_needs_nothing_that_stays_at_home() -> None:
    ours = {name for name in _ours(ROOT) if name.endswith(".py")}
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in ours}

    missing = {
        f"{name} needs {wanted}"
        for name in ours
        for wanted in _imported((ROOT / name).read_text(encoding="utf-8"))
        if wanted.startswith("chalicelib") and wanted not in modules and wanted.rpartition(".")[0] not in modules
    }

    assert missing == {
        "chalicelib/bootstrap.py needs chalicelib.adapters.local.platform.LocalWorld"
    }  # which it asks for on the local platform alone


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
