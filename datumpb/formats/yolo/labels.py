"""A line of a label file, to annotations."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from datumpb.errors import OptionError, SourceFormatError
from datumpb.formats.yolo.numbers import box_of
from datumpb.formats.yolo.settings import TASKS, Settings
from datumpb.model.annotations import Annotation, Bbox, Points, Polygon
from datumpb.model.geometry import rotated_box_of

TOLERANCE = 0.01
"""How far beyond the picture a number may be, in parts of its side: Ultralytics leaves out pictures with more."""

_BOX = 4
_CORNERS = 8
_LEAST_OUTLINE = 6
_VISIBLE = 2
_MOST_SKEW = 0.5  # pixels


def task_of(settings: Settings, task: str | None) -> str:
    """Return what the numbers of a dataset mean.

    Raises:
        OptionError: There is no such task, or no `kpt_shape` for keypoints.
    """
    if task is not None and task not in TASKS:
        message = f"there is no task {task!r}; there are: {', '.join(TASKS)}"
        raise OptionError(message)
    found = task or ("pose" if settings.keypoints is not None else settings.task or "segment")
    if found == "pose" and settings.keypoints is None:
        message = "task 'pose' needs a data.yaml with kpt_shape: how many keypoints there are"
        raise OptionError(message)
    return found


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads the lines of a picture's label file.

    Attributes:
        settings: What holds for the dataset.
        task: What the numbers mean.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
    """

    settings: Settings
    task: str
    width: int
    height: int

    def annotations(self, line: str, group: int) -> list[Annotation]:
        """Return what a line describes: one shape, or a box and its keypoints in a group.

        Args:
            line: The line, not blank.
            group: A number that no other object of the picture has.

        Raises:
            SourceFormatError: The line is not what the task asks for.
        """
        first, *rest = line.split()
        label = self._label(first)
        numbers = [_number(field) for field in rest]
        if self.task == "pose":
            return self._pose(numbers, label, group)
        if len(numbers) == _BOX and self.task != "obb":
            return [self._box(numbers, label)]
        if self.task == "obb":
            return [self._turned(numbers, label)]
        if self.task == "segment" and len(numbers) >= _LEAST_OUTLINE and len(numbers) % 2 == 0:
            return [Polygon(self._points(numbers), label=label)]
        expected = (
            "a class and 4 numbers"
            if self.task == "detect"
            else "a class and 4 numbers, or pairs of at least 3 points,"
        )
        message = f"{expected} expected, not {len(numbers)} numbers"
        raise SourceFormatError(message)

    def _label(self, field: str) -> int:
        number = _number(field)
        if not number.is_integer():
            message = f"a class is a whole number, not {field!r}"
            raise SourceFormatError(message)
        if not 0 <= number < len(self.settings.labels):
            message = f"unknown class {int(number)}: there are {len(self.settings.labels)}, counted from 0"
            raise SourceFormatError(message)
        return int(number)

    def _box(self, numbers: list[float], label: int) -> Bbox:
        _check_inside(numbers)
        if numbers[2] < 0 or numbers[3] < 0:
            message = "a box of negative size"
            raise SourceFormatError(message)
        x, y, w, h = numbers
        return Bbox(*box_of((x, y, w, h), self.width, self.height), label=label)

    def _points(self, numbers: list[float]) -> np.ndarray:
        _check_inside(numbers)
        return np.array(numbers, np.float64).reshape(-1, 2) * (self.width, self.height)

    def _turned(self, numbers: list[float], label: int) -> Annotation:
        if len(numbers) != _CORNERS:
            message = f"a class and 4 corners (8 numbers) expected, not {len(numbers)} numbers"
            raise SourceFormatError(message)
        points = self._points(numbers)
        box = rotated_box_of([(x, y) for x, y in points.tolist()], _MOST_SKEW)
        if box is None:
            return Polygon(points, label=label)
        box.label = label
        return box

    def _pose(self, numbers: list[float], label: int, group: int) -> list[Annotation]:
        assert self.settings.keypoints is not None
        count, size = self.settings.keypoints
        if len(numbers) != _BOX + count * size:
            message = (
                f"a class and {_BOX + count * size} numbers expected, as kpt_shape says, not {len(numbers)} numbers"
            )
            raise SourceFormatError(message)
        box = self._box(numbers[:_BOX], label)
        rows = np.array(numbers[_BOX:], np.float64).reshape(count, size)
        _check_inside(rows[:, :2].reshape(-1).tolist())
        visibility = rows[:, 2] if size > _VISIBLE else np.full(count, _VISIBLE)
        if not np.all(np.isin(visibility, (0, 1, _VISIBLE))):
            message = "the visibility of a keypoint is 0, 1 or 2"
            raise SourceFormatError(message)
        if not rows.any():  # so an object without keypoints is written
            return [box]
        points = Points(rows[:, :2] * (self.width, self.height), visibility.astype(np.uint8), label=label)
        box.group = points.group = group
        return [box, points]


def _number(field: str) -> float:
    try:
        number = float(field)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in field:
        message = f"a finite number expected, not {field!r}"
        raise SourceFormatError(message)
    return number


def _check_inside(numbers: list[float]) -> None:
    if min(numbers) < -TOLERANCE or max(numbers) > 1 + TOLERANCE:
        worst = min(numbers) if min(numbers) < -TOLERANCE else max(numbers)
        message = (
            f"outside of the picture: {worst!r}, where numbers from 0 to 1 are expected (up to {TOLERANCE} beyond)"
        )
        raise SourceFormatError(message)
