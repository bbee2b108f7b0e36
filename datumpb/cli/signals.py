"""Ctrl-C, SIGTERM and a closed terminal unwind a command, which removes half-written files; again, they do no harm."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_REASONS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
if sys.platform != "win32":
    _REASONS[signal.SIGHUP] = "the terminal was closed"  # unless nohup says that this does not matter
# Unwinding takes less; whoever asks again after that means it.
_PATIENCE_SECONDS = 2.0


class Stopped(BaseException):
    """A signal asked the program to stop.

    Attributes:
        signal: Which one.
        reason: What that means.
    """

    def __init__(self, number: int) -> None:
        """Keep the signal's number."""
        super().__init__(number)
        self.signal = signal.Signals(number)
        self.reason = _REASONS[self.signal]


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise `Stopped` inside of the block when a signal asks to stop. One that the process ignores stays ignored."""
    before = {number: signal.getsignal(number) for number in _REASONS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    stopped = False
    try:
        yield
    except Stopped:
        stopped = True  # and the handlers stay: a late repetition would end in a traceback
        raise
    finally:
        if not stopped:
            for number, handler in before.items():
                signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    asked = time.monotonic()

    def repeat(number: int, _frame: FrameType | None) -> None:
        if time.monotonic() - asked > _PATIENCE_SECONDS:
            raise Stopped(number)

    for repeated in _REASONS:
        # Not SIG_IGN: the interpreter complains where a repetition is on its way already.
        signal.signal(repeated, repeat)
    raise Stopped(number)
