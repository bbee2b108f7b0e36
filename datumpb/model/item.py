"""Items: the entries of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.model.values import Exact, Value

if TYPE_CHECKING:
    from datumpb.model.annotations import Annotation
    from datumpb.model.item_arrays import ItemArrays
    from datumpb.model.media import Media


DEFAULT_SUBSET = "default"


@dataclass(slots=True, eq=False)
class Item(Exact):
    """One entry of a dataset (schema: `Item`).

    Attributes:
        id: Its name, unique in its subset; may have parts with '/' between them.
        subset: The subset that it belongs to. In a file it stands once for all items, in META.
        media: What it shows; None: nothing.
        attributes: Its properties.
        annotations: What is known about it.
    """

    id: str
    subset: str = DEFAULT_SUBSET
    media: Media | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)

    def to_arrays(self, keypoint_count: int = 0) -> ItemArrays:
        """Return its objects as arrays, one row an object: boxes, labels, areas, iscrowd, keypoints, masks.

        Each array is computed when it is first asked for, so masks that nobody needs cost nothing:

            arrays = item.to_arrays()
            arrays.boxes, arrays.labels  # (N, 4) float32, (N,) int64

        Args:
            keypoint_count: The least number of keypoints that each object gets, so that it is the same in all items.
        """
        from datumpb.model.item_arrays import ItemArrays  # noqa: PLC0415 -- it needs this module

        return ItemArrays(self, keypoint_count)
