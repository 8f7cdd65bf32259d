"""The zip that Lambda runs: what ships and nothing else; the same sources give the same bytes (docs/decisions/0002-packaging.md)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import chalice
import chalice.app

from chalicelib.config import ROOT
from chalicelib.errors import CourtesyError, Misconfigured

NAME = f"courtesy-python{sys.version_info.major}.{sys.version_info.minor}.zip"
"""It runs on Linux, x86_64, under the minor version of the Python that made it."""

LEFT_OUT = ("dnspython",)
"""email-validator asks DNS only whether a domain takes mail, which we never let it ask; this is a megabyte."""

LAMBDA_ROOT = "/var/task"
"""Where Lambda unpacks the zip. The bytecode names its sources there."""

_UNUSED_DATA = (
    "phonenumbers/shortdata/region_*.py", "tzdata/zoneinfo/tzdata.zi", "tzdata/zoneinfo/zone1970.tab", "tzdata/zoneinfo/zonenow.tab",
    "tzdata/zoneinfo/leapseconds", "tzdata/zoneinfo/iso3166.tab",
)  # fmt: skip
"""Emergency numbers and the like, each country's loaded when it is asked for: nobody is rung up by one. The source that the time zones are
made from, and lists of them that nobody reads.
"""

_SELDOM = r"phonenumbers/data/[ra]"
"""Each country's numbers, loaded when one of them is typed. Bytecode of them all would be half as large as everything that is ours."""

_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64")
_AT_HOME = tuple(
    Path("chalicelib", *path.split("/"))
    for path in (
        "adapters/local", "adapters/pictures.py", "adapters/shop_check.py", "adapters/site_file.py", "adapters/template_check.py",
        "domain/countries.py", "domain/forecast.py", "domain/keeping.py", "domain/label.py", "domain/mending/colours.py",
        "domain/mending/offering.py", "domain/mending/site.py", "domain/paper.py", "domain/site.py", "domain/specimens.py",
        "domain/what_we_send.py", "usecases/include_past.py", "usecases/preview.py", "usecases/printing", "usecases/run_draw.py",
    )
)  # fmt: skip
"""What only the owner's own machine runs."""

_OURS = ("app.py", "chalicelib")
_CHALICE_RUNTIME = (chalice.__file__, chalice.app.__file__)
# what tells installers and type checkers about a library, and what it was made from
_NOT_RUN = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "entry_points.txt", "top_level.txt", "py.typed", "*.pyi", "*.c")


def package(out: Path, repository: Path = ROOT) -> Path:
    """Makes the zip in the folder `out`; the zip's path.

    Errors: Misconfigured for a link that must not be followed; CourtesyError when pip cannot fetch what requirements.txt pins.
    """
    ours = _ours(repository.resolve())
    with TemporaryDirectory() as work:
        stage = Path(work, "zip")
        _install(repository / "requirements.txt", Path(work), stage)
        for name, source in {**_chalice(), **ours}.items():
            target = stage / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        _compile(stage)
        made = _zipped(stage, Path(work, NAME))
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(made, out / NAME))


def _install(requirements: Path, work: Path, stage: Path) -> None:
    """The pinned wheels for Lambda's platform, unpacked. pip takes its index from the environment, and every hash must match."""
    pinned = re.split(r"\n(?=\S)", requirements.read_text(encoding="utf-8"))
    kept = [one for one in pinned if not one.startswith(tuple(f"{name}==" for name in LEFT_OUT))]
    (work / "requirements.txt").write_text("\n".join(kept), encoding="utf-8")
    quietly = ("--quiet", "--disable-pip-version-check", "--no-input")
    exactly = ("--require-hashes", "--no-deps", "--only-binary=:all:", *(f"--platform={one}" for one in _PLATFORMS))
    what = ("--requirement", str(work / "requirements.txt"), "--target", str(stage), "--no-compile")
    _run("-m", "pip", "install", *quietly, *exactly, *what, otherwise="pip could not fetch what requirements.txt pins")
    shutil.rmtree(stage / "bin", ignore_errors=True)
    for pattern in (*_NOT_RUN, *_UNUSED_DATA):
        for path in stage.rglob(pattern):
            path.unlink()


