from __future__ import annotations

import pytest


@pytest.fixture
def no_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the schema out of HEADER: files of a few hundred bytes, of which every bit can be tried."""
    monkeypatch.setattr("datumpb.container.header.file_descriptor_set", lambda: b"")


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make several blocks of a few items."""
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 256)
