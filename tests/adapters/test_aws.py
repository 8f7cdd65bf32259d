from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from chalicelib.adapters import aws


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def test_a_client_waits_and_tries_as_we_want() -> None:
    config = aws.client("dynamodb").meta.config

    assert (config.connect_timeout, config.read_timeout) == (1, 5)  # type: ignore[attr-defined]
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}  # type: ignore[attr-defined]


def test_a_client_that_must_not_try_twice_says_so() -> None:
    config = aws.client("sesv2", read_timeout=10, retries={"total_max_attempts": 1}).meta.config

    assert (config.connect_timeout, config.read_timeout) == (1, 10)  # type: ignore[attr-defined]
    assert config.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("collecting", [True, False])
def test_making_a_client_leaves_the_collector_as_it_was(collecting: bool) -> None:
    (gc.enable if collecting else gc.disable)()
    try:
        aws.client("dynamodb")

        assert gc.isenabled() is collecting
    finally:
        gc.enable()


def test_importing_it_imports_no_sdk() -> None:
    program = "import sys, chalicelib.adapters.aws; sys.exit(any(name.startswith('boto') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
