"""The worker processes that a test starts, noted, so that it can see which of them run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.worker_process import WorkerProcess

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

_started: list[subprocess.Popen[bytes]] = []


class NotedWorker(WorkerProcess):
    """A worker process that is noted."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        super().__init__(modules)
        _started.append(self._process)


def running_workers() -> list[int]:
    """Return the worker processes of this test whose end nobody has waited for."""
    return [process.pid for process in _started if process.returncode is None]


def forget_workers() -> None:
    """Begin anew."""
    _started.clear()
