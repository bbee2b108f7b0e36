"""How a command ends: what went wrong is one line on stderr, and the exit status says what kind of thing it was.

0: done. 1: it could not be done. 2: the command line was wrong (from click). 129: the terminal was closed. 130: Ctrl-C.
141: whoever read the output went away. 143: terminated. `verify` and `recover` say in their help what theirs mean.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import warnings
from typing import TYPE_CHECKING, NoReturn

import click

from datumpb.cli.signals import Stopped, stoppable
from datumpb.cli.text import printable
from datumpb.errors import DatumpbError, MissingKeyError, UnknownDataWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.storage.location import Location

FAILED = 1
READER_GONE = 128 + 13  # SIGPIPE, which not every system has
_KEY = re.compile(r"datum-[\w-]{43}=?", re.ASCII)
_KEY_OPTIONS = "--key-file, --encryption-key or $DATUMPB_ENCRYPTION_KEY"


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """Run a command: turn every expected error into its line and exit status."""
    try:
        with stoppable(), _plain_warnings():
            yield
            sys.stdout.flush()
    except click.UsageError as error:
        raise click.UsageError(without_keys(error.format_message()), error.ctx) from None
    except MissingKeyError as error:
        _fail(f"{error} ({_KEY_OPTIONS})", FAILED)
    except DatumpbError as error:
        _fail(str(error), FAILED)
    except BrokenPipeError:
        _give_up_stdout()
        raise SystemExit(READER_GONE) from None
    except OSError as error:
        _give_up_stdout()
        if error.filename is None:
            error.filename = "standard output"
        _fail(describe_os_error(error), FAILED)
    except Stopped as stopped:
        _fail(stopped.reason, 128 + stopped.signal)


@contextlib.contextmanager
def failing_with(status: int) -> Iterator[None]:
    """Let errors of the library inside of the block end the command with another status than usual."""
    try:
        yield
    except DatumpbError as error:
        _fail(str(error), status)


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Show the library's warnings as our own: one line each, without the place in its source."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        warn(str(message))

    with warnings.catch_warnings():
        warnings.filterwarnings("default", category=UnknownDataWarning)
        warnings.showwarning = show
        yield


@contextlib.contextmanager
def naming(path: str | Location) -> Iterator[None]:
    """Let an error of the system name this path where it names none: a full disk does not tell which file it was."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def warn(message: str) -> None:
    """Tell in one line of something that the user should know."""
    sys.stderr.write(f"datumpb: warning: {printable(without_keys(message))}\n")


def without_keys(text: str) -> str:
    """Replace everything that looks like a key: it may have been typed where something else belongs."""
    return _KEY.sub("datum-(key)", text)


def describe_os_error(error: OSError) -> str:
    """Return the file and what the system says about it."""
    reason = error.strerror or str(error)
    return reason if error.filename is None else f"{os.fsdecode(error.filename)}: {reason}"


def _give_up_stdout() -> None:
    """Write what is still buffered; where that fails, forget it, or the interpreter would complain at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, status: int) -> NoReturn:
    sys.stderr.write(f"datumpb: error: {printable(without_keys(message))}\n")
    raise SystemExit(status) from None
