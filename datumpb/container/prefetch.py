"""Reading the blocks of a remote file in order: neighbours in one request, and some requests ahead of who iterates."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    _Task = TypeVar("_Task")
    _Result = TypeVar("_Result")

# Bytes of a request, unless a block alone is larger, and requests at a time: together they bound the memory.
RUN_SIZE = 1 << 20
REQUESTS_AHEAD = 4


def runs(places: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the numbers of blocks that are read together.

    Args:
        places: Offset and size of each block, in their order.
    """
    run: list[int] = []
    start = end = 0
    for number, (offset, size) in enumerate(places):
        if run and (offset != end or offset + size - start > RUN_SIZE):
            yield run
            run = []
        if not run:
            start = offset
        run.append(number)
        end = offset + size
    if run:
        yield run


def prefetched(work: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[_Result]:
    """Yield the results of work in order, done by threads that are `REQUESTS_AHEAD` tasks ahead at the most.

    An error of a task is raised when its turn comes; when iteration ends early, nothing further is begun.
    """
    process = os.getpid()
    pending: deque[tuple[_Task, Future[_Result]]] = deque()
    remaining = iter(tasks)
    threads = ThreadPoolExecutor(REQUESTS_AHEAD)
    try:
        for task in remaining:
            pending.append((task, threads.submit(work, task)))
            if len(pending) > REQUESTS_AHEAD:
                break
        while pending:
            task, future = pending.popleft()
            if os.getpid() != process:  # forked meanwhile: the threads stayed behind
                yield work(task)
                continue
            result = future.result()
            for following in remaining:
                pending.append((following, threads.submit(work, following)))
                break
            yield result
        yield from map(work, remaining)
    finally:
        if os.getpid() == process:
            threads.shutdown(cancel_futures=True)
