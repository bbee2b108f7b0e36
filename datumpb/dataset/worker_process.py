"""A worker process: Python started anew, which answers one request after the other until its input ends."""

from __future__ import annotations

import contextlib
import copyreg
import importlib
import io
import os
import pickle
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

from datumpb.errors import DatumpbError, WorkerError
from datumpb.model.media import MediaRef

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Answer: TypeAlias = "tuple[list[Any], list[tuple[str, type[Warning], str, int]], DatumpbError | OSError | None]"
"""Results, warnings (text, category, file, line), and the error behind the results."""

# sys is no file, so that nothing in the current folder can stand in for a module before the path is ours.
_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from datumpb.dataset.worker_process import serve; serve()"
# There is a worker for each core already; numpy would start as many threads in each of them.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_ONE_BY_ONE = "use one worker (num_workers=1)"


class WorkerProcess:
    """A process that does what it is asked.

    It imports what it is asked for, and nothing of the script that runs here. When it ends, whoever waits for an answer
    is told; when this process ends, however it does, the worker is told by the end of its input. It is in a session of
    its own, where no Ctrl-C of a terminal reaches it: it is up to us to end it.
    """

    def __init__(self, modules: Sequence[str] = ()) -> None:
        """Start it.

        Args:
            modules: What it imports before it is asked for anything.

        Raises:
            OSError: It cannot be started.
        """
        self._process = subprocess.Popen(  # noqa: S603 -- ourselves
            [sys.executable, "-c", _PROGRAM, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if sys.stderr else subprocess.DEVNULL,  # its number must not become that of anything else
            env={**_ONE_THREAD, **os.environ},
            start_new_session=True,
        )
        with contextlib.suppress(OSError):  # where it has ended, that is said when it is asked
            self._send([*modules])

    def ask(self, function: Callable[[list[Any]], Iterable[Any]], batch: list[Any]) -> Answer:
        """Let it apply a function to some inputs, and wait for the answer.

        Args:
            function: The function; it is pickled, and so are inputs and results.
            batch: The inputs.

        Raises:
            WorkerError: It ended, or it cannot be sent this.
        """
        task = _pickled((function, batch))
        assert self._process.stdout is not None  # it is a pipe
        try:
            self._send(task)
            answer: Answer = pickle.load(self._process.stdout)  # noqa: S301 -- from a process that we started
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            message = (
                f"a worker process {_ending(self._process.wait())}; one worker (num_workers=1) needs no other process"
            )
            raise WorkerError(message) from error
        return answer

    def end(self) -> None:
        """End it at once: it holds nothing that would have to be put in order. Whoever waits for it is told."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close its pipes, when nobody waits for it any more."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # a request that did not reach it
                pipe.close()

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None  # it is a pipe
        pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()


def serve() -> None:
    """Import modules, then work for the process that started this one until it ends the connection, or itself."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # where anything is printed, it is no answer
    with contextlib.suppress(EOFError, BrokenPipeError):
        for module in pickle.load(requests):  # noqa: S301 -- from the process that started us
            importlib.import_module(module)
        while True:
            pickle.dump(_answer(pickle.load(requests)), answers, pickle.HIGHEST_PROTOCOL)  # noqa: S301 -- likewise
            answers.flush()


def _answer(task: bytes) -> Answer:
    results: list[Any] = []
    failure: DatumpbError | OSError | None = None
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")  # which of them are shown is up to the other process
        try:
            function, batch = pickle.loads(task)  # noqa: S301 -- from the process that started us
        except (pickle.UnpicklingError, AttributeError, ImportError) as error:
            message = f"a worker process cannot load what it is sent ({error}): {_ONE_BY_ONE}"
            return [], [], WorkerError(message)
        try:
            results.extend(function(batch))
        except (DatumpbError, OSError) as error:
            failure = error
    return results, [(str(one.message), one.category, one.filename, one.lineno) for one in seen], failure


def _pickled(task: object) -> bytes:
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    # Whoever fetches the bytes of media is of no use elsewhere, and may hold anything.
    pickler.dispatch_table = {**copyreg.dispatch_table, MediaRef: _without_source}
    try:
        pickler.dump(task)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        message = f"an item cannot be sent to a worker process ({error}): {_ONE_BY_ONE}"
        raise WorkerError(message) from error
    return buffer.getvalue()


def _without_source(ref: MediaRef) -> tuple[type[MediaRef], tuple[object, ...]]:
    return MediaRef, (ref.path, ref.data, ref.size, ref.crc32, ref.encrypted)


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed by signal {-status}, as happens when memory runs out"
    return f"ended with status {status}"
