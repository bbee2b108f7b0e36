"""A loader with workers goes on behind the very batch that the training had, whatever workers had read ahead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb.integrations.torch import DatumIterableDataset, DatumLoader
from tests.support.samples import KEY
from tests.support.training import image_ids, write_folder

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 120
pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")  # on a small machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("training") / "data", COUNT, KEY)


def _loader(folder: Path, workers: int, **options: Any) -> DatumLoader:  # noqa: ANN401 -- passed on
    stream = DatumIterableDataset(folder, encryption_key=KEY, shuffle=True, buffer_size=16)
    options = {"batch_size": 7, "collate_fn": image_ids, **options}
    if workers:
        options.setdefault("multiprocessing_context", "fork")
    return DatumLoader(stream, num_workers=workers, **options)


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
@pytest.mark.parametrize("persistent", [False, True])
def test_it_goes_on_behind_any_batch(folder: Path, workers: int, persistent: bool) -> None:
    options = {"persistent_workers": persistent and workers > 0}
    loader = _loader(folder, workers, **options)
    loader.set_epoch(2)
    batches, states = [], [loader.state_dict()]
    for batch in loader:
        batches.append(batch)
        states.append(json.loads(json.dumps(loader.state_dict())))
    assert sorted(number for batch in batches for number in batch) == list(range(COUNT))
    again = _loader(folder, workers, **options)
    for taken in {0, 1, 5, len(batches) - 1, len(batches)}:
        again.load_state_dict(states[taken])
        assert again.state_dict() == states[taken]
        again.set_epoch(2)
        assert list(again) == batches[taken:]
        assert list(again) == batches
    again.load_state_dict(states[5])
    again.set_epoch(3)
    loader.set_epoch(3)
    other = list(loader)
    assert list(again) == other != batches


def test_spawned_workers_that_live_on(folder: Path) -> None:
    options = {"multiprocessing_context": "spawn", "persistent_workers": True}
    loader = _loader(folder, 2, **options)
    expected = _loader(folder, 2)
    for epoch in (0, 1):
        loader.set_epoch(epoch)
        expected.set_epoch(epoch)
        batches = list(expected)
        assert list(loader) == batches
    iterator = iter(loader)
    assert [next(iterator) for _ in range(4)] == batches[:4]
    state = loader.state_dict()
    del iterator
    loader.load_state_dict(state)
    assert list(loader) == batches[4:]


def test_batches_are_lists_unless_something_else_is_asked_for(folder: Path) -> None:
    loader = DatumLoader(DatumIterableDataset(folder, "val", encryption_key=KEY), batch_size=3)
    images, targets = next(iter(loader))
    assert [image.shape for image in images] == [(3, 6, 8)] * 3
    assert image_ids(list(zip(images, targets, strict=True))) == [0, 1, 2]
    assert len(loader) == 14


def test_a_state_needs_the_same_number_of_workers(folder: Path) -> None:
    state = _loader(folder, 2).state_dict()
    with pytest.raises(dp.OptionError, match="of workers 2, here it is 3"):
        _loader(folder, 3).load_state_dict(state)
    bigger = _loader(folder, 2, batch_size=11)
    bigger.load_state_dict(state)
    assert sorted(number for batch in bigger for number in batch) == list(range(COUNT))
