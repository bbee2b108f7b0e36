"""Annotations: what is known about an item (schema: `annotation.proto`).

Image coordinates are float64 pixels from the outer corner of the top left pixel, x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import InvalidItemError
from datumpb.model.arrays import as_float64, as_numbers, as_points
from datumpb.model.rle import Rle
from datumpb.model.values import Exact, Value

if TYPE_CHECKING:
    from datumpb.model.media import Image


@dataclass(slots=True, eq=False, kw_only=True)
class Annotation(Exact):
    """What all annotations have (schema: `Annotation`).

    Attributes:
        id: Its number in the source, any int64; 0: it has none.
        group: Annotations of an item with the same non-zero group describe one object; 0: it stands alone.
        label: Index into the label categories; None: no label.
        object_id: The same object keeps this number through a sequence; None: it has none.
        z_order: A shape with a higher one hides one with a lower one.
        attributes: Further properties.
    """

    id: int = 0
    group: int = 0
    label: int | None = None
    object_id: int | None = None
    z_order: int = 0
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Label(Annotation):
    """A class of the whole item: it says no more than `label` does."""


@dataclass(slots=True, eq=False)
class Mask(Annotation):
    """A set of pixels as COCO's run-length encoding.

    Attributes:
        height: Of the mask, in pixels.
        width: Of the mask, in pixels.
        counts: The runs in COCO's compressed form, as pycocotools has them: column by column, first a run of 0.
    """

    height: int
    width: int
    counts: bytes

    @property
    def rle(self) -> Rle:
        """The runs and the size alone."""
        return Rle(self.counts, self.height, self.width)


@dataclass(slots=True, eq=False)
class PolyLine(Annotation):
    """An open line; `points` is (N, 2) float64."""

    points: np.ndarray

    def __post_init__(self) -> None:
        """Bring the points to their shape."""
        self.points = as_points(self.points)


@dataclass(slots=True, eq=False)
class Polygon(Annotation):
    """A closed outline, its last corner joined to the first; `points` is (N, 2) float64."""

    points: np.ndarray

    def __post_init__(self) -> None:
        """Bring the points to their shape."""
        self.points = as_points(self.points)


@dataclass(slots=True, eq=False)
class Bbox(Annotation):
    """An upright box: its top left corner, width and height, in pixels."""

    x: float
    y: float
    w: float
    h: float

    def __post_init__(self) -> None:
        """Make every number a float."""
        self.x = float(self.x)
        self.y = float(self.y)
        self.w = float(self.w)
        self.h = float(self.h)


@dataclass(slots=True, eq=False)
class Points(Annotation):
    """Keypoints, in the order of the label's `PointsCategory`.

    Attributes:
        points: (N, 2) float64.
        visibility: (N,) uint8, as in COCO: 0 not labelled, 1 labelled but hidden, 2 visible. Left out: all visible.
    """

    points: np.ndarray
    visibility: np.ndarray = None  # type: ignore[assignment]  # filled in below

    def __post_init__(self) -> None:
        """Bring points and visibility to their shapes."""
        self.points = as_points(self.points)
        count = len(self.points)
        visibility = np.full(count, 2, np.uint8) if self.visibility is None else np.asarray(self.visibility)
        if visibility.dtype != np.uint8:
            visibility = _as_visibility(visibility)
        if visibility.shape != (count,):
            message = f"visibility has to be {count} numbers, one for each point; it has the shape {visibility.shape}"
            raise InvalidItemError(message)
        self.visibility = visibility


@dataclass(slots=True, eq=False)
class Caption(Annotation):
    """A sentence about the item."""

    caption: str


@dataclass(slots=True, eq=False)
class Cuboid3d(Annotation):
    """A box in space: centre, rotation around the axes (radians) and edge lengths, each (3,) float64 (x, y, z)."""

    position: np.ndarray
    rotation: np.ndarray
    scale: np.ndarray

    def __post_init__(self) -> None:
        """Bring the arrays to their shape."""
        self.position = _as_array(self.position, 3)
        self.rotation = _as_array(self.rotation, 3)
        self.scale = _as_array(self.scale, 3)


@dataclass(slots=True, eq=False)
class Ellipse(Annotation):
    """An ellipse with upright axes, by the top left and bottom right corners of its box, in pixels."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        """Make every number a float."""
        self.x1 = float(self.x1)
        self.y1 = float(self.y1)
        self.x2 = float(self.x2)
        self.y2 = float(self.y2)


@dataclass(slots=True, eq=False)
class Cuboid2d(Annotation):
    """A box in space as it appears in the image.

    Attributes:
        points: Its eight corners in the source's order, (8, 2) float64.
        y_3d: The height of its bottom above the ground, in the source's unit; None: not known.
    """

    points: np.ndarray
    y_3d: float | None = None

    def __post_init__(self) -> None:
        """Bring the corners to their shape, and the height to a float."""
        self.points = _as_array(self.points, 16).reshape(8, 2)
        self.y_3d = None if self.y_3d is None else float(self.y_3d)


@dataclass(slots=True, eq=False)
class RotatedBbox(Annotation):
    """A turned box: centre, width and height in pixels, and the angle in degrees, clockwise as seen."""

    cx: float
    cy: float
    w: float
    h: float
    r: float

    def __post_init__(self) -> None:
        """Make every number a float."""
        self.cx = float(self.cx)
        self.cy = float(self.cy)
        self.w = float(self.w)
        self.h = float(self.h)
        self.r = float(self.r)


@dataclass(slots=True, eq=False)
class FeatureVector(Annotation):
    """A vector, such as an embedding; `vector` is (N,) float32 or float64 (an empty one: float32)."""

    vector: np.ndarray

    def __post_init__(self) -> None:
        """Bring the vector to its shape and type."""
        vector = as_numbers(self.vector)
        single = vector.dtype == np.float32 or vector.size == 0
        self.vector = vector.astype(np.float32 if single else np.float64, copy=False).reshape(-1)


@dataclass(slots=True, eq=False)
class DepthMap(Annotation):
    """A distance for every pixel of the item's image, as an encoded image."""

    image: Image


@dataclass(slots=True, eq=False)
class ImageAnnotation(Annotation):
    """Any other image-valued annotation; `role` says what it is for, such as "super_resolution"."""

    role: str
    image: Image


@dataclass(slots=True, eq=False)
class Tabular(Annotation):
    """A row of named values: the target columns of a table."""

    values: dict[str, Value]


@dataclass(slots=True, eq=False)
class HashKey(Annotation):
    """A hash by which similar items are found."""

    hash: bytes


def _as_array(values: object, size: int) -> np.ndarray:
    array = as_float64(values).reshape(-1)
    if array.size != size:
        message = f"{size} numbers expected, {array.size} given"
        raise InvalidItemError(message)
    return array


def _as_visibility(values: np.ndarray) -> np.ndarray:
    if not values.size:
        return values.astype(np.uint8)
    if values.dtype.kind not in "iuf" or not np.all((values >= 0) & (values <= np.iinfo(np.uint8).max)):
        message = "visibility has to be numbers from 0 to 255"
        raise InvalidItemError(message)
    whole = values.astype(np.uint8)
    if np.any(whole != values):
        message = "visibility has to be whole numbers"
        raise InvalidItemError(message)
    return whole
