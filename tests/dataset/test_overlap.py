"""Work that goes on ahead: order, bounds, and errors where they belong."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from datumpb.dataset.overlap import overlapped

if TYPE_CHECKING:
    from collections.abc import Iterator


def half(number: int) -> int:
    if number % 2:
        raise ValueError(number)
    return number // 2


def test_order_and_bounds() -> None:
    taken: list[int] = []

    def inputs() -> Iterator[int]:
        for number in range(0, 100, 2):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(3) as threads:
        results = overlapped(threads, half, inputs(), 4)
        for count, result in enumerate(results):
            assert result == count
            assert len(taken) <= count + 5
    assert len(taken) == 50


def test_errors_come_in_their_order() -> None:
    def inputs() -> Iterator[int]:
        yield from (0, 2, 3, 4)
        raise KeyError

    with ThreadPoolExecutor(2) as threads:
        results = overlapped(threads, half, inputs(), 10)
        assert [next(results), next(results)] == [0, 1]
        with pytest.raises(ValueError, match="3"):
            next(results)
        found: list[int] = []
        with pytest.raises(KeyError):
            found.extend(overlapped(threads, abs, inputs(), 10))
        assert found == [0, 2, 3, 4]


def test_what_nobody_waits_for_is_not_begun() -> None:
    gate, begun = threading.Event(), []

    def work(number: int) -> int:
        begun.append(number)
        assert gate.wait(30)
        return number

    with ThreadPoolExecutor(1) as threads:
        results = overlapped(threads, work, range(100), 5)
        waiter = threading.Timer(0.05, gate.set)
        waiter.start()
        assert next(results) == 0
        results.close()  # type: ignore[attr-defined]  # a generator
        waiter.join()
    assert len(begun) <= 7
