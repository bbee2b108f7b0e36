"""A sample is the picture and the objects of an item, in the types that torchvision's references take."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest
import torch
from torch.utils.data import Dataset

import datumpb as dp
from datumpb.integrations.torch import DatumDataset
from tests.support.samples import KEY, OTHER_KEY, one_line
from tests.support.training import HEIGHT, WIDTH, encoded, train_items, write_folder

if TYPE_CHECKING:
    from pathlib import Path


def _dataset(item: dp.Item, **options: Any) -> DatumDataset:  # noqa: ANN401 -- passed on
    return DatumDataset(dp.Dataset.from_iterable([item], categories=["cat", "dog"]), **options)


def _item(*annotations: dp.Annotation, data: bytes | None = None) -> dp.Item:
    return dp.Item("i", media=dp.Image.from_bytes(data or encoded()), annotations=list(annotations))


def test_a_target() -> None:
    square = np.array([(1, 1), (4, 1), (4, 3), (1, 3)])
    points = dp.Points(np.array([(2, 2), (3, 3)]), np.array([2, 1]), group=1, label=1)
    item = _item(dp.Polygon(square, group=1, label=1, attributes={"is_crowd": True}), points, dp.Bbox(0, 0, 2, 2))
    dataset = _dataset(item, masks=True, keypoints=True)
    assert isinstance(dataset, Dataset)
    image, target = dataset[0]
    assert (image.dtype, image.shape) == (torch.uint8, (3, HEIGHT, WIDTH))
    assert {name: getattr(value, "dtype", type(value)) for name, value in target.items()} == {
        "boxes": torch.float32,
        "labels": torch.int64,
        "area": torch.float32,
        "iscrowd": torch.int64,
        "image_id": int,
        "masks": torch.uint8,
        "keypoints": torch.float32,
    }
    assert target["boxes"].tolist() == [[1, 1, 4, 3], [0, 0, 2, 2]]
    assert target["labels"].tolist() == [2, -1]
    assert target["area"].tolist() == [6, 4]
    assert target["iscrowd"].tolist() == [1, 0]
    assert target["keypoints"].tolist() == [[[2, 2, 2], [3, 3, 1]], [[0, 0, 0]] * 2]
    assert target["masks"].sum((1, 2)).tolist() == [6, 0]
    assert target["masks"].shape == (2, HEIGHT, WIDTH)  # of the picture: the item says no size
    assert dataset.item(target["image_id"]) == item


def test_only_what_is_asked_for() -> None:
    broken = dp.Mask(HEIGHT, WIDTH, b"no runs", group=1, label=0)
    with pytest.raises(dp.InvalidItemError, match="item 'i': object 0: RLE"):
        _ = _dataset(_item(dp.Bbox(0, 0, 1, 1, group=1, label=0), broken), masks=True)[0]
    _, target = _dataset(_item(dp.Bbox(0, 0, 1, 1, label=0)), first_label=0)[0]
    assert target.keys() == {"boxes", "labels", "area", "iscrowd", "image_id"}
    assert target["labels"].tolist() == [0]


def test_an_item_without_objects() -> None:
    _, target = _dataset(_item(), masks=True, keypoints=True)[0]
    shapes = {name: tuple(value.shape) for name, value in target.items() if name != "image_id"}
    assert shapes == {
        "boxes": (0, 4),
        "labels": (0,),
        "area": (0,),
        "iscrowd": (0,),
        "masks": (0, HEIGHT, WIDTH),
        "keypoints": (0, 0, 3),
    }


def test_keypoints_are_as_many_as_the_categories_say() -> None:
    points = dp.PointsCategories({0: dp.PointsCategory(["a", "b", "c"]), 1: dp.PointsCategory(["a"])})
    categories = dp.Categories(dp.LabelCategories.from_names(["cat", "dog"]), points=points)
    dataset = DatumDataset(dp.Dataset.from_iterable([_item()], categories=categories), keypoints=True)
    assert dataset[0][1]["keypoints"].shape == (0, 3, 3)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "1", "LA"])
def test_pictures_are_rgb_whatever_they_were(mode: str) -> None:
    data = encoded(mode)
    expected = np.asarray(PIL.Image.open(io.BytesIO(data)).convert("RGB"))
    image, _ = _dataset(_item(data=data))[0]
    np.testing.assert_array_equal(image.permute(1, 2, 0).numpy(), expected)
    picture, _ = _dataset(_item(data=data), image="pil")[0]
    assert picture.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(picture), expected)


def test_deep_pictures_keep_their_type() -> None:
    levels = (np.arange(48) * 1000).astype(np.uint16).reshape(HEIGHT, WIDTH)
    buffer = io.BytesIO()
    PIL.Image.fromarray(levels).save(buffer, "PNG")
    image, _ = _dataset(_item(data=buffer.getvalue()))[0]
    assert image.dtype == torch.uint16
    np.testing.assert_array_equal(image.numpy(), levels[None])


def test_an_image_is_the_callers_own() -> None:
    dataset = _dataset(_item())
    image, _ = dataset[0]
    image.zero_()
    assert dataset[0][0].any()


def test_transforms_get_both() -> None:
    shape, target = _dataset(_item(), transforms=lambda image, target: (image.shape, {**target, "seen": True}))[0]
    assert shape == (3, HEIGHT, WIDTH)
    assert (target["image_id"], target["seen"]) == (0, True)


@pytest.mark.parametrize("key", [None, KEY])
def test_paths_datasets_and_subsets_give_the_same(tmp_path: Path, key: str | None) -> None:
    folder = write_folder(tmp_path / "data", 30, key)
    options: dict[str, Any] = {} if key is None else {"encryption_key": key}
    opened = dp.Dataset.import_from(folder, **options)
    whole = DatumDataset(folder, encryption_key=key)
    assert len(whole) == 30
    assert [target["image_id"] for _, target in whole] == list(range(30))
    assert [whole.item(index).id for index in range(30)] == [item.id for item in opened]
    for one in (
        DatumDataset(str(folder), "val", encryption_key=key),
        DatumDataset(opened, "val"),
        DatumDataset(opened.subsets()["val"]),
        DatumDataset(opened.select(subsets=["val"])),
        DatumDataset(dp.Dataset.from_iterable(train_items(10, "val"), categories=["cat", "dog", "emu"])),
    ):
        assert len(one) == 10
        assert one.categories == whole.categories
        assert [one.item(index).id for index in range(10)] == [f"val-{index}" for index in range(10)]
        expected_samples = [whole[index] for index in range(20, 30)]
        for (image, target), (expected_image, expected) in zip(one, expected_samples, strict=True):
            assert torch.equal(image, expected_image)
            assert torch.equal(target["boxes"], expected["boxes"])
            assert torch.equal(target["labels"], expected["labels"])


def test_indices_are_those_of_a_sequence(tmp_path: Path) -> None:
    dataset = DatumDataset(write_folder(tmp_path / "data", 6))
    assert dataset[-1][1]["image_id"] == 5
    assert dataset[np.int64(2)][1]["image_id"] == 2  # samplers give numpy's, too
    for index in (6, -7):
        with pytest.raises(dp.ItemNotFoundError):
            _ = dataset[index]


def test_bad_options(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", 6, KEY)
    opened = dp.Dataset.import_from(folder, encryption_key=KEY)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"image": "numpy"}, "image has to be 'tensor' or 'pil', not 'numpy'"),
        ({"encryption_key": KEY}, "is open already"),
        ({"subset": "trian"}, "trian"),
    ]
    for options, expected in wrong:
        with pytest.raises(dp.OptionError, match=expected) as caught:
            DatumDataset(opened, **options)
        one_line(caught.value)
    with pytest.raises(dp.OptionError, match="train"):
        DatumDataset(opened.subsets()["val"], "train")
    with pytest.raises(dp.MissingKeyError):
        DatumDataset(folder)
    with pytest.raises(dp.WrongKeyError):
        DatumDataset(folder, encryption_key=OTHER_KEY)
    with pytest.raises(dp.DatasetError, match="no such"):
        DatumDataset(tmp_path / "nowhere")


def test_pictures_that_cannot_be_had_name_the_item(tmp_path: Path) -> None:
    with pytest.raises(dp.MediaNotFoundError, match="item 'i' has no picture"):
        _ = _dataset(dp.Item("i"))[0]
    with pytest.raises(dp.MediaNotFoundError, match="item 'i' has no picture"):
        _ = _dataset(dp.Item("i", media=dp.Image(height=3, width=4)))[0]
    with pytest.raises(dp.MediaNotFoundError, match=r"gone\.png"):
        _ = _dataset(dp.Item("i", media=dp.Image.from_file(str(tmp_path / "gone.png"))))[0]
    with pytest.raises(dp.MediaMismatchError, match="not a picture"):
        _ = _dataset(_item(data=b"no picture"))[0]
    with pytest.raises(dp.DatasetError, match="item 'i' is no picture but a PointCloud"):
        _ = _dataset(dp.Item("i", media=dp.PointCloud(dp.MediaRef("x.pcd"))))[0]
    with pytest.raises(dp.MediaMismatchError, match="is 6 x 8 pixels, item 'i' says 8 x 6"):
        _ = _dataset(dp.Item("i", media=dp.Image.from_bytes(encoded(), 8, 6)))[0]
