"""Dataset metadata: what holds for every item of a subset."""

from __future__ import annotations

from dataclasses import dataclass, field

from datumpb.model.categories import Categories
from datumpb.model.media import MediaType
from datumpb.model.values import Exact, Value


@dataclass(slots=True, eq=False)
class Meta(Exact):
    """What holds for every item of a subset (schema: `Meta`).

    Attributes:
        subset: The subset's name, such as "train".
        infos: Anything about it: licence, source, version, ...
        categories: What the numbers in annotations mean; the same in all subsets of a dataset.
        media_type: The kind of media that its items have.
    """

    subset: str = "default"
    infos: dict[str, Value] = field(default_factory=dict)
    categories: Categories = field(default_factory=Categories)
    media_type: MediaType = MediaType.IMAGE
