"""Samples: items as pairs of image and target, as torchvision's detection and segmentation references expect them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np
import PIL.Image
import torch

from datumpb.dataset.dataset import Dataset
from datumpb.dataset.sequence import ItemSequence
from datumpb.dataset.subset import DatasetSubset
from datumpb.dataset.transforms.names import check_known
from datumpb.errors import DatasetError, MediaMismatchError, MediaNotFoundError, OptionError
from datumpb.model.media import Image

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from datumpb.model.categories import Categories
    from datumpb.model.item import Item

    Sample = tuple[Any, dict[str, Any]]

IMAGE_KINDS = ("tensor", "pil")


class SampleOptions(TypedDict, total=False):
    """What samples are made of; see `Samples`."""

    image: Literal["tensor", "pil"]
    masks: bool
    keypoints: bool
    first_label: int
    transforms: Callable[[Any, Any], Any] | None


class Samples:
    """The items of a dataset, and how samples are made of them.

    Attributes:
        categories: What labels mean. A target's label l is that of index l - `first_label`.
    """

    def __init__(  # noqa: PLR0913 -- the options of a sample, by name
        self,
        dataset: str | os.PathLike[str] | Dataset | DatasetSubset,
        subset: str | None = None,
        *,
        encryption_key: str | bytes | None = None,
        image: Literal["tensor", "pil"] = "tensor",
        masks: bool = False,
        keypoints: bool = False,
        first_label: int = 1,
        transforms: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        """Open a dataset.

        Args:
            dataset: A path, or an open dataset or subset. Best is the datumpb format: every other one keeps a list of
                its items in memory.
            subset: The subset to take; None: all of them, one after the other.
            encryption_key: The text of the key, for a path to an encrypted dataset.
            image: "tensor": (3, H, W) uint8, RGB; "pil": a PIL.Image in mode RGB. A picture with one channel of more
                than 8 bits keeps it and its type: (1, H, W).
            masks: Whether targets have "masks".
            keypoints: Whether targets have "keypoints".
            first_label: The number of the first label. 1 leaves 0 for the background, as torchvision's detection models
                want it.
            transforms: Gets image and target, and returns both.

        Raises:
            OptionError: Options contradict each other, or there is no such subset.
            DatumpbError: The dataset cannot be opened, or its subsets have different categories.
        """
        if image not in IMAGE_KINDS:
            message = f"image has to be 'tensor' or 'pil', not {image!r}"
            raise OptionError(message)
        source, subsets, self.categories = _opened(dataset, subset, encryption_key)
        self._items = ItemSequence(source, subsets)
        self._as_tensor = image == "tensor"
        self._masks = masks
        self._keypoints = keypoints
        self._first_label = first_label
        self._transforms = transforms
        points = self.categories.points
        self._keypoint_count = (
            0 if points is None else max((len(one.labels) for one in points.items.values()), default=0)
        )

    def item(self, index: int) -> Item:
        """Return the item of a sample, whose index is the "image_id" of its target."""
        return self._items[index]

    def _sample(self, index: int) -> Sample:
        item = self._items[index]
        pixels = _pixels(item)
        # Nothing reads the picture a second time for its size.
        item = dataclasses.replace(item, media=Image(None, *pixels.shape[:2]))
        image = _as_tensor(pixels) if self._as_tensor else PIL.Image.fromarray(pixels)
        target = self._target(item, index)
        return (image, target) if self._transforms is None else self._transforms(image, target)

    def _target(self, item: Item, index: int) -> dict[str, Any]:
        arrays = item.to_arrays(self._keypoint_count)
        labels = torch.from_numpy(arrays.labels)
        target: dict[str, Any] = {
            "boxes": torch.from_numpy(arrays.boxes),
            "labels": torch.where(labels < 0, labels, labels + self._first_label),
            "area": torch.from_numpy(arrays.areas),
            "iscrowd": torch.from_numpy(arrays.iscrowd.astype(np.int64)),
            "image_id": index,
        }
        if self._masks:
            target["masks"] = torch.from_numpy(arrays.masks.view(np.uint8))
        if self._keypoints:
            target["keypoints"] = torch.from_numpy(arrays.keypoints)
        return target


def _opened(
    dataset: str | os.PathLike[str] | Dataset | DatasetSubset, subset: str | None, key: str | bytes | None
) -> tuple[Any, list[str], Categories]:
    """Return the source of a dataset, the subsets to take, and their categories."""
    if isinstance(dataset, Dataset | DatasetSubset):
        if key is not None:
            message = "encryption_key is for a path: this dataset is open already"
            raise OptionError(message)
    else:
        options: dict[str, Any] = {} if key is None else {"encryption_key": key}
        dataset = Dataset.import_from(dataset, **options)
    source = dataset._source  # noqa: SLF001 -- the library's own class
    if isinstance(dataset, DatasetSubset):
        check_known("subset", [] if subset is None else [subset], [dataset.name])
        subset = dataset.name
    else:
        check_known("subset", [] if subset is None else [subset], source.subsets())
    if subset is None:
        return source, source.subsets(), dataset.categories()
    return source, [subset], source.meta(subset).categories


def _pixels(item: Item) -> np.ndarray:
    """Return an item's picture: (H, W, 3) uint8, or (H, W) where it has one channel of another type.

    Raises:
        DatasetError: It shows something else than a picture.
        MediaError: The picture cannot be had, or is of another size than the item says.
    """
    media = item.media
    if media is None or (isinstance(media, Image) and media.file is None):
        message = f"item {item.id!r} has no picture in the dataset"
        raise MediaNotFoundError(message)
    if not isinstance(media, Image):
        message = f"item {item.id!r} is no picture but a {type(media).__name__}, of which no sample can be made"
        raise DatasetError(message)
    pixels = media.pixels()
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    if pixels.ndim == 2 and pixels.dtype == np.uint8:  # noqa: PLR2004 -- height and width
        pixels = np.repeat(pixels[:, :, None], 3, axis=2)
    height, width = pixels.shape[:2]
    if (media.height or height, media.width or width) != (height, width):
        message = f"the picture is {height} x {width} pixels, item {item.id!r} says {media.height} x {media.width}"
        raise MediaMismatchError(message, None if media.file is None else media.file.path)
    return pixels


def _as_tensor(pixels: np.ndarray) -> torch.Tensor:
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)  # noqa: PLR2004 -- height and width
    return torch.from_numpy(np.array(planes, order="C", dtype=pixels.dtype.newbyteorder("=")))  # its own: it is changed
