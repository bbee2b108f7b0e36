"""Work that goes on ahead of whoever waits for its results, in order and within bounds."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

T = TypeVar("T")
R = TypeVar("R")


def overlapped(executor: Executor, work: Callable[[T], R], inputs: Iterable[T], ahead: int) -> Iterator[R]:
    """Yield the result of some work on each input, in the order of inputs; meanwhile work on the next ones goes on.

    Errors come in the order in which they would come without an executor: one of the inputs only after the results of
    those before it, and nothing behind an error.

    Args:
        executor: Does the work.
        work: The work.
        inputs: Its inputs, which are taken one by one as room gets free.
        ahead: How many inputs are worked on, or wait for it or for being taken, at the most.
    """
    waiting: deque[Future[R]] = deque()
    taken = iter(inputs)
    try:
        while True:
            try:
                value = next(taken)
            except StopIteration:
                break
            except Exception:  # whatever it is, it is raised again, behind the results before it
                while waiting:
                    yield waiting.popleft().result()
                raise
            waiting.append(executor.submit(work, value))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
