"""Worker processes: order, errors, deaths, and that nothing is left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.batches import BATCH
from datumpb.dataset.workers import Workers
from tests.support.noted_workers import running_workers
from tests.support.processes import double, exit_at, kill_itself, mapped, refuse_13, which_process

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
COUNT = 5 * BATCH + 3


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert running_workers() == []
    assert threading.active_count() == before


def test_results_come_in_order_from_several_processes() -> None:
    with Workers(2) as workers:
        assert list(mapped(workers, double, range(COUNT))) == [2 * number for number in range(COUNT)]
        assert list(mapped(workers, double, [])) == []
        seen = set(mapped(workers, which_process, range(40 * BATCH)))
    assert os.getpid() not in seen
    assert len(seen) == 2


def test_an_error_comes_behind_the_results_before_it() -> None:
    with Workers(2) as workers:
        results = mapped(workers, refuse_13, range(COUNT))
        assert [next(results) for _ in range(13)] == list(range(13))
        with pytest.raises(dp.InvalidItemError, match="13 is refused"):
            next(results)


def test_an_error_of_the_inputs_comes_behind_the_results_before_it() -> None:
    def inputs(last: int) -> Iterator[int]:
        yield from range(last)
        message = "no more"
        raise dp.SourceFormatError(message)

    with Workers(2) as workers:
        found: list[int] = []
        with pytest.raises(dp.SourceFormatError, match="no more"):
            found.extend(mapped(workers, double, inputs(2 * BATCH + 5)))
        with pytest.raises(dp.InvalidItemError, match="13 is refused"):
            list(mapped(workers, refuse_13, inputs(14)))


def test_inputs_are_taken_within_bounds() -> None:
    taken = 0

    def inputs() -> Iterator[int]:
        nonlocal taken
        for number in range(100 * BATCH):
            taken += 1
            yield number

    with Workers(2) as workers:
        results = mapped(workers, double, inputs())
        next(results)
        assert taken <= 6 * BATCH


@posix
def test_a_worker_that_is_killed() -> None:
    with Workers(2) as workers, pytest.raises(dp.WorkerError, match=f"killed by signal {int(signal.SIGKILL)}"):
        list(mapped(workers, kill_itself, range(COUNT)))


def test_a_worker_that_ends_by_itself() -> None:
    with Workers(2) as workers, pytest.raises(dp.WorkerError, match="ended with status 3"):
        list(mapped(workers, exit_at, range(COUNT)))


def test_what_cannot_be_sent() -> None:
    with Workers(1) as workers, pytest.raises(dp.WorkerError, match="num_workers=1"):
        list(mapped(workers, identity_of, [threading.Lock()]))


def test_whoever_fetches_media_is_not_sent() -> None:
    class Source:
        lock = threading.Lock()

    ref = dp.MediaRef("a.jpg", None, 3, 4, encrypted=True, source=Source())  # type: ignore[arg-type]  # never asked
    with Workers(1) as workers:
        assert list(mapped(workers, identity_of, [dp.Image(ref, 2, 3)])) == [dp.Image(ref, 2, 3)]


def identity_of(value: object) -> object:
    return value


def test_giving_up_in_the_middle() -> None:
    def give_up() -> None:
        with Workers(2) as workers:
            next(mapped(workers, double, range(50 * BATCH)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_process_that_started_them(number: signal.Signals) -> None:
    script = """
        import os, sys, time
        from datumpb.dataset.workers import Workers
        from tests.support.processes import double, mapped
        workers = Workers(2)
        assert len(list(mapped(workers, double, range(500)))) == 500
        print(*[process._process.pid for process in workers._processes], flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        pids = process.stdout.readline().split()
        assert len(pids) == 2
        process.send_signal(number)
        # The workers have the other end of this pipe, too: it ends with the last of them.
        assert process.stderr.read() == ""
