"""Outlines: the shapes of one or several items whose points are decoded together, once all of them are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from datumpb.codec.coordinate_batch import CoordinateBatch
from datumpb.errors import DamagedFileError

if TYPE_CHECKING:
    from datumpb import messages
    from datumpb.model.annotations import Points, Polygon, PolyLine

ItemPoints: TypeAlias = tuple[np.ndarray, list[int]]
"""The points of an item's shapes, (N, 2) float64, and where those of each shape end among them."""

_STRIDE = 2
_NONE: ItemPoints = (np.zeros((0, _STRIDE)), [])
VISIBLE = 2
"""The visibility of keypoints that state none."""


class Outlines:
    """Shapes without points, and the messages of their points.

    Each item's points get memory of their own, so that who keeps an item keeps nothing of others.

    Attributes:
        points: The points of all items, once they are decoded; not to be changed.
    """

    def __init__(self, known: ItemPoints | None = None) -> None:
        """Begin with no shapes.

        Args:
            known: What `points` was when the same item was decoded before, and alone: nothing is decoded again.
        """
        self.points: ItemPoints = _NONE if known is None else known
        self._batch = CoordinateBatch(_STRIDE) if known is None else None
        self._shapes: list[Polygon | PolyLine | Points] = []
        self._item_ends: list[int] = []
        self._keypoints: list[tuple[Points, np.ndarray | None]] = []

    def add(self, shape: Polygon | PolyLine | Points, message: messages.Coordinates) -> None:
        """Add a shape of the item at hand, whose points are those of a message.

        Raises:
            DamagedFileError: The message is not what the schema allows.
        """
        self._shapes.append(shape)
        if self._batch is not None:
            self._batch.add(message)

    def add_keypoints(self, shape: Points, message: messages.Coordinates, visibility: np.ndarray | None) -> None:
        """Add keypoints with the visibility, (N,) uint8, that their message states; None: all are visible.

        Raises:
            DamagedFileError: The message is not what the schema allows.
        """
        self._keypoints.append((shape, visibility))
        self.add(shape, message)

    def end_item(self) -> None:
        """Let the next shape be that of another item."""
        self._item_ends.append(len(self._shapes))

    def fill(self) -> None:
        """Give all shapes their points.

        Raises:
            DamagedFileError: A message is not what the schema allows.
        """
        if self._batch is not None:
            self.points = self._batch.decode()
        points, ends = self.points
        first = start = 0
        for last in self._item_ends:
            if last > first:
                own = points[start : ends[last - 1]].copy()
                offset, begin = start, 0
                for shape, end in zip(self._shapes[first:last], ends[first:last], strict=True):
                    shape.points = own[begin : end - offset]
                    begin = end - offset
                first, start = last, ends[last - 1]
        for keypoints, visibility in self._keypoints:
            count = len(keypoints.points)
            keypoints.visibility = np.full(count, VISIBLE, np.uint8) if visibility is None else visibility
            if keypoints.visibility.size != count:
                raise bad_visibility()

    def by_item(self) -> list[ItemPoints]:
        """Return the points of each item, once they are decoded: as `known` of the item alone."""
        points, ends = self.points
        known, first, start = [], 0, 0
        for last in self._item_ends:
            end = ends[last - 1] if last > first else start
            known.append(
                (points[start:end], [number - start for number in ends[first:last]]) if last > first else _NONE
            )
            first, start = last, end
        return known


def bad_visibility() -> DamagedFileError:
    """Return the error of keypoints whose visibility does not fit."""
    return DamagedFileError("visibility has to be a number from 0 to 255 for each point")
