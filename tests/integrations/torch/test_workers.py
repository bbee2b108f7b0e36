"""In workers: errors arrive with type and cause, nothing hangs, and memory does not grow with the items."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from torch.utils.data import DataLoader

import datumpb as dp
from datumpb.integrations.torch import DatumDataset, DatumIterableDataset, DatumLoader
from tests.support.samples import KEY, one_line
from tests.support.training import encoded, image_ids, report_memory, write_folder

ERRORS = [
    dp.MediaNotFoundError("it is not there", "images/x.png"),
    dp.MediaMismatchError("it is another one", "images/x.png"),
    dp.DamagedFileError("a bit flipped", "train.datum", 17),
    dp.TruncatedFileError("it ends too early", "train.datum", 17),
    dp.AuthenticationError("it was moved", "train.datum", 17),
    dp.WrongKeyError("another key"),
    dp.InvalidItemError("object 3 is not finite"),
    dp.ItemNotFoundError("no item 7"),
    dp.OptionError("no such option"),
    dp.SourceFormatError("a number expected", "train.json", "annotations[3]"),
    dp.ClosedError("it is closed"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_and_what_torch_does_to_them(error: dp.DatumpbError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)
    again = type(error)(f"Caught it in a worker.\n{error}")  # torch makes a new one of its text
    assert str(error) in str(again)


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_a_damaged_picture_arrives_with_its_cause(tmp_path: Path, context: str) -> None:
    (tmp_path / "good.png").write_bytes(encoded())
    (tmp_path / "bad.png").write_bytes(encoded()[:40])
    items = [
        dp.Item(name, media=dp.Image.from_file(str(tmp_path / f"{name}.png")), annotations=[dp.Bbox(0, 0, 1, 1)])
        for name in ("good", "bad")
    ]
    dp.Dataset.from_iterable(items).export(
        tmp_path / "data", "datumpb", save_media=True, encryption=True, encryption_key=KEY
    )
    options: dict[str, Any] = {"num_workers": 1, "collate_fn": image_ids, "multiprocessing_context": context}
    for loader in (
        DataLoader(DatumDataset(tmp_path / "data", encryption_key=KEY), timeout=120, **options),
        DatumLoader(DatumIterableDataset(tmp_path / "data", encryption_key=KEY), timeout=120, **options),
    ):
        batches = iter(loader)
        assert next(batches) == [0]
        with pytest.raises(dp.MediaMismatchError, match=r"images/default/bad\.png: not a picture that can be decoded"):
            next(batches)


def test_a_damaged_file_arrives_with_its_place(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", 30, KEY)
    dataset = DatumDataset(folder, "train", encryption_key=KEY)
    file = folder / "annotations" / "train.datum"
    data = bytearray(file.read_bytes())
    data[-len(data) // 3] ^= 1
    file.write_bytes(data)
    loader = DataLoader(dataset, num_workers=2, collate_fn=image_ids, multiprocessing_context="spawn", timeout=120)
    with pytest.raises(dp.DamagedFileError, match=r"train\.datum: .*\(at byte \d+\)") as caught:
        list(loader)
    assert KEY[6:] not in str(caught.value)


def test_the_text_of_an_error_is_one_line_where_there_are_no_workers(tmp_path: Path) -> None:
    dataset = DatumDataset(dp.Dataset.from_iterable([dp.Item("i")]))
    with pytest.raises(dp.MediaNotFoundError) as caught:
        list(DataLoader(dataset, collate_fn=image_ids))
    one_line(caught.value, "i")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", [None, KEY])
def test_what_a_worker_is_sent_does_not_grow_with_the_items(tmp_path: Path, key: str | None) -> None:
    for kind in (DatumDataset, DatumIterableDataset):
        sizes = [
            len(pickle.dumps(kind(write_folder(tmp_path / f"{kind.__name__}{count}", count, key), encryption_key=key)))
            for count in (10, 300)
        ]
        assert sizes[1] - sizes[0] < 64  # the digits of numbers and of a path


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells what a process has of its own"
)
@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_the_memory_of_a_worker_does_not_grow_with_the_items(tmp_path: Path, context: str) -> None:
    used = {}
    for count in (500, 6500):
        dataset = DatumDataset(write_folder(tmp_path / f"{context}{count}", count, KEY), encryption_key=KEY)
        indices = range(0, count, count // 250)  # all over the file
        options: dict[str, Any] = {"num_workers": 1, "multiprocessing_context": context, "collate_fn": report_memory}
        used[count] = list(DataLoader(dataset, batch_size=100, sampler=indices, **options))[-1]
    # An item as Python's objects takes some 2 kB; ours are 4 bytes of INDEX, and blocks that are read but few are kept.
    assert used[6500] - used[500] < 6000 * 400
