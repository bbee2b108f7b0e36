"""Worker processes: they get batches of inputs, apply a function to each, and send the results back."""

from __future__ import annotations

import contextlib
import copyreg
import functools
import importlib
import io
import multiprocessing
import os
import pickle
import queue
import signal
import warnings
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from datumpb.dataset.batches import BATCH, Batches
from datumpb.dataset.overlap import overlapped
from datumpb.errors import DatumpbError, WorkerError
from datumpb.model.media import MediaRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from types import TracebackType

    from typing_extensions import Self

T = TypeVar("T")
R = TypeVar("R")

# Results, warnings (text, category, file, line), and the error behind them.
_Answer: TypeAlias = "tuple[list[Any], list[tuple[str, type[Warning], str, int]], DatumpbError | OSError | None]"

_BATCHES_AHEAD = 2  # for each worker: one that it works on, one that waits


class Workers:
    """Worker processes, started anew (`spawn`): threads and locks of this process do no harm in them.

    Each has a thread here that waits for it. When a worker ends, its thread is told by the end of their pipe; when this
    process ends, however it does, the workers are told in the same way. A context manager: at the end of the block all
    workers have ended.

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
        self._modules = modules
        self._processes: list[SpawnProcess] = []
        self._idle: queue.SimpleQueue[tuple[SpawnProcess, Connection]] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(count, "datumpb-worker")
        self._warned: dict[Any, Any] = {}  # so that the same is told once, where filters say so
        try:
            for _ in range(count):
                self._start()
        except BaseException:
            self._end()
            raise

    def map(self, function: Callable[[T], R], inputs: Iterable[T]) -> Iterator[R]:
        """Yield the result of a function for each input, in the order of inputs.

        An error of the library comes where its result would. A bounded number of inputs is taken ahead.

        Args:
            function: The function; it is pickled, and so are inputs and results.
            inputs: The inputs.

        Raises:
            WorkerError: A worker ended, or an input cannot be sent to it.
            DatumpbError: The function raised it.
        """
        return self.map_batches(functools.partial(map, function), inputs)

    def map_batches(
        self, function: Callable[[list[T]], Iterable[R]], inputs: Iterable[T], size: int = BATCH
    ) -> Iterator[R]:
        """Do what `map` does with a function that takes some inputs at a time, and yields any results of them in order.

        Args:
            function: The function.
            inputs: The inputs.
            size: How many inputs it takes at a time.

        Raises:
            WorkerError: A worker ended, or an input cannot be sent to it.
            DatumpbError: The function raised it.
            OSError: The function raised it.
        """
        batches = Batches(inputs, size)

        def work(batch: list[T]) -> _Answer:
            answer: _Answer = self._ask(function, batch)
            return answer

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

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self._modules), daemon=True)
        with theirs, _no_interrupt():
            process.start()
        self._processes.append(process)
        self._idle.put((process, ours))

    def _end(self) -> None:
        # They hold nothing that would have to be put in order, and a thread that waits for one is told by its end.
        for process in self._processes:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.join()
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait()[1].close()

    def _ask(self, function: Callable[[list[T]], Iterable[R]], batch: list[T]) -> Any:  # noqa: ANN401 -- what comes out of a pickle
        task = _pickled((function, batch))
        process, connection = self._idle.get()
        try:
            connection.send_bytes(task)
            answer = connection.recv_bytes()
        except (EOFError, OSError) as error:
            process.join()
            message = f"a worker process {_ending(process.exitcode)}; one worker (num_workers=1) needs no other process"
            raise WorkerError(message) from error
        finally:
            self._idle.put((process, connection))
        return pickle.loads(answer)  # noqa: S301 -- from a process that we started


def serve(connection: Connection, modules: Sequence[str] = ()) -> None:
    """Import modules, then work for another process until it ends the connection, or itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in modules:
        importlib.import_module(module)
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, batch = pickle.loads(connection.recv_bytes())  # noqa: S301 -- from the process that started us
            results: list[object] = []
            failure: DatumpbError | OSError | None = None
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")  # which of them are shown is up to the other process
                try:
                    results.extend(function(batch))
                except (DatumpbError, OSError) as error:
                    failure = error
            told = [(str(one.message), one.category, one.filename, one.lineno) for one in seen]
            connection.send_bytes(pickle.dumps((results, told, failure), pickle.HIGHEST_PROTOCOL))


def _pickled(task: object) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    # Whoever fetches the bytes of media is of no use elsewhere, and may hold anything.
    pickler.dispatch_table = {**copyreg.dispatch_table, MediaRef: _without_source}
    try:
        pickler.dump(task)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        message = f"an item cannot be sent to a worker process ({error}): use one worker (num_workers=1)"
        raise WorkerError(message) from error
    return buffer.getvalue()


def _without_source(ref: MediaRef) -> tuple[type[MediaRef], tuple[object, ...]]:
    return MediaRef, (ref.path, ref.data, ref.size, ref.crc32, ref.encrypted)


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was killed by signal {-status}, as happens when memory runs out"
    return f"ended with status {status}"


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Let a process that is started here never see Ctrl-C, which a terminal sends to all: it is up to us to end it."""
    if os.name != "posix":
        yield
        return
    # The first start begins with this process, which would undo the mask.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
