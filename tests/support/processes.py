"""What worker processes do in tests: functions that can be named, so that a spawned process finds them."""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, TypeVar

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from datumpb.dataset.workers import Workers

T = TypeVar("T")
R = TypeVar("R")


def mapped(workers: Workers, function: Callable[[T], R], inputs: Iterable[T]) -> Iterator[R]:
    """Yield the result of a function for each input, one by one in the batches of worker processes."""
    return workers.map_batches(functools.partial(map, function), inputs)


def double(number: int) -> int:
    """Return twice the number."""
    return 2 * number


def which_process(_number: int) -> int:
    """Return the process that this is, not at once."""
    time.sleep(0.001)
    return os.getpid()


def refuse_13(number: int) -> int:
    """Return the number, if it is not 13."""
    if number == 13:
        message = "13 is refused"
        raise dp.InvalidItemError(message)
    return number


def kill_itself(number: int) -> int:
    """End as the system ends a process that takes too much memory."""
    if number == 100:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def exit_at(number: int) -> int:
    """End by itself."""
    if number == 100:
        sys.exit(3)
    return number


def say(batch: list[int]) -> list[int]:
    """Print the numbers, and return them."""
    for number in batch:
        print(number)  # noqa: T201 -- that is the question
    return batch


def session_of(_batch: list[int]) -> list[int]:
    """Return the session that this process is in."""
    return [os.getsid(0)]


def threads_for_numpy(_batch: list[int]) -> list[str | None]:
    """Return how many threads a process tells numpy's libraries to start."""
    return [os.environ.get("OMP_NUM_THREADS")]
