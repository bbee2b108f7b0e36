from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datumpb.dataset import workers
from tests.support.noted_workers import NotedWorker, forget_workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes | None]]:
    """Return what stands in a folder: the content of each file, None for a folder or link."""

    def look(folder: Path) -> dict[str, bytes | None]:
        found = sorted(folder.rglob("*"))
        return {
            path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() and not path.is_symlink() else None
            for path in found
        }

    return look


@pytest.fixture(autouse=True)
def _workers_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_workers()
    monkeypatch.setattr(workers, "WorkerProcess", NotedWorker)
