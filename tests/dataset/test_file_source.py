"""Datasets of many files in parts: read in any process, they are the items that there are."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.dataset import file_source
from datumpb.dataset.registry import find_format
from datumpb.dataset.source import DividedSource
from datumpb.errors import SourceFormatError
from datumpb.model import rle
from tests.support.pictures import picture

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ["voc", "yolo", "imagenet", "image_dir"]


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_source, "_ITEMS", 7)


def some(count: int) -> list[dp.Item]:
    """Make items with pictures of different sizes, boxes, masks and labels, in two subsets."""
    items = []
    for number in range(count):
        width = number % 5 + 4
        bits = np.zeros((10, width), bool)
        bits[2:5, 1:3] = True
        items.append(
            dp.Item(
                f"{number:03}",
                "val" if number % 3 == 0 else "train",
                dp.Image(dp.MediaRef(data=picture(width)), 10, width),
                annotations=[
                    dp.Label(label=number % 2),
                    dp.Bbox(1, 2, 2, 3, label=0),
                    dp.Mask(10, width, rle.from_bitmap(bits), label=1),
                ],
            )
        )
    return items


def written(folder: Path, format_name: str, *, save_media: bool = True) -> dp.Dataset:
    dataset = dp.Dataset.from_iterable(some(40), categories=["cat", "dog"])
    dataset.export(folder, format_name, save_media=save_media)
    return dataset


@pytest.mark.parametrize("format_name", FORMATS)
def test_parts_are_the_items(tmp_path: Path, format_name: str) -> None:
    written(tmp_path / "in", format_name)
    source = find_format(format_name).read(tmp_path / "in", {})
    assert isinstance(source, DividedSource)
    assert not source.is_large()
    assert source.divided
    for subset in source.subsets():
        items = [*source.items(subset)]
        messages = [pickle.dumps(part) for part in source.parts(subset)]
        assert len(messages) == -(-len(items) // 7) > 1
        found = [[*pickle.loads(message).items()] for message in messages]  # noqa: S301 -- our own
        assert [len(part) for part in found[:-1]] == [7] * (len(found) - 1)
        assert [item for part in found for item in part] == items
        assert [item_id for part in source.parts(subset) for item_id in part.ids()] == [item.id for item in items]
        wanted = {item.id for item in items[::3]}
        chosen = [item for part in source.parts(subset) for item in part.items(wanted.__contains__)]
        assert chosen == items[::3]
        assert not any(b"039" in message for message in messages[:-1])  # rows of other parts are not sent


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_source_that_was_used_can_still_be_pickled(tmp_path: Path, format_name: str) -> None:
    written(tmp_path / "in", format_name)
    source = find_format(format_name).read(tmp_path / "in", {})
    subset = source.subsets()[0]
    items = [*source.items(subset)]
    assert [*pickle.loads(pickle.dumps(source)).items(subset)] == items  # noqa: S301 -- our own


def test_sizes_of_pictures_that_are_not_there_go_with_the_rows(tmp_path: Path) -> None:
    written(tmp_path / "in", "yolo", save_media=False)
    source = find_format("yolo").read(tmp_path / "in", {})
    assert isinstance(source, DividedSource)
    items = [*source.items("train")]
    assert [item.media.width for item in items if isinstance(item.media, dp.Image)][:3] == [5, 6, 8]
    messages = [pickle.dumps(part) for part in source.parts("train")]
    assert [item for message in messages for item in pickle.loads(message).items()] == items  # noqa: S301 -- our own


@pytest.mark.parametrize("format_name", ["voc", "yolo"])
def test_the_same_bytes_and_the_same_error_with_workers(tmp_path: Path, format_name: str) -> None:
    written(tmp_path / "in", format_name)
    files = []
    for workers in (1, 2):
        output = tmp_path / f"{workers}"
        dp.Dataset.import_from(tmp_path / "in", format_name).export(output, "datumpb", num_workers=workers)
        files.append({path.name: path.read_bytes() for path in sorted((output / "annotations").iterdir())})
    assert files[0] == files[1]
    folder, name = ("Annotations", "020.xml") if format_name == "voc" else ("labels/train", "020.txt")
    (tmp_path / "in" / folder / name).write_text("<a", "utf-8")
    messages = []
    for workers in (1, 2):
        with pytest.raises(SourceFormatError, match=name) as caught:
            dp.Dataset.import_from(tmp_path / "in", format_name).export(
                tmp_path / "bad", "datumpb", num_workers=workers
            )
        messages.append(str(caught.value))
        assert not (tmp_path / "bad").exists()
    assert messages[0] == messages[1]
