"""A stream gives every item once in an epoch, in an order that seed and epoch decide, and goes on where it was."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset

import datumpb as dp
from datumpb.integrations.torch import DatumDataset, DatumIterableDataset
from tests.support.samples import KEY, one_line
from tests.support.training import image_ids, train_items, write_folder

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 200


@pytest.fixture(scope="module")
def dataset() -> dp.Dataset:
    return dp.Dataset.from_iterable(train_items(COUNT), categories=["cat", "dog", "emu"])


def _stream(dataset: dp.Dataset, **options: Any) -> DatumIterableDataset:  # noqa: ANN401 -- passed on
    return DatumIterableDataset(dataset, **{"shuffle": True, "buffer_size": 64, **options})


def _ids(stream: DatumIterableDataset) -> list[int]:
    return image_ids(list(stream))


def test_samples_are_those_of_the_map_style_dataset(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", 12, KEY)
    options: dict[str, Any] = {"encryption_key": KEY, "masks": True, "keypoints": True, "first_label": 5}
    stream, dataset = DatumIterableDataset(folder, "val", **options), DatumDataset(folder, "val", **options)
    assert isinstance(stream, IterableDataset)
    assert len(stream) == len(dataset) == 4
    for (image, target), (expected_image, expected) in zip(stream, dataset, strict=True):
        assert torch.equal(image, expected_image)
        assert target.keys() == expected.keys()
        assert all(torch.as_tensor(target[name]).equal(torch.as_tensor(expected[name])) for name in target)


def test_an_epoch_has_every_item_once_and_its_own_order(dataset: dp.Dataset) -> None:
    stream = _stream(dataset)
    first = _ids(stream)
    assert first == _ids(stream) == _ids(_stream(dataset))
    stream.set_epoch(1)
    second = _ids(stream)
    other_seed = _ids(_stream(dataset, seed=1))
    assert sorted(first) == sorted(second) == sorted(other_seed) == list(range(COUNT))
    assert len({tuple(first), tuple(second), tuple(other_seed), tuple(range(COUNT))}) == 4
    assert _ids(_stream(dataset, shuffle=False)) == list(range(COUNT))


@pytest.mark.parametrize("world_size", [1, 2, 3, 7])
def test_ranks_share_without_overlap_or_loss(dataset: dp.Dataset, world_size: int) -> None:
    streams = [_stream(dataset, rank=rank, world_size=world_size) for rank in range(world_size)]
    found = [_ids(stream) for stream in streams]
    assert [len(ids) for ids in found] == [len(stream) for stream in streams]
    assert sorted(number for ids in found for number in ids) == list(range(COUNT))


def test_a_rank_is_found_where_torchrun_says_it(dataset: dp.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert _ids(_stream(dataset)) == _ids(_stream(dataset, rank=1, world_size=4))
    monkeypatch.delenv("WORLD_SIZE")
    with pytest.raises(dp.OptionError, match="rank 1 is not one of 1"):
        _stream(dataset)


def test_a_process_group_that_comes_later_is_noticed(dataset: dp.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    early, told = _stream(dataset), _stream(dataset, rank=0, world_size=1)
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    monkeypatch.setattr("torch.distributed.get_rank", lambda: 1)
    monkeypatch.setattr("torch.distributed.get_world_size", lambda: 2)
    for use in (lambda: iter(early), early.__getstate__):
        with pytest.raises(dp.OptionError, match="made for rank 0 of 1, this is rank 1 of 2: make it behind") as caught:
            use()
        one_line(caught.value)
    assert len(_ids(told)) == COUNT
    assert _ids(_stream(dataset)) == _ids(_stream(dataset, rank=1, world_size=2))


@pytest.mark.parametrize("taken", [0, 1, 63, 64, 199, 200])
def test_it_goes_on_where_it_was(dataset: dp.Dataset, taken: int) -> None:
    stream = _stream(dataset)
    stream.set_epoch(3)
    expected = _ids(stream)
    iterator = iter(stream)
    assert image_ids(list(islice(iterator, taken))) == expected[:taken]
    state = json.loads(json.dumps(stream.state_dict()))
    later = _stream(dataset)
    later.load_state_dict(state)
    assert later.state_dict() == state
    later.set_epoch(3)
    assert _ids(later) == expected[taken:]
    assert _ids(later) == expected  # a state counts once
    later.load_state_dict(state)
    later.set_epoch(4)
    assert later.state_dict()["taken"] == [0]
    stream.set_epoch(4)
    assert _ids(later) == _ids(stream)


def test_a_state_of_something_else_is_refused(dataset: dp.Dataset) -> None:
    state = _stream(dataset).state_dict()
    other = dp.Dataset.from_iterable(train_items(7))
    for stream, expected in (
        (_stream(other), "of items 200, here it is 7"),
        (_stream(dataset, seed=1), "of seed 0, here it is 1"),
        (_stream(dataset, shuffle=False), "of shuffle True, here it is False"),
        (_stream(dataset, buffer_size=65), "of buffer_size 64, here it is 65"),
        (_stream(dataset, rank=1, world_size=2), "of rank 0, here it is 1"),
    ):
        with pytest.raises(dp.OptionError, match=expected) as caught:
            stream.load_state_dict(state)
        one_line(caught.value)
    with pytest.raises(dp.OptionError, match="workers 2, here it is 1"):
        _stream(dataset).load_state_dict({**state, "taken": [0, 0]})
    for wrong in ({}, None, {"epoch": 1}):
        with pytest.raises(dp.OptionError, match="no state"):
            _stream(dataset).load_state_dict(wrong)  # type: ignore[arg-type]  # wrong on purpose
    for numbers in ({"taken": [-1]}, {"taken": [201]}, {"turn": 1}, {"epoch": -1}, {"epoch": "1"}, {"taken": [1.5]}):
        with pytest.raises(dp.OptionError, match="no state"):
            _stream(dataset).load_state_dict({**state, **numbers})  # type: ignore[typeddict-item]  # wrong on purpose


def test_a_state_is_of_these_blocks(tmp_path: Path, dataset: dp.Dataset) -> None:
    dataset.export(tmp_path / "data", "datumpb")
    with pytest.raises(dp.OptionError, match="of blocks_crc32"):
        _stream(dp.Dataset.import_from(tmp_path / "data")).load_state_dict(_stream(dataset).state_dict())


def test_a_state_of_one_process_is_not_for_workers(dataset: dp.Dataset) -> None:
    stream = _stream(dataset)
    stream.load_state_dict({**stream.state_dict(), "taken": [5]})
    loader = DataLoader(stream, num_workers=2, collate_fn=image_ids, multiprocessing_context="fork")
    with pytest.raises(dp.OptionError, match="is for 1 workers, not for 2: load it into a DatumLoader"):
        list(loader)


def test_two_iterations_at_once_do_not_disturb_each_other(dataset: dp.Dataset) -> None:
    stream = _stream(dataset)
    pairs = [(one["image_id"], other["image_id"]) for (_, one), (_, other) in zip(stream, stream, strict=True)]
    assert [one for one, _ in pairs] == [other for _, other in pairs] == _ids(stream)


def test_bad_options(dataset: dp.Dataset) -> None:
    for options in ({"buffer_size": 0}, {"seed": -1}, {"rank": 0}, {"rank": 2, "world_size": 2}):
        with pytest.raises(dp.OptionError):
            _stream(dataset, **options)
    with pytest.raises(dp.OptionError):
        _stream(dataset).set_epoch(-1)
    with pytest.raises(TypeError, match="mask"):
        _stream(dataset, mask=True)


def test_a_plain_loader_works_but_has_no_state(dataset: dp.Dataset) -> None:
    stream = _stream(dataset)
    loader = DataLoader(stream, batch_size=8, num_workers=2, collate_fn=image_ids, multiprocessing_context="fork")
    batches = list(loader)
    assert sorted(number for batch in batches for number in batch) == list(range(COUNT))
    with pytest.raises(dp.OptionError, match="ask a DatumLoader") as caught:
        stream.state_dict()
    one_line(caught.value)
    assert len(_ids(stream)) == COUNT
    assert stream.state_dict()["taken"] == [COUNT]
