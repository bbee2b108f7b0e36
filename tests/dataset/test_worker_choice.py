"""How many worker processes an export has."""

from __future__ import annotations

import multiprocessing

import pytest

from datumpb.dataset import worker_choice
from datumpb.dataset.worker_choice import chosen_workers
from datumpb.errors import OptionError


def test_how_many_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_choice, "_cores", lambda: 5)
    assert chosen_workers(0, worker_choice.FEW_ITEMS) == 5
    assert chosen_workers(0, worker_choice.FEW_ITEMS - 1) == 1
    assert chosen_workers(3, 1) == 3
    for wrong in (-1, "2", 1.5, None, True):
        with pytest.raises(OptionError, match="num_workers is 0"):
            chosen_workers(wrong, 10)  # type: ignore[arg-type]  # wrong on purpose


def test_in_a_process_that_is_a_worker_itself() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(chosen_workers, (0, 10**6)) == 1
