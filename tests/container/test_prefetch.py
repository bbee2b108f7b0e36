"""Reading ahead: in order, a bounded number at a time, neighbours together."""

from __future__ import annotations

import pytest

import datumpb as dp
from datumpb.container import prefetch


def test_work_is_done_in_order_by_a_bounded_number_of_tasks_ahead() -> None:
    begun: list[int] = []

    def work(task: int) -> int:
        begun.append(task)
        return task * task

    results = prefetch.prefetched(work, range(100))
    assert next(results) == 0
    assert len(begun) <= prefetch.REQUESTS_AHEAD + 2
    assert list(results) == [task * task for task in range(1, 100)]
    assert sorted(begun) == list(range(100))


def test_an_error_ahead_is_raised_when_its_turn_comes() -> None:
    def work(task: int) -> int:
        if task == 3:
            raise dp.DatumpbError("three")  # noqa: EM101 -- a test's
        return task

    results = prefetch.prefetched(work, range(10))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(dp.DatumpbError, match="three"):
        next(results)


def test_blocks_are_joined_up_to_a_size_where_they_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefetch, "RUN_SIZE", 100)
    places = [(0, 40), (40, 60), (100, 10), (120, 10), (130, 500), (630, 1)]
    assert list(prefetch.runs(places)) == [[0, 1], [2], [3], [4], [5]]
    assert list(prefetch.runs([])) == []
