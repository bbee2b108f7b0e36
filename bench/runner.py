"""Runs a job in a process of its own and measures it from outside.

Standard library only, and nothing large: what this process ever had resident counts as the child's, too.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).parents[1]


class JobFailedError(Exception):
    """A job ended with another status than 0; the message is the last line it wrote."""


@dataclass(frozen=True)
class Process:
    """What a process took: seconds by the clock and of the processor, bytes resident at most, and what it printed."""

    seconds: float
    cpu: float
    peak: int
    output: str

    def report(self) -> dict[str, Any]:
        """Return the line of JSON that a job of bench.jobs ends with."""
        report: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return report


@dataclass
class Measurement:
    """All runs of a job.

    Attributes:
        work: What is done.
        peer: Who does it.
        seconds: By the clock, a run each.
        cpu: Of the processor, user and system, likewise.
        peak: The most memory that the process had resident, in bytes, likewise.
        bytes: Of what it made; None: nothing.
        found: What it found, such as how many images.
        failure: Why there is nothing; empty: there is.
    """

    work: str
    peer: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)
    bytes: int | None = None
    found: dict[str, float] = field(default_factory=dict)
    failure: str = ""

    def median(self, quantity: str) -> float | None:
        """Return the median of `seconds`, `cpu` or `peak`; None where there was no run."""
        values = getattr(self, quantity)
        return statistics.median(values) if values else None


def run(python: Path, arguments: Sequence[str]) -> Process:
    """Run Python in the project's folder.

    Raises:
        JobFailedError: It fails.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen([python, *arguments], cwd=PROJECT, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            lines = errors.read().strip().splitlines() or [f"exit status {process.returncode}"]
            raise JobFailedError(lines[-1])
        return Process(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output.read())


def generate(path: Path, *options: str) -> dict[str, Any]:
    """Make a COCO JSON, in a process of its own, too, and return what that says of it."""
    return run(Path(sys.executable), ["-m", "bench.generate_coco", str(path), *options]).report()


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    return (
        sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
    )
