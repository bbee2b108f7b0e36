"""Interrupts commands at random moments, looks at what stands at their paths, runs them again, and prints a table.

scripts/crash [--runs N] [--seed N]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.crash.faults import KINDS, Ended, Fault, run
from tests.support.crash.operations import NOTHING, OPERATIONS, Operation, leftovers, make_inputs, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FULL = "full disk"
_PAGE = 4096
_ROOM = 64 << 20
COLUMNS = ("runs", "finished", "nothing", "old", "new", "left", "WRONG")


@dataclass
class Known:
    """A command that nothing happens to.

    Attributes:
        before: What stands at its path at the beginning.
        after: And at the end.
        ended: How it ends.
    """

    before: str
    after: str
    ended: Ended


@dataclass
class Campaign:
    """Many interrupted commands, and what came of them.

    Attributes:
        folder: Where they work.
        counts: What was found, by command and fault.
        wrong: What must not be.
    """

    folder: Path
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Make the inputs, and see how the commands end when nothing happens."""
        (self.folder / "inputs").mkdir()
        make_inputs(self.folder / "inputs")
        self.known = {operation: self._undisturbed(operation) for operation in OPERATIONS}

    def interrupt(self, operation: Operation, fault: Fault) -> None:
        """Run a command once with a fault, and once more without."""
        known = self.known[operation]
        with self._folder(fault) as (work, make_room):
            ended = run(operation.arguments, work, fault, known.ended.seconds)
            make_room()
            self._judge(operation, fault, work, ended)

    def _judge(self, operation: Operation, fault: Fault, work: Path, ended: Ended) -> None:
        known = self.known[operation]
        counts = self.counts[operation.name, fault.kind]
        counts["runs"] += 1
        counts["finished"] += ended.status == 0
        left = leftovers(work)
        counts["left"] += bool(left)
        found = self._state(work, operation)
        name = {known.after: "new", known.before: "old", NOTHING: "nothing"}.get(found)
        if name is None or (name == "nothing" and known.before != NOTHING):
            self._is_wrong(operation, fault, f"found {found}")
            return
        counts[name] += 1
        if ended.status == 0 and name != "new":
            self._is_wrong(operation, fault, f"it said that it was done, and left {found}")
        if name == "new":
            return
        again = run(operation.arguments, work, Fault())
        if again.status != 0:
            self._is_wrong(operation, fault, f"run again, it failed ({again.status})")
        elif (after := self._state(work, operation)) != known.after:
            self._is_wrong(operation, fault, f"run again, it left {after}")
        elif leftovers(work):
            self._is_wrong(operation, fault, f"run again, it did not remove {leftovers(work)[0].name}")

    def _state(self, work: Path, operation: Operation) -> str:
        try:
            return state(work, operation.target)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is what was found
            return f"{type(error).__name__}: {error}"

    def _undisturbed(self, operation: Operation) -> Known:
        with self._folder(Fault()) as (work, _):
            before = state(work, operation.target)
            ended = run(operation.arguments, work, Fault())
            if ended.status != 0:
                message = f"{operation.name} fails without any fault"
                raise RuntimeError(message)
            return Known(before, state(work, operation.target), ended)

    @contextlib.contextmanager
    def _folder(self, fault: Fault) -> Iterator[tuple[Path, Callable[[], None]]]:
        """Make a folder with the inputs, on a disk of its own where it shall be full, and what makes room there."""
        work = self.folder / "work"
        work.mkdir()
        inputs = self.folder / "inputs"
        if fault.kind != FULL:
            yield Path(shutil.copytree(inputs, work, dirs_exist_ok=True)), lambda: None
        else:
            with small_disk(work) as limit:
                shutil.copytree(inputs, work, dirs_exist_ok=True)
                disk = os.statvfs(work)
                limit((disk.f_blocks - disk.f_bfree) * disk.f_frsize + fault.step * _PAGE)
                yield work, lambda: limit(_ROOM)
        shutil.rmtree(work)

    def _is_wrong(self, operation: Operation, fault: Fault, what: str) -> None:
        self.counts[operation.name, fault.kind]["WRONG"] += 1
        self.wrong.append(f"{operation.name}, {fault.kind} at {fault.step}: {what}")


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[int], None]]:
    """Mount a disk in memory, which takes the administrator; what is yielded changes its size in bytes."""
    _run("mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", str(folder))

    def limit(size: int) -> None:
        _run("mount", "-o", f"remount,size={size}", str(folder))

    try:
        yield limit
    finally:
        _run("umount", "--lazy", str(folder))  # what was read may still be open


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def can_mount(folder: Path) -> bool:
    """Tell whether this process may mount a disk."""
    try:
        with small_disk(folder):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def chosen_fault(chance: random.Random, kind: str, known: Known) -> Fault:
    """Choose a moment."""
    if kind == "time":
        return Fault(kind, chance.randrange(1000))
    if kind == "size":
        return Fault(kind, chance.choice((0, 40, 100, 1000, chance.randrange(1, 5000))))
    if kind == FULL:
        return Fault(kind, chance.randrange(20))
    if kind == "fsync":
        return Fault(kind, chance.randint(1, 20))
    return Fault(kind, chance.randint(1, known.ended.steps))


def main() -> None:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="how many commands are interrupted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="KIND", help="only this kind of fault")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        campaign = Campaign(Path(name).resolve())
        campaign.prepare()
        chance = random.Random(arguments.seed)
        kinds = [*KINDS, FULL] if can_mount(campaign.folder) else KINDS
        tried = [kind for kind in kinds if arguments.only in (None, kind)]
        cases = [(operation, kind) for operation in OPERATIONS for kind in tried]
        for number in range(arguments.runs):
            if number % len(cases) == 0:
                chance.shuffle(cases)
            operation, kind = cases[number % len(cases)]
            campaign.interrupt(operation, chosen_fault(chance, kind, campaign.known[operation]))
    lines = [f"seed {arguments.seed}", *table(campaign)]
    if FULL not in kinds:
        lines.append("NOT RUN: full disks, as this process may not mount any")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(bool(campaign.wrong))


def table(campaign: Campaign) -> Iterator[str]:
    """Lay out what was found, by fault and by command."""
    yield "left: how often hidden leftovers were there before the next run"
    for position, heading in ((1, "fault"), (0, "command")):
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for names, counts in campaign.counts.items():
            sums[names[position]].update(counts)
        sums["all"] = sum(sums.values(), Counter())
        yield f"\n{heading:22}" + "".join(f"{column:>10}" for column in COLUMNS)
        for name, counts in sums.items():
            yield f"{name:22}" + "".join(f"{counts[column]:10}" for column in COLUMNS)
    yield from (f"WRONG: {line}" for line in campaign.wrong)


if __name__ == "__main__":
    main()
