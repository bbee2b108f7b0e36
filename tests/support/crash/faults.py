"""How a command is interrupted: in a forked process, at its n-th change of a file or after some time."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datumpb.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# What the interpreter tells of before it asks the system for it.
_EVENTS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.chmod", "shutil.rmtree"}
_MAKING = {"os.rename", "os.mkdir", "os.link"}
_SIGNALS = {"kill": signal.SIGKILL, "SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM}
_ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a command.

    Attributes:
        kind: One of `KINDS`, or "" for nothing.
        step: At which change of a file; for "time", after which share of the command's time in thousandths; for "size",
            how many bytes a file may have; for "fsync", at which of them; for "full disk", how many pages are free.
    """

    kind: str = ""
    step: int = 0


# "full disk" is up to whoever makes the folder.
KINDS = ("kill", "time", "SIGINT", "SIGTERM", "EIO", "ENOSPC", "fsync", "size")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        status: Its exit status; negative: the signal that killed it.
        steps: How many changes of files it had made or tried.
        seconds: How long it took.
    """

    status: int
    steps: int
    seconds: float


def run(arguments: Sequence[str], folder: Path, fault: Fault, seconds: float = 0.0) -> Ended:
    """Run a command with a fault in a process of its own.

    Args:
        arguments: What follows `datumpb`.
        folder: Where it runs; only what happens in there counts as a step.
        fault: What happens to it.
        seconds: How long it takes without a fault.
    """
    reading, writing = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_command(arguments, folder, fault, writing)
    os.close(writing)
    if fault.kind == "time":
        time.sleep(seconds * fault.step / 1000)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        steps = len(pipe.read())
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), steps, time.monotonic() - start)


def _be_the_command(arguments: Sequence[str], folder: Path, fault: Fault, pipe: int) -> None:
    status = 99
    try:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        sys.argv = ["datumpb", *arguments]
        # A campaign in the background of a shell is told to ignore Ctrl-C, and so are its children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _prepare(fault, str(folder), pipe)
        main()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0
    finally:
        os._exit(status)


def _prepare(fault: Fault, folder: str, pipe: int) -> None:
    steps, failed = 0, False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps, failed
        if event not in _EVENTS or not _is_inside(arguments[0], folder):
            return
        steps += 1
        os.write(pipe, b".")
        if fault.kind in _SIGNALS and steps == fault.step:
            os.kill(os.getpid(), _SIGNALS[fault.kind])
        making = event in _MAKING or (event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT)
        # A full disk stays full; another error happens once.
        if fault.kind in _ERRORS and steps >= fault.step and making and not (failed and fault.kind == "EIO"):
            failed = True
            raise OSError(_ERRORS[fault.kind], os.strerror(_ERRORS[fault.kind]))

    if fault.kind == "size":
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault.step, resource.RLIM_INFINITY))
    elif fault.kind == "fsync":
        _fail_at_fsync(fault.step)
    else:
        sys.addaudithook(hook)


def _is_inside(path: object, folder: str) -> bool:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    return os.path.realpath(os.fsdecode(path)).startswith(folder)


def _fail_at_fsync(step: int) -> None:
    fsync, count = os.fsync, 0

    def failing(fd: Any) -> None:  # noqa: ANN401 -- a number, or what has one
        nonlocal count
        count += 1
        if count == step:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(fd)

    os.fsync = failing
