"""Inputs worked on some at a time give what they give one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.batches import BATCH, in_batches

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_results_in_order() -> None:
    sizes: list[int] = []

    def double(batch: list[int]) -> list[int]:
        sizes.append(len(batch))
        return [2 * number for number in batch]

    assert list(in_batches(double, range(2 * BATCH + 1))) == [2 * number for number in range(2 * BATCH + 1)]
    assert sizes == [BATCH, BATCH, 1]
    assert list(in_batches(double, [])) == []


def test_an_error_of_the_inputs_comes_behind_the_results_before_it() -> None:
    def inputs() -> Iterator[int]:
        yield from range(BATCH + 5)
        message = "no more"
        raise dp.SourceFormatError(message)

    found: list[int] = []
    with pytest.raises(dp.SourceFormatError, match="no more"):
        found.extend(in_batches(list, inputs()))
    assert found == list(range(BATCH + 5))
