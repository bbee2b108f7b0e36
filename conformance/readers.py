"""The readers that the suite is run over, each a program."""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from conformance.programs import HangError, OneShot, Program, kind_of
from conformance.suite import parse_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.suite import SuiteCase

PROJECT = Path(__file__).parents[1]
PYTHON = "python"
TIMEOUT = 60.0
_SPEED_TIMEOUT = 600.0


class NoReaderError(Exception):
    """There is no such reader, or it was not built; the message says which."""


class SpeedError(Exception):
    """A reader does not say how fast it is."""


@dataclass(frozen=True)
class Reader:
    """A reader: a column of the matrix.

    Attributes:
        name: Its name.
        command: How its program is started.
        timeout: After how many seconds it counts as hanging.
    """

    name: str
    command: tuple[str, ...]
    timeout: float = TIMEOUT

    def faults(self, jobs: Sequence[tuple[SuiteCase, str]]) -> list[str | None]:
        """Run the program over cases, each in a mode, as many at once as there are processors.

        Returns:
            For each job what is wrong with the answer, or None.
        """
        count = os.cpu_count() or 1
        programs: SimpleQueue[Program] = SimpleQueue()
        kind = kind_of(self.command, PROJECT)
        for _ in range(count):
            programs.put(kind(self.command, PROJECT))

        def work(job: tuple[SuiteCase, str]) -> str | None:
            program = programs.get()
            try:
                return self._fault(program, *job)
            finally:
                programs.put(program)

        try:
            with ThreadPoolExecutor(count) as pool:
                return list(pool.map(work, jobs))
        finally:
            for _ in range(count):
                programs.get().close()

    def _fault(self, program: Program, case: SuiteCase, mode: str) -> str | None:
        arguments = [mode, str(case.file)]
        if case.key_file is not None:
            arguments += ["--key-file", str(case.key_file)]
        if case.path is not None:
            arguments += ["--path", case.path]
        try:
            answer = program.run(arguments, self.timeout)
            lines = parse_lines(answer.output)
        except HangError as error:
            return str(error)
        except ValueError as error:
            return f"prints what is no JSON: {error}"
        problem = case.fault(mode, answer.status, lines)
        if problem is not None and not lines and answer.errors.strip():
            problem += f"; says: {answer.errors.strip().splitlines()[-1][:200]}"
        return problem

    def speed(self, file: Path) -> float:
        """Return how many megabytes a second the reader decodes.

        Raises:
            SpeedError: The program does not say.
        """
        try:
            answer = OneShot(self.command, PROJECT).run(["speed", str(file)], _SPEED_TIMEOUT)
            return float(parse_lines(answer.output)[-1]["megabytes_per_second"])
        except (HangError, ValueError, LookupError, TypeError) as error:
            message = f"{self.name}: does not say how fast it is: {error!r}"
            raise SpeedError(message) from error


def find(name: str) -> Reader:
    """Return a reader by its name: `python`, a folder of readers/, or NAME=COMMAND for any other program.

    Raises:
        NoReaderError: There is no such program; for one of readers/: it was not built.
    """
    if "=" in name:
        shown, _, command = name.partition("=")
        words = command.split()
        if not words or shutil.which(words[0]) is None:
            message = f"{shown}: there is no program {command!r}"
            raise NoReaderError(message)
        return Reader(shown, tuple(words))
    if name == PYTHON:
        return Reader(PYTHON, (sys.executable, "-m", "conformance.python_reader"))
    program = PROJECT / "readers" / name / "conformance"
    if not os.access(program, os.X_OK):
        message = f"{name}: there is no program {program}: run scripts/conformance"
        raise NoReaderError(message)
    return Reader(name, (str(program),))
