"""Items: the entries of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.model.values import Exact, Value

if TYPE_CHECKING:
    from datumpb.model.annotations import Annotation
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
