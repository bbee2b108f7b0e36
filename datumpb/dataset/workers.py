"""Worker processes: they get batches of inputs, apply a function to each, and send the results back."""

from __future__ import annotations

import functools
import queue
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from datumpb.dataset.batches import BATCH, Batches
from datumpb.dataset.overlap import overlapped
from datumpb.dataset.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.dataset.worker_process import Answer

T = TypeVar("T")
R = TypeVar("R")

_BATCHES_AHEAD = 2  # for each worker: one that it works on, one that waits


class Workers:
    """Worker processes, each with a thread here that waits for it.

    A context manager: at the end of the block all workers have ended.

    Attributes:
        count: How many there are.
    """

    def __init__(self, count: int, modules: Sequence[str] = ()) -> None:
        """Start workers.

        Args:
            count: How many.
            modules: What they import before they are asked for anything.

        Raises:
            OSError: A process cannot be started.
        """
        self.count = count
        self._processes: list[WorkerProcess] = []
        self._idle: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(count, "datumpb-worker")
        self._warned: dict[Any, Any] = {}  # so that the same is told once, where filters say so
        try:
            for _ in range(count):
                process = WorkerProcess(modules)
                self._processes.append(process)
                self._idle.put(process)
        except BaseException:
            self._end()
            raise

    def map_batches(
        self, function: Callable[[list[T]], Iterable[R]], inputs: Iterable[T], size: int = BATCH
    ) -> Iterator[R]:
        """Yield the results of a function that takes some inputs at a time, in the order of inputs.

        An error of the library comes where its result would. A bounded number of inputs is taken ahead.

        Args:
            function: Yields any results of some inputs, in their order; it is pickled, and so are inputs and results.
            inputs: The inputs.
            size: How many inputs it takes at a time.

        Raises:
            WorkerError: A worker ended, or an input cannot be sent to it.
            DatumpbError: The function raised it.
            OSError: The function raised it.
        """
        batches = Batches(inputs, size)
        work = functools.partial(self._ask, function)
        for results, seen, error in overlapped(self._threads, work, batches, self.count * _BATCHES_AHEAD):
            for warning in seen:
                warnings.warn_explicit(*warning, registry=self._warned)
            yield from results
            if error is not None:
                raise error
        if batches.error is not None:
            raise batches.error

    def __enter__(self) -> Self:
        """Return the workers themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all workers."""
        self._end()

    def _end(self) -> None:
        for process in self._processes:
            process.end()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.close()

    def _ask(self, function: Callable[[list[T]], Iterable[R]], batch: list[T]) -> Answer:
        process = self._idle.get()
        try:
            return process.ask(function, batch)
        finally:
            self._idle.put(process)
