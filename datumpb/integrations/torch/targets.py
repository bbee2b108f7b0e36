"""What is often done with samples: batches, targets that a detector can learn from, and maps of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.integrations.torch.samples import Sample

_PER_OBJECT = ("boxes", "labels", "area", "iscrowd", "masks", "keypoints")


def collate(samples: Sequence[Sample]) -> tuple[list[Any], list[dict[str, Any]]]:
    """Make a batch: the list of images, and the list of targets. Images may differ in size, so nothing is stacked."""
    images, targets = zip(*samples, strict=True)
    return list(images), list(targets)


def trainable(image: Any, target: dict[str, Any]) -> Sample:  # noqa: ANN401 -- a tensor or a PIL.Image
    """Keep the objects that a detector can learn from, their boxes cut off at the picture's edge (a transform).

    As in torchvision's reference for COCO: crowds go, and what has no box in the picture. So do objects without a label
    and, where there are masks, without a pixel.

    Args:
        image: (..., H, W), or a PIL.Image.
        target: See `DatumDataset`; it is not changed.
    """
    height, width = image.shape[-2:] if isinstance(image, torch.Tensor) else (image.height, image.width)
    boxes = target["boxes"].clone()
    boxes[:, 0::2] = boxes[:, 0::2].clamp(0, width)
    boxes[:, 1::2] = boxes[:, 1::2].clamp(0, height)
    kept = (boxes[:, 2:] > boxes[:, :2]).all(1) & (target["iscrowd"] == 0) & (target["labels"] >= 0)
    if "masks" in target:
        kept &= target["masks"].bool().flatten(1).any(1)
    cut = {**target, "boxes": boxes}
    return image, {name: value[kept] if name in _PER_OBJECT else value for name, value in cut.items()}


def class_map(image: Any, target: dict[str, Any]) -> tuple[Any, torch.Tensor]:  # noqa: ANN401 -- passed on
    """Turn masks into what a semantic segmentation learns from (a transform): the label of each pixel.

    Returns:
        The image, and (H, W) int64: the label of the object there, 0 where there is none, and 255, by custom to be
        ignored, where several overlap (as in torchvision's reference for COCO), a crowd is, or an object has no label.
    """
    masks, labels = target["masks"].bool(), target["labels"]
    numbers = torch.zeros(masks.shape[1:], dtype=torch.int64)
    for mask, label, crowd in zip(masks, labels.tolist(), target["iscrowd"].tolist(), strict=True):
        numbers[mask] = 255 if crowd or label < 0 else label
    numbers[masks.sum(0) > 1] = 255
    return image, numbers
