"""ObjectCorners: the boxes of objects, from the corners around each of their shapes."""

from __future__ import annotations

import numpy as np

from datumpb.codec.coordinate_batch import NO_DECIMALS
from datumpb.codec.scales import SCALES
from datumpb.model.geometry import Box, box_of_corners

# With up to 4 decimals and up to 2^48, `box_of_corners` does nothing but round a width to the decimals of the corners.
_MAX_DECIMALS, _MAX_ROUNDED = 4, float(1 << 48)


class ObjectCorners:
    """The left, top, right and bottom ends of shapes, and which object each shape belongs to."""

    def __init__(self) -> None:
        """Begin with no shapes."""
        self._objects: list[np.ndarray] = []
        self._corners: list[np.ndarray] = []
        self._decimals: list[np.ndarray] = []
        self._single: dict[int, list[Box]] = {}

    def add(self, objects: np.ndarray, corners: np.ndarray, decimals: np.ndarray) -> None:
        """Add many shapes.

        Args:
            objects: (N,) int64, the object of each.
            corners: (4, N) float64, their ends.
            decimals: (N,) int64, how many those have at most; `NO_DECIMALS`: any.
        """
        self._objects.append(objects)
        self._corners.append(corners)
        self._decimals.append(decimals)

    def add_one(self, number: int, corners: Box) -> None:
        """Add a shape of one object, whose ends may have any decimals."""
        self._single.setdefault(number, []).append(corners)

    def xywh(self, count: int) -> np.ndarray:
        """Return the boxes of so many objects, (count, 4) float64; 0 where an object has no corners."""
        xywh = np.zeros((count, 4))
        boxes = dict(self._single)
        if sum(map(len, self._objects)):
            objects, corners, plain, scales = self._by_object(count)
            left_top = corners[:2, plain]
            xywh[objects[plain], :2] = left_top.T
            xywh[objects[plain], 2:] = (np.rint((corners[2:, plain] - left_top) * scales[plain]) / scales[plain]).T
            for number, box in zip(objects[~plain].tolist(), corners.T[~plain].tolist(), strict=True):
                boxes[number] = [*boxes.get(number, ()), box]
        for number, parts in boxes.items():
            left, top, right, bottom = zip(*parts, strict=True)
            xywh[number] = box_of_corners(min(left), min(top), max(right), max(bottom))
        return xywh

    def _by_object(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Put the shapes of each object together.

        Returns:
            (N,) int64, the objects; (4, N) float64, their ends; (N,) bool, whether a width is that of the
            ends, rounded to their decimals; (N,) float64, ten to the power of those.
        """
        objects, decimals = np.concatenate(self._objects), np.concatenate(self._decimals)
        order = objects.argsort(kind="stable")
        objects, decimals = objects[order], decimals[order]
        corners = np.concatenate(self._corners, axis=1)[:, order]
        firsts = np.flatnonzero(np.diff(objects, prepend=-1))
        objects = objects[firsts]
        low, high = np.minimum.reduceat(corners[:2], firsts, axis=1), np.maximum.reduceat(corners[2:], firsts, axis=1)
        corners = np.concatenate((low, high))
        most = np.maximum.reduceat(decimals, firsts)
        scales = np.array(SCALES)[most.clip(0, _MAX_DECIMALS)]
        plain = (np.minimum.reduceat(decimals, firsts) > NO_DECIMALS) & (most <= _MAX_DECIMALS)
        plain &= np.maximum.reduce(np.abs(corners)) * scales <= _MAX_ROUNDED
        alone = np.ones(count, bool)
        alone[list(self._single)] = False
        plain &= alone[objects]
        return objects, corners, plain, scales
