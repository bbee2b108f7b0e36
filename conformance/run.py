"""Runs readers over the conformance suite and prints a matrix of what they got right, and how fast they are.

python -m conformance.run --reader python --reader cpp --reader mine="./my_reader --strict"
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.readers import PYTHON, NoReaderError, Reader, SpeedError, find
from conformance.suite import SuiteCase, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPEED_IMAGES = 2000


@dataclass(frozen=True)
class Failure:
    """What a reader got wrong."""

    reader: str
    case: SuiteCase
    mode: str
    problem: str

    def __str__(self) -> str:
        """One line for a report."""
        return f"{self.reader}: {self.case.name} ({self.mode}): {self.problem} [{self.case.note}]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; return 1 where a reader failed."""
    parser = argparse.ArgumentParser(prog="conformance.run", description=__doc__.splitlines()[0])
    parser.add_argument("--reader", action="append", metavar="NAME", help="python, a folder of readers/, NAME=COMMAND")
    parser.add_argument("--only", default="", metavar="WORD", help="only cases with this in their name or group")
    parser.add_argument("--no-speed", action="store_true", help="do not measure how fast the readers are")
    chosen = parser.parse_args(arguments)
    try:
        readers = [find(name) for name in chosen.reader or [PYTHON]]
    except NoReaderError as error:
        parser.error(str(error))
    cases = [case for case in load() if chosen.only in case.name or chosen.only in case.group]
    failures = run(readers, cases)
    print(matrix(readers, cases, failures))
    for failure in failures:
        print(failure)
    if not chosen.no_speed:
        print(speeds(readers))
    return 1 if failures or not cases else 0


def run(readers: Iterable[Reader], cases: Sequence[SuiteCase]) -> list[Failure]:
    """Run all readers over all cases in all modes."""
    jobs = [(case, mode) for case in cases for mode in case.modes()]
    return [
        Failure(reader.name, case, mode, problem)
        for reader in readers
        for (case, mode), problem in zip(jobs, reader.faults(jobs), strict=True)
        if problem is not None
    ]


def matrix(readers: Sequence[Reader], cases: Sequence[SuiteCase], failures: Iterable[Failure]) -> str:
    """Return the table: how many cases of each group each reader got right."""
    totals = Counter(case.group for case in cases)
    wrong = Counter({(failure.reader, failure.case.group, failure.case.name) for failure in failures})
    rows = [["", *(reader.name for reader in readers)]]
    for group, total in totals.items():
        lost = {reader.name: sum(key[:2] == (reader.name, group) for key in wrong) for reader in readers}
        rows.append([group, *(f"{total - lost[reader.name]}/{total}" for reader in readers)])
    lost = {reader.name: sum(key[0] == reader.name for key in wrong) for reader in readers}
    rows.append(["all", *(f"{len(cases) - lost[reader.name]}/{len(cases)}" for reader in readers)])
    return table(rows)


def speeds(readers: Iterable[Reader]) -> str:
    """Return the table of megabytes of annotations a second that each reader reads and decodes."""
    with tempfile.TemporaryDirectory() as folder:
        file = speed_file(Path(folder))
        size = file.stat().st_size / 1e6
        measured = [(reader.name, _speed(reader, file)) for reader in readers]
    found = {name: speed for name, speed in measured if isinstance(speed, float)}
    notes = [str(speed) for _, speed in measured if isinstance(speed, SpeedError)]
    base = found.get(PYTHON)
    rows = [["reader", "MB/s", "to python"]]
    rows += [[name, f"{speed:.1f}", f"{speed / base:.1f} x" if base else "-"] for name, speed in found.items()]
    title = f"\nread and decoded, a file of {_SPEED_IMAGES} images ({size:.1f} MB), megabytes of it a second:\n"
    return "\n".join([title + table(rows), *notes])


def _speed(reader: Reader, file: Path) -> float | SpeedError:
    try:
        return reader.speed(file)
    except SpeedError as error:
        return error


def speed_file(folder: Path) -> Path:
    """Make a file of COCO-like annotations in a folder."""
    import datumpb as dp  # noqa: PLC0415 -- readers of other languages need none of it but here
    from bench.generate_coco import generate  # noqa: PLC0415 -- likewise

    source = folder / "coco" / "annotations" / "instances_train.json"
    source.parent.mkdir(parents=True)
    generate(source, _SPEED_IMAGES)
    dp.Dataset.import_from(folder / "coco", "coco").export(folder / "dataset", "datumpb")
    return folder / "dataset" / "annotations" / "train.datum"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines, the first column to the left and all others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())
