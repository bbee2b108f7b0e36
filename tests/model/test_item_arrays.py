"""Items as arrays: what pycocotools makes of the same file, and what small items are by hand."""

from __future__ import annotations

import io
import math

import numpy as np
import PIL.Image
import pytest
from pycocotools.coco import COCO

import datumpb as dp
from datumpb.model import rle
from datumpb.model.item_boxes import NO_LABEL
from tests.support import coco as support
from tests.support.samples import one_line

COCO128 = support.SHARED / "coco128"
SQUARE = np.array([(1, 1), (4, 1), (4, 3), (1, 3)])


def _item(*annotations: dp.Annotation, height: int | None = 6, width: int | None = 8) -> dp.Item:
    return dp.Item("i", media=dp.Image(height=height, width=width), annotations=list(annotations))


@pytest.mark.skipif(not COCO128.is_dir(), reason="../shared/data is not here")
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with NumPy 2
def test_coco128_is_what_pycocotools_says(capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = (COCO128 / "annotations").glob("instances_*.json")
    reference = COCO(str(file))
    capsys.readouterr()
    numbers = {category["name"]: category["id"] for category in reference.dataset["categories"]}
    dataset = dp.Dataset.import_from(COCO128, "coco")
    labels = dataset.categories().labels
    assert labels is not None
    rows = 0
    for item in dataset:
        number = item.attributes["id"]
        assert isinstance(number, int)
        entries = reference.imgToAnns[number]
        arrays = item.to_arrays()
        assert len(arrays) == len(entries)
        rows += len(entries)
        corners = [(x, y, x + w, y + h) for x, y, w, h in (entry["bbox"] for entry in entries)]
        np.testing.assert_array_equal(arrays.boxes, np.array(corners, np.float32).reshape(-1, 4))
        np.testing.assert_allclose(arrays.areas, [entry["area"] for entry in entries], rtol=1e-6)
        np.testing.assert_array_equal(arrays.iscrowd, np.array([entry["iscrowd"] for entry in entries], bool))
        assert [numbers[labels[index].name] for index in arrays.labels] == [entry["category_id"] for entry in entries]
        assert [shapes[0].id for shapes in arrays.objects] == [entry["id"] for entry in entries]
        for mask, entry in zip(arrays.masks, entries, strict=True):
            np.testing.assert_array_equal(mask, reference.annToMask(entry))
    assert rows == 939


def test_shapes_and_types() -> None:
    arrays = _item(dp.Polygon(SQUARE, label=3), dp.Bbox(0.5, 1, 2, 3)).to_arrays()
    expected = {
        "boxes": ((2, 4), np.float32),
        "labels": ((2,), np.int64),
        "areas": ((2,), np.float32),
        "iscrowd": ((2,), np.bool_),
        "keypoints": ((2, 0, 3), np.float32),
        "masks": ((2, 6, 8), np.bool_),
    }
    for name, (shape, dtype) in expected.items():
        assert getattr(arrays, name).shape == shape, name
        assert getattr(arrays, name).dtype == dtype, name
    assert arrays.labels.tolist() == [3, NO_LABEL]
    assert arrays.boxes.tolist() == [[1, 1, 4, 3], [0.5, 1, 2.5, 4]]
    assert arrays.areas.tolist() == [6, 6]


def test_an_empty_item_has_arrays_without_rows() -> None:
    arrays = _item(dp.Label(label=1), dp.Caption("nothing")).to_arrays(keypoint_count=17)
    assert len(arrays) == 0
    assert arrays.boxes.shape == (0, 4)
    assert arrays.labels.shape == arrays.areas.shape == arrays.iscrowd.shape == (0,)
    assert arrays.keypoints.shape == (0, 17, 3)
    assert arrays.masks.shape == (0, 6, 8)
    assert dp.Item("no picture").to_arrays().masks.shape == (0, 0, 0)


def test_all_shapes_of_an_object_are_one_row() -> None:
    bitmap = np.zeros((6, 8), bool)
    bitmap[5, 7] = True
    parts = (dp.Polygon(SQUARE, group=1), dp.Mask(6, 8, rle.from_bitmap(bitmap), group=1))
    arrays = _item(*parts).to_arrays()
    bitmap[1:3, 1:4] = True
    np.testing.assert_array_equal(arrays.masks, bitmap[None])
    assert arrays.boxes.tolist() == [[1, 1, 8, 6]]
    assert arrays.areas.tolist() == [7]
    boxed = _item(*parts, dp.Bbox(0, 0, 7, 5, group=1)).to_arrays()
    assert boxed.boxes.tolist() == [[0, 0, 7, 5]]
    assert boxed.areas.tolist() == [7]
    np.testing.assert_array_equal(boxed.masks, bitmap[None])


def test_ellipses_and_turned_boxes() -> None:
    arrays = _item(dp.Ellipse(6, 1, 2, 5), dp.RotatedBbox(4, 3, 4, 2, 90)).to_arrays()
    np.testing.assert_allclose(arrays.boxes, [[2, 1, 6, 5], [3, 1, 5, 5]], atol=1e-6)
    np.testing.assert_allclose(arrays.areas, [4 * math.pi, 8], rtol=1e-6)
    rows, columns = np.indices((6, 8)) + 0.5
    np.testing.assert_array_equal(arrays.masks[0], (columns - 4) ** 2 + (rows - 3) ** 2 <= 4)
    assert np.argwhere(arrays.masks[1]).min(axis=0).tolist() == [1, 3]
    assert arrays.masks[1].sum() == 8


@pytest.mark.parametrize(
    ("shape", "box", "area"),
    [
        (dp.PolyLine(np.array([(1, 2), (4, 3)])), [1, 2, 4, 3], 3),
        (dp.Cuboid2d(np.array([(0, 0), (2, 0), (2, 2), (0, 2)] * 2)), [0, 0, 2, 2], 4),
        (dp.Points(np.array([(1, 2), (4, 3)])), [0, 0, 0, 0], 0),
        (dp.Mask(6, 8, rle.from_bitmap(np.zeros((6, 8)))), [0, 0, 0, 0], 0),
        (dp.Polygon(np.zeros((0, 2))), [0, 0, 0, 0], 0),
    ],
)
def test_what_covers_nothing_has_a_mask_without_pixels(shape: dp.Annotation, box: list[float], area: float) -> None:
    arrays = _item(shape).to_arrays()
    assert arrays.boxes.tolist() == [box]
    assert arrays.areas.tolist() == [area]
    assert not arrays.masks.any()


def test_keypoints_are_filled_up() -> None:
    three = dp.Points(np.array([(1, 2), (3.5, 4), (0, 0)]), np.array([2, 1, 0]), group=4)
    item = _item(dp.Bbox(0, 0, 5, 5, group=4), three, dp.Bbox(1, 1, 1, 1), dp.Points(np.array([(7, 5)])))
    expected = [
        [[1, 2, 2], [3.5, 4, 1], [0, 0, 0]],
        [[0, 0, 0]] * 3,
        [[7, 5, 2], [0, 0, 0], [0, 0, 0]],
    ]
    assert item.to_arrays().keypoints.tolist() == expected
    more = item.to_arrays(keypoint_count=5).keypoints
    assert more.shape == (3, 5, 3)
    assert more[:, :3].tolist() == expected
    assert item.to_arrays(keypoint_count=1).keypoints.tolist() == expected


def test_nothing_is_drawn_that_nobody_asks_for() -> None:
    arrays = _item(dp.Mask(6, 8, b"not runs", label=1), height=None).to_arrays()
    assert arrays.labels.tolist() == [1]
    with pytest.raises(dp.InvalidItemError, match="object 0: RLE"):
        _ = arrays.masks
    with pytest.raises(dp.InvalidItemError, match="object 0: RLE"):
        _ = arrays.boxes
    with pytest.raises(dp.InvalidItemError, match="object 0: RLE"):
        _ = arrays.areas


def test_the_size_may_come_from_the_picture_or_from_masks() -> None:
    file = io.BytesIO()
    PIL.Image.new("L", (8, 6)).save(file, "PNG")
    pictured = dp.Item("i", media=dp.Image.from_bytes(file.getvalue()), annotations=[dp.Polygon(SQUARE)])
    np.testing.assert_array_equal(pictured.to_arrays().masks, _item(dp.Polygon(SQUARE)).to_arrays().masks)
    mask = dp.Mask(6, 8, rle.from_bitmap(np.eye(6, 8)))
    assert dp.Item("i", annotations=[dp.Polygon(SQUARE), mask]).to_arrays().masks.shape == (2, 6, 8)
    assert dp.Item("i", annotations=[dp.Bbox(0, 0, 1, 1)]).to_arrays().masks.shape == (1, 0, 0)
    with pytest.raises(dp.InvalidItemError, match="size") as caught:
        _ = dp.Item("i", annotations=[dp.Polygon(SQUARE)]).to_arrays().masks
    assert one_line(caught.value, "i") == "item 'i': the size of its picture is not known, so nothing can be drawn"
    with pytest.raises(dp.InvalidItemError, match="object 0: a mask of 6 x 8 does not fit a picture of 5 x 8"):
        _ = _item(mask, height=5).to_arrays().masks


def test_huge_sizes_are_refused_before_anything_is_allocated() -> None:
    with pytest.raises(dp.InvalidItemError, match="cannot be drawn into"):
        _ = _item(dp.Bbox(0, 0, 1, 1), height=2**31, width=2**31).to_arrays().masks
    with pytest.raises(dp.InvalidItemError, match="cannot be drawn into"):
        _item(dp.Bbox(0, 0, 1, 1), height=-1, width=2**31).to_arrays().mask(0)
    arrays = _item(*[dp.Bbox(0, 0, 1, 1)] * 9, height=2**14, width=2**14).to_arrays()
    with pytest.raises(dp.InvalidItemError, match=r"9 masks of 16384 x 16384 are more than .*one by one"):
        _ = arrays.masks
    assert arrays.mask(8).shape == (2**14, 2**14)
    with pytest.raises(dp.InvalidItemError, match="keypoints are more than"):
        _ = _item(dp.Points(np.zeros((1, 2)))).to_arrays(keypoint_count=2**40).keypoints


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e39])
def test_what_no_float32_holds_is_refused(bad: float) -> None:
    arrays = _item(dp.Bbox(0, 0, 1, 1), dp.Bbox(bad, 0, 1, 1)).to_arrays()
    with pytest.raises(dp.InvalidItemError, match="item 'i': object 1: a coordinate"):
        _ = arrays.boxes
    with pytest.raises(dp.InvalidItemError, match="item 'i': object 0: a coordinate"):
        _ = _item(dp.Points(np.array([(bad, 0)]))).to_arrays().keypoints


def test_areas_and_outlines_that_are_not_finite_are_refused() -> None:
    with pytest.raises(dp.InvalidItemError, match="item 'i': object 0: a coordinate or an area"):
        _ = _item(dp.Bbox(0, 0, 1e30, 1e30)).to_arrays().areas
    with pytest.raises(dp.InvalidItemError, match="item 'i': object 0: a shape with a coordinate that is not finite"):
        _ = _item(dp.Polygon(np.array([(math.nan, 0), (1, 1), (0, 2)]))).to_arrays().masks
