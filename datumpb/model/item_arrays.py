"""ItemArrays: the objects of an item as arrays, for those who train with them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import InvalidItemError
from datumpb.model.annotations import Annotation, Mask, Points
from datumpb.model.geometry import AREAS, area_of, bbox_of
from datumpb.model.item_boxes import NO_LABEL
from datumpb.model.objects import is_crowd, objects_of, stated_area
from datumpb.model.picture_size import size_of_item
from datumpb.model.rle import MAX_BITMAP_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datumpb.model.item import Item

MAX_MASKS_PIXELS = 1 << 31
"""The most pixels that the masks of an item may have together, which is their size in bytes."""

MAX_KEYPOINTS = 1 << 26
"""The most keypoints that the objects of an item may have together, filled-up ones included."""

_VALUES = 3  # of a keypoint: x, y, visibility


class ItemArrays:
    """The objects of an item as arrays; row i of each is object i. An array is computed when it is first asked for.

    Attributes:
        objects: The annotations of each object, as `objects_of` sorts them: an annotation of a COCO file is one object,
            in the file's order.
    """

    def __init__(self, item: Item, keypoint_count: int = 0) -> None:
        """Sort the annotations of an item; `Item.to_arrays` is the usual way.

        Args:
            item: The item.
            keypoint_count: The least number of keypoints that each object gets.
        """
        self.objects = objects_of(item.annotations)
        self._item = item
        self._keypoint_count = keypoint_count

    def __len__(self) -> int:
        """Return how many objects there are."""
        return len(self.objects)

    @cached_property
    def boxes(self) -> np.ndarray:
        """The corners (x1, y1, x2, y2) of each object's box, (N, 4) float32 in pixels.

        That of its Bbox where it has one, else of the extent of its shapes. All 0 where nothing tells it: keypoints
        alone define no box, nor does a mask without pixels.

        Raises:
            InvalidItemError: A coordinate is no finite float32, or a mask is damaged.
        """
        rows = []
        for number, shapes in enumerate(self.objects):
            try:
                x, y, w, h = bbox_of(shapes) or (0.0, 0.0, 0.0, 0.0)
            except InvalidItemError as error:
                raise self._invalid(number, str(error)) from error
            rows.append((x, y, x + w, y + h))
        return self._finite(rows, (len(self), 4))

    @cached_property
    def labels(self) -> np.ndarray:
        """The index of each object's label, from 0, (N,) int64; -1: it has none."""
        numbers = (NO_LABEL if shapes[0].label is None else shapes[0].label for shapes in self.objects)
        return np.fromiter(numbers, np.int64, len(self))

    @cached_property
    def areas(self) -> np.ndarray:
        """The area of each object, (N,) float32 in square pixels.

        What the COCO file said that it comes from, else what its outlines, masks, ellipses and turned boxes cover, else
        that of its box. Outlines are measured as they are, not by their pixels.

        Raises:
            InvalidItemError: An area is no finite float32, or a mask is damaged.
        """
        rows = []
        for number, shapes in enumerate(self.objects):
            stated = stated_area(shapes)
            try:
                rows.append(area_of(shapes) if stated is None else stated)
            except InvalidItemError as error:
                raise self._invalid(number, str(error)) from error
        return self._finite(rows, (len(self),))

    @cached_property
    def iscrowd(self) -> np.ndarray:
        """Whether each object is a crowd, as COCO's `iscrowd`, (N,) bool."""
        return np.fromiter(map(is_crowd, self.objects), bool, len(self))

    @cached_property
    def keypoints(self) -> np.ndarray:
        """The keypoints of each object, (N, K, 3) float32: x and y in pixels, and visibility.

        Visibility is that of COCO: 0 not labelled, 1 labelled but hidden, 2 visible. K is the number that was asked for
        or, if larger, that of the object that has most. What an object has less is filled up with zeros.

        Raises:
            InvalidItemError: A coordinate is no finite float32, or there are too many.
        """
        points = [next((part for part in shapes if isinstance(part, Points)), None) for shapes in self.objects]
        count = max([self._keypoint_count, *(len(one.points) for one in points if one is not None)])
        if len(self) * count > MAX_KEYPOINTS:
            message = f"item {self._item.id!r}: {len(self)} x {count} keypoints are more than {MAX_KEYPOINTS}"
            raise InvalidItemError(message)
        keypoints = np.zeros((len(self), count, _VALUES))
        for row, one in zip(keypoints, points, strict=True):
            if one is not None:
                row[: len(one.points), :2] = one.points
                row[: len(one.points), 2] = one.visibility
        return self._finite(keypoints, keypoints.shape)

    @cached_property
    def masks(self) -> np.ndarray:
        """The pixels of each object, (N, H, W) bool, in the size of the item's picture; see `mask`.

        H and W are 0 where nothing tells the size and nothing is to be drawn.

        Raises:
            InvalidItemError: As `mask`; or all masks together have more than `MAX_MASKS_PIXELS`.
            MediaError: The picture's size is needed, and the file is not what the item means.
        """
        height, width = self._size_of_masks
        if len(self) * height * width > MAX_MASKS_PIXELS:
            message = f"item {self._item.id!r}: {len(self)} masks of {height} x {width} are more than "
            message += f"{MAX_MASKS_PIXELS} pixels: draw them one by one, by mask()"
            raise InvalidItemError(message)
        masks = np.zeros((len(self), height, width), bool)
        for number in range(len(self)):
            masks[number] = self.mask(number)
        return masks

    def mask(self, number: int) -> np.ndarray:
        """Draw one object, (H, W) bool in the size of the item's picture.

        Outlines and turned boxes are filled as by pycocotools, a pixel of an ellipse is inside where its centre is, and
        an object has all pixels that any of its shapes has. Boxes, lines, cuboids and keypoints do not say which pixels
        an object covers: with nothing else, it has none.

        Args:
            number: The object.

        Raises:
            InvalidItemError: The size is not known or too large, a mask is damaged or of another size, or an outline
                is not finite or too long.
            MediaError: The picture's size is needed, and the file is not what the item means.
        """
        from datumpb.model.drawing import draw  # noqa: PLC0415 -- pycocotools is loaded when needed

        height, width = self._size_of_masks
        shapes: Sequence[Annotation] = [shape for shape in self.objects[number] if isinstance(shape, AREAS)]
        if not shapes:
            return np.zeros((height, width), bool)
        try:
            drawn = draw(shapes[0], height, width)
            for shape in shapes[1:]:
                drawn |= draw(shape, height, width)
        except InvalidItemError as error:
            raise self._invalid(number, str(error)) from error
        return drawn

    @cached_property
    def _size_of_masks(self) -> tuple[int, int]:
        """Return height and width: the item's, else those of its masks."""
        size = size_of_item(self._item)
        if size is not None:
            height, width = size
            if min(size) < 0 or height * width > MAX_BITMAP_PIXELS:
                message = f"item {self._item.id!r}: a picture of {height} x {width} pixels cannot be drawn into"
                raise InvalidItemError(message)
            return size
        filled = [shape for shapes in self.objects for shape in shapes if isinstance(shape, AREAS)]
        mask = next((shape for shape in filled if isinstance(shape, Mask)), None)
        if mask is not None:
            return mask.height, mask.width
        if filled:
            message = f"item {self._item.id!r}: the size of its picture is not known, so nothing can be drawn"
            raise InvalidItemError(message)
        return 0, 0

    def _finite(self, rows: Iterable[object] | np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        with np.errstate(over="ignore"):  # and told below
            numbers = np.asarray(rows, np.float64).reshape(shape).astype(np.float32)
        bad = np.argwhere(~np.isfinite(numbers))
        if len(bad):
            raise self._invalid(int(bad[0, 0]), "a coordinate or an area is not a finite float32")
        return numbers

    def _invalid(self, number: int, message: str) -> InvalidItemError:
        return InvalidItemError(f"item {self._item.id!r}: object {number}: {message}")
