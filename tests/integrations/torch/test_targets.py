"""What is done with samples: batches, what a detector can learn from, and maps of classes."""

from __future__ import annotations

from typing import Any

import PIL.Image
import pytest
import torch

from datumpb.integrations.torch import class_map, collate, trainable


def _target(masks: list[list[int]] | None = None) -> dict[str, Any]:
    boxes = [[-2, 1, 4, 9], [1, 1, 3, 3], [2, 2, 2, 5], [0, 0, 0, 0], [20, 0, 30, 4], [1, 1, 3, 3]]
    target: dict[str, Any] = {
        "boxes": torch.tensor(boxes, dtype=torch.float32),
        "labels": torch.tensor([1, 2, 1, 1, 1, -1]),
        "area": torch.arange(6.0),
        "iscrowd": torch.tensor([0, 1, 0, 0, 0, 0]),
        "image_id": 7,
    }
    if masks is not None:
        target["masks"] = torch.tensor(masks, dtype=torch.uint8)[:, None]
    return target


@pytest.mark.parametrize("image", [torch.zeros(3, 6, 8), PIL.Image.new("RGB", (8, 6))])
def test_trainable_objects(image: torch.Tensor | PIL.Image.Image) -> None:
    before = _target()
    same, target = trainable(image, before)
    assert same is image
    assert target["boxes"].tolist() == [[0, 1, 4, 6]]
    assert target["labels"].tolist() == [1]
    assert target["area"].tolist() == [0]
    assert target["image_id"] == 7
    assert torch.equal(before["boxes"], _target()["boxes"])


def test_an_object_without_pixels_is_not_trainable_where_masks_are() -> None:
    image = torch.zeros(3, 1, 8)
    _, target = trainable(image, _target([[0] * 8] * 6))
    assert target["boxes"].shape == (0, 4)
    assert target["masks"].shape == (0, 1, 8)
    full = _target([[0] * 8] * 6)
    empty = {name: value if name == "image_id" else value[:0] for name, value in full.items()}
    assert trainable(image, empty)[1]["boxes"].shape == (0, 4)


def test_a_class_map() -> None:
    rows = [[1, 1, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0]]
    target = {
        "masks": torch.tensor(rows, dtype=torch.uint8)[:, None],
        "labels": torch.tensor([3, 4, 5, -1]),
        "iscrowd": torch.tensor([0, 0, 1, 0]),
    }
    image, numbers = class_map("image", target)
    assert image == "image"
    assert numbers.dtype == torch.int64
    assert numbers.tolist() == [[3, 255, 4, 255, 255, 0, 0]]
    none = {name: value[:0] for name, value in target.items()}
    assert class_map("image", none)[1].tolist() == [[0] * 7]


def test_a_batch() -> None:
    assert collate([("a", {"image_id": 1}), ("b", {"image_id": 2})]) == (["a", "b"], [{"image_id": 1}, {"image_id": 2}])
