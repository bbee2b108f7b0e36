"""Categories: what the numbers in annotations mean."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.model.arrays import as_points
from datumpb.model.values import Exact, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np


class LabelGroupType(enum.Enum):
    """How the labels of a group relate (schema: `LabelGroupType`)."""

    EXCLUSIVE = 1
    INCLUSIVE = 2
    RESTRICTED = 3


@dataclass(slots=True, eq=False)
class LabelCategory(Exact):
    """A label (schema: `LabelCategory`).

    Attributes:
        name: Its name.
        parent: The name of the label above it (COCO: supercategory); empty: none.
        attributes: Names of attributes that annotations with this label may have.
        infos: Anything else about the label, such as its number in the source.
    """

    name: str
    parent: str = ""
    attributes: list[str] = field(default_factory=list)
    infos: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class LabelGroup(Exact):
    """A group of labels, by their names (schema: `LabelGroup`)."""

    name: str
    labels: list[str] = field(default_factory=list)
    group_type: LabelGroupType = LabelGroupType.EXCLUSIVE


@dataclass(slots=True, eq=False)
class LabelCategories(Exact):
    """The labels of a dataset (schema: `LabelCategories`); a label's index is its place in `labels`, from 0."""

    labels: list[LabelCategory] = field(default_factory=list)
    groups: list[LabelGroup] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    @classmethod
    def from_names(cls, names: Iterable[str]) -> LabelCategories:
        """Make labels of nothing but their names."""
        return cls([LabelCategory(name) for name in names])

    def find(self, name: str) -> int | None:
        """Return the index of the first label of this name, or None."""
        return next((index for index, label in enumerate(self.labels) if label.name == name), None)

    def __len__(self) -> int:
        """Return how many labels there are."""
        return len(self.labels)

    def __iter__(self) -> Iterator[LabelCategory]:
        """Iterate over the labels in their order."""
        return iter(self.labels)

    def __getitem__(self, index: int) -> LabelCategory:
        """Return the label at an index."""
        return self.labels[index]


@dataclass(slots=True, eq=False)
class MaskCategories(Exact):
    """The colours of labels in pictures of masks (schema: `MaskCategories`).

    Attributes:
        colormap: Red, green and blue (0 to 255) by label index.
        attributes: Names of attributes that masks may have.
    """

    colormap: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class PointsCategory(Exact):
    """The keypoints of a label (schema: `PointsCategory`).

    Attributes:
        labels: The names of its points.
        joints: Pairs of joined points, numbered as in the source (COCO's skeleton counts from 1).
        positions: (N, 2) float64, where the points lie by default; None where not given.
    """

    labels: list[str] = field(default_factory=list)
    joints: list[tuple[int, int]] = field(default_factory=list)
    positions: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Bring positions to their shape."""
        if self.positions is not None:
            self.positions = as_points(self.positions)


@dataclass(slots=True, eq=False)
class PointsCategories(Exact):
    """The keypoints of labels, by label index (schema: `PointsCategories`)."""

    items: dict[int, PointsCategory] = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class TabularCategory(Exact):
    """A column of tabular annotations (schema: `TabularCategory`); `dtype` is "str", "int" or "float"."""

    name: str
    dtype: str
    labels: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class TabularCategories(Exact):
    """The columns of tabular annotations (schema: `TabularCategories`)."""

    items: list[TabularCategory] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Categories(Exact):
    """All categories of a dataset (schema: `Categories`); None where there are none of a kind."""

    labels: LabelCategories | None = None
    masks: MaskCategories | None = None
    points: PointsCategories | None = None
    tabular: TabularCategories | None = None

    @classmethod
    def from_labels(cls, names: Iterable[str]) -> Categories:
        """Make categories of nothing but label names."""
        return cls(labels=LabelCategories.from_names(names))
