"""An item's annotations as VOC sees them: objects with a box, parts and shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.dataset.plain_losses import count_fields
from datumpb.formats.voc.labelmap import is_only_part, parts_of
from datumpb.formats.voc.layout import KEY
from datumpb.model.annotations import (
    Annotation,
    Bbox,
    Cuboid2d,
    Ellipse,
    Label,
    Mask,
    Polygon,
    PolyLine,
    RotatedBbox,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.dataset.losses import LossReport
    from datumpb.model.categories import LabelCategory
    from datumpb.model.item import Item

DRAWN = (Mask, Polygon, Ellipse, RotatedBbox)
"""The shapes that have an area, boxes aside."""

_SHAPES = (*DRAWN, Bbox, Cuboid2d, PolyLine)


@dataclass(slots=True)
class VocObject:
    """An object.

    Attributes:
        box: Its box, where it has one.
        parts: The boxes of its parts.
        shapes: Its other shapes.
        number: Its number in the XML file, from 1; None: it is not there.
        mask_number: Its number in the picture of objects; None: it is not there.
    """

    box: Bbox | None = None
    parts: list[Bbox] = field(default_factory=list)
    shapes: list[Annotation] = field(default_factory=list)
    number: int | None = None
    mask_number: int | None = None

    @property
    def head(self) -> Annotation:
        """What speaks for the object: its box, else its first shape."""
        return self.box if self.box is not None else self.shapes[0]


def shapes_of(item: Item, label_count: int, losses: LossReport) -> tuple[list[Label], list[Annotation]]:
    """Return the labels and the shapes of an item; the rest is counted."""
    labels: list[Label] = []
    shapes: list[Annotation] = []
    for annotation in item.annotations:
        if not isinstance(annotation, (*_SHAPES, Label)):
            losses.add(f"annotation of type {type(annotation).__name__}", item.id)
        elif annotation.label is not None and not 0 <= annotation.label < label_count:
            losses.add("annotation whose label is not among the categories", item.id)
        elif annotation.label is None and not isinstance(annotation, Mask):
            losses.add("annotation without a label", item.id)
        elif isinstance(annotation, Label):
            labels.append(annotation)
        else:
            shapes.append(annotation)
    return labels, shapes


def objects_of(shapes: Sequence[Annotation], labels: Sequence[LabelCategory]) -> list[VocObject]:
    """Sort shapes into objects: those of one non-zero group and one label are one; a box of a part joins its whole."""
    boxes: dict[int, list[Bbox]] = {}
    for shape in shapes:
        if isinstance(shape, Bbox) and shape.group:
            boxes.setdefault(shape.group, []).append(shape)
    found: dict[tuple[int, int | None] | int, VocObject] = {}
    parts: list[tuple[Bbox, Bbox]] = []
    for index, shape in enumerate(shapes):
        if isinstance(shape, Bbox):
            whole = _whole(shape, boxes.get(shape.group, []), labels)
            if whole is not None:
                parts.append((shape, whole))
                continue
        one = found.setdefault((shape.group, shape.label) if shape.group else index, VocObject())
        if not isinstance(shape, Bbox):
            one.shapes.append(shape)
        elif one.box is None:
            one.box = shape
        else:  # an object has one box
            found[index] = VocObject(shape)
    owners = {id(one.box): one for one in found.values()}
    for part, whole in parts:
        owners[id(whole)].parts.append(part)
    return list(found.values())


def _whole(part: Bbox, boxes: Sequence[Bbox], labels: Sequence[LabelCategory]) -> Bbox | None:
    """Return the first box of a group that a box of it may be a part of, by their labels."""
    label = labels[part.label or 0]
    for box in boxes:
        other = labels[box.label or 0]
        if box is not part and not is_only_part(other) and (is_only_part(label) or label.name in parts_of(other)):
            return box
    return None


def count_lost_fields(shape: Annotation, item: Item, losses: LossReport, *, number: int, attributes: bool) -> None:
    """Count the fields of a shape that do not come back.

    Args:
        shape: The shape.
        item: Its item.
        losses: Where to count.
        number: The id that it comes back with.
        attributes: Whether its attributes come back.
    """
    count_fields(
        Annotation(
            id=0 if shape.id == number else shape.id,
            object_id=shape.object_id,
            z_order=shape.z_order,
            attributes={} if attributes else {name: value for name, value in shape.attributes.items() if name != KEY},
        ),
        item,
        losses,
    )
