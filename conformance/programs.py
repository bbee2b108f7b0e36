"""Running the program of a reader: a process for each answer, or one process for many where the program can do that."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = "batch"
_PROBE_TIMEOUT = 60.0
# No case of the suite comes near this.
_MOST_OUTPUT = 1 << 26


class HangError(Exception):
    """A program did not end in time."""


@dataclass(frozen=True)
class Answer:
    """What a program gave: its exit status, what it printed, and what it said of errors."""

    status: int
    output: str
    errors: str = ""


class Program(Protocol):
    """A program that can be run with arguments."""

    def run(self, arguments: Sequence[str], timeout: float) -> Answer:
        """Run it.

        Raises:
            HangError: It did not end within so many seconds.
        """
        ...

    def close(self) -> None:
        """End its process, if it has one."""
        ...


class OneShot:
    """A program that is started for every answer."""

    def __init__(self, command: Sequence[str], folder: os.PathLike[str]) -> None:
        """Name the program, and the folder that it is started in."""
        self._command = command
        self._folder = folder

    def run(self, arguments: Sequence[str], timeout: float) -> Answer:
        """Run it once."""
        # Files instead of pipes: whoever prints without end fills no memory, and is ended when its time is over.
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = _start([*self._command, *arguments], self._folder, subprocess.DEVNULL, output, errors)
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired:
                message = f"hangs: no end after {timeout:g} seconds"
                raise HangError(message) from None
            finally:
                _end(process)
            texts = [_text(file) for file in (output, errors)]
        return Answer(status, *texts)

    def close(self) -> None:
        """Do nothing: every process has ended."""


class Batch:
    """A program that gives one answer after the other; started again where it dies."""

    def __init__(self, command: Sequence[str], folder: os.PathLike[str]) -> None:
        """Name the program, and the folder that it is started in."""
        self._command = [*command, BATCH]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, arguments: Sequence[str], timeout: float) -> Answer:
        """Ask for one answer."""
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = _start(self._command, self._folder, pipe, pipe, subprocess.DEVNULL)
        process = self._process
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            _end(process)

        timer = threading.Timer(timeout, expire)
        timer.start()
        lines: list[bytes] = []
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(list(arguments)).encode() + b"\n")
                process.stdin.flush()
            for line in process.stdout:
                if line.startswith(b'{"status":'):
                    return Answer(int(json.loads(line)["status"]), b"".join(lines).decode("utf-8", "replace"))
                lines.append(line)
        finally:
            timer.cancel()
        self.close()
        if expired.is_set():
            message = f"hangs: no end after {timeout:g} seconds"
            raise HangError(message)
        return Answer(process.returncode, b"".join(lines).decode("utf-8", "replace"), "died in the middle")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            _end(self._process)
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()
            self._process = None


def kind_of(command: Sequence[str], folder: os.PathLike[str]) -> type[OneShot | Batch]:
    """Tell how a program is best run: one that can work in batches ends well when there is nothing to do."""
    try:
        answer = OneShot([*command, BATCH], folder).run((), _PROBE_TIMEOUT)
    except HangError:
        return OneShot
    return Batch if answer.status == 0 and not answer.output.strip() else OneShot


def _start(command: Sequence[str], folder: os.PathLike[str], *files: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program with its three standard files, in a session of its own: it may be a script that starts others."""
    stdin, stdout, stderr = files
    return subprocess.Popen(  # noqa: S603 -- running programs is what this is for
        list(command), stdin=stdin, stdout=stdout, stderr=stderr, cwd=folder, start_new_session=True
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_MOST_OUTPUT).decode("utf-8", "replace")
