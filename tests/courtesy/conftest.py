from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.data_folder import with_world


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a shop that has run."""
    monkeypatch.setenv("COURTESY_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COURTESY_URL", "https://hello.pellow-wren.example")
    monkeypatch.delenv("COURTESY_JOURNAL", raising=False)
    (tmp_path / "data").mkdir(mode=0o700)
    with_world(tmp_path / "data", lambda world: world.ready())
    return tmp_path / "data"
