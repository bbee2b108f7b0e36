"""Iterates over all items of a `.datum` file and prints the most memory the process ever had, in bytes."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import datumpb as dp


def peak_memory() -> int:
    """Return the most memory that this process had resident, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had when it started this process
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    with dp.DatumReader(sys.argv[1]) as reader:
        count = sum(1 for _ in reader)
        assert count == len(reader)
    print(peak_memory())
