"""What the jobs of all peers share: the names of files, a stopwatch, and a report. Standard library only.

A job is `python -m bench.jobs.PEER NAME FOLDER`, in a process and an environment of its own. It times the section that
counts and prints one line of JSON: seconds by the clock and of the processor, and what it found, so that the same work
can be told from less work.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

    Found = dict[str, float]
    Job = Callable[[Path, "Stopwatch"], Found]
    Jobs = Mapping[str, Job]

SUBSET = "train2017"
COCO = Path("coco")
SOURCE = COCO / "annotations" / f"instances_{SUBSET}.json"
KEY = Path("key.txt")
WANTED = Path("wanted.json")  # file names of images, in random order, without their suffix
LOOK_UPS = 15
LAPS = 9  # of what takes less than a second


@dataclass
class Stopwatch:
    """Times the `with` blocks that it is used for, each a lap."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    _started: tuple[float, float] = (0.0, 0.0)

    def __enter__(self) -> Self:
        """Start a lap."""
        self._started = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        """End the lap."""
        self.seconds.append(time.perf_counter() - self._started[0])
        self.cpu.append(time.process_time() - self._started[1])


def main(jobs: Jobs) -> None:
    """Do the job that the command line names and report it: the median of its laps."""
    name, folder = sys.argv[1:]
    watch = Stopwatch()
    found = jobs[name](Path(folder), watch)
    laps = {"seconds": statistics.median(watch.seconds), "cpu": statistics.median(watch.cpu)} if watch.seconds else {}
    print(json.dumps(laps | {"found": found}))


def again(job: Job) -> Job:
    """Return a job that is done several times in the same process, as one time is too short to say anything."""

    def laps(folder: Path, watch: Stopwatch) -> Found:
        found: Found = {}
        for _ in range(LAPS):
            found = job(folder, watch)
        return found

    return laps


def wanted(folder: Path) -> list[str]:
    """Return the ids of all items in random order."""
    names: list[str] = json.loads((folder / WANTED).read_bytes())
    return names


def forget(path: Path) -> None:
    """Take a file out of the page cache, where the system can."""
    if hasattr(os, "posix_fadvise"):
        with path.open("rb+") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