def _chalice() -> Mapping[str, Path]:
    """Chalice's own runtime: these two files are all that its packager ships of it."""
    return {f"chalice/{Path(path).name}": Path(path) for path in _CHALICE_RUNTIME}


def _ours(repository: Path) -> Mapping[str, Path]:
    """The zip's names for the app, its library, and whatever vendor/ leads to."""
    found = {"app.py": repository / "app.py"}
    chalicelib = repository / "chalicelib"
    for path in _files(chalicelib, repository):
        name = path.relative_to(repository)
        if not any(name.is_relative_to(path) for path in _AT_HOME):
            found[name.as_posix()] = path
    for entry in sorted((repository / "vendor").iterdir()):
        target = _followed(entry, repository)
        for path in _files(target, repository) if target.is_dir() else [target]:
            found[(entry.name / path.relative_to(target)).as_posix()] = path
    return found


def _followed(entry: Path, repository: Path) -> Path:
    target = entry.resolve()
    if not (target.exists() and target != repository and target.is_relative_to(repository)):
        raise Misconfigured(
            f"{entry.relative_to(repository)} leads out of the repository, or to nothing, and would ship what is not the shop's: "
            "let it lead to a folder in the repository, or remove it."
        )
    return target


_SHIPPED = (".py", ".html", ".txt", ".svg", ".toml")
"""What the program reads. Whatever else lies about, an editor's copy or a list of customers, stays at home."""

_NOT_SHIPPED = tuple(
    map(Path, ("shop/pictures", "shop/site.toml", "templates/pages/dev", "templates/pages/site", "templates/print"))
)


def _files(folder: Path, repository: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name == "__pycache__" or path.name.startswith("."):
            continue
        if path.is_symlink():
            raise Misconfigured(f"{path.relative_to(repository)} is a link: what ships may hold links only directly in vendor/.")
        if path.relative_to(repository) in _NOT_SHIPPED:
            continue
        if path.is_dir():
            yield from _files(path, repository)
        elif path.suffix in _SHIPPED:
            yield path


def _compile(stage: Path) -> None:
    """Bytecode, never checked against its sources: dates don't matter then, and Lambda could not write its own. Ours stands beside its sources, which a
    traceback quotes, and is without the docstrings, which stand in them. Of libraries only the bytecode ships.
    """
    how = ("-q", "-x", _SELDOM, "--invalidation-mode", "unchecked-hash", "-s", str(stage), "-p", LAMBDA_ROOT)
    _run("-m", "compileall", *how, str(stage), otherwise="what ships could not be compiled")
    _run("-m", "compileall", *how, "-o", "2", str(stage / "chalicelib"), otherwise="what ships could not be compiled")
    for path in (stage / "chalicelib").rglob("*.opt-2.pyc"):
        path.replace(path.with_name(path.name.replace(".opt-2", "")))  # the name that Lambda's interpreter looks for
    for source in [path for path in stage.rglob("*.py") if path.relative_to(stage).parts[0] not in _OURS]:
        if (compiled := Path(cache_from_source(str(source)))).exists():
            compiled.replace(source.with_suffix(".pyc"))  # where one stands that has no source
            source.unlink()


def _run(*arguments: str, otherwise: str) -> None:
    # a new process each time and one hash seed, because bytecode depends on both
    done = subprocess.run(  # noqa: S603 - our own interpreter and words of ours
        [sys.executable, *arguments], env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        why = re.search(r"^(?:ERROR: |\*\*\* )(.+)$", f"{done.stdout}\n{done.stderr}", re.MULTILINE)
        raise CourtesyError(f"{otherwise}: {why[1] if why else f'exit {done.returncode}'}")


def _zipped(stage: Path, to: Path) -> Path:
    with ZipFile(to, "w", ZIP_DEFLATED, compresslevel=9) as made:
        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            entry = ZipInfo(path.relative_to(stage).as_posix())  # dated 1980
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # Unix; readable by whomever Lambda runs it as
            made.writestr(entry, path.read_bytes(), ZIP_DEFLATED, 9)
    return to
