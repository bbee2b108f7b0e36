"""Items by a running index: the same items as in order, of a folder and of everything else."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.dataset.directory import DatasetFolder
from datumpb.dataset.memory import MemorySource
from datumpb.dataset.sequence import LISTED_RUN, ItemSequence

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = {"train": 150, "empty": 0, "val": 70}


@pytest.fixture
def folder(tmp_path: Path) -> DatasetFolder:
    filler = bytes(20_000)  # a dozen items fill a block
    for subset, count in COUNTS.items():
        (tmp_path / "annotations").mkdir(exist_ok=True)
        with dp.DatumWriter(tmp_path / "annotations" / f"{subset}.datum", subset=subset) as file:
            for number in range(count):
                file.write(dp.Item(f"{subset}-ö-{number}", subset, attributes={"number": number, "filler": filler}))
    return DatasetFolder(tmp_path)


def _check(sequence: ItemSequence, expected: list[dp.Item]) -> None:
    assert [sequence[index] for index in range(len(sequence))] == expected
    starts = sequence.run_starts()
    assert starts.dtype == np.int64
    assert (starts[0], starts[-1]) == (0, len(expected))
    assert np.all(np.diff(starts) > 0)
    for index in (-1, len(expected)):
        with pytest.raises(dp.ItemNotFoundError, match=f"no item {index}, there are {len(expected)}"):
            _ = sequence[index]


def test_a_folder(folder: DatasetFolder) -> None:
    subsets = ["val", "empty", "train"]
    sequence = ItemSequence(folder, subsets)
    _check(sequence, [item for subset in subsets for item in folder.items(subset)])
    blocks = folder.reader("val").block_starts
    assert len(blocks) > 4
    assert sequence.run_starts()[: len(blocks)].tolist() == blocks
    _check(pickle.loads(pickle.dumps(sequence)), list(folder.items("val")) + list(folder.items("train")))  # noqa: S301 -- our own


def test_anything_else(folder: DatasetFolder) -> None:
    items = [*folder.items("train"), *folder.items("val")]
    source = MemorySource(items, {}, dp.Categories(), dp.MediaType.IMAGE)
    sequence = ItemSequence(source, ["train", "val"])
    _check(sequence, items)
    assert sequence.run_starts()[:3].tolist() == [0, LISTED_RUN, 2 * LISTED_RUN]


def test_nothing(folder: DatasetFolder) -> None:
    _check(ItemSequence(folder, ["empty"]), [])
    _check(ItemSequence(MemorySource([], {}, dp.Categories(), dp.MediaType.IMAGE), ["default"]), [])
    _check(ItemSequence(folder, []), [])


def test_what_a_process_is_sent_does_not_grow_with_the_items(folder: DatasetFolder) -> None:
    sizes = [len(pickle.dumps(ItemSequence(folder, [subset]))) for subset in ("train", "empty")]
    assert abs(sizes[0] - sizes[1]) < 16
