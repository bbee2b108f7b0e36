"""Which annotations of an item describe one object, and what of them COCO cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.coco.difference import plain_attributes
from datumpb.formats.coco.foreign import as_coco_shape
from datumpb.formats.coco.jsonvalues import same
from datumpb.formats.coco.objects import SHAPELESS, Parts
from datumpb.model.annotations import Annotation, Bbox, Mask, Points, Polygon

if TYPE_CHECKING:
    from datumpb.dataset.losses import LossReport
    from datumpb.model.item import Item

_SHAPES = (Polygon, Mask, Bbox, Points)


def objects_of(item: Item, losses: LossReport) -> list[Parts]:
    """Return the objects of an item: shapes of one non-zero group and one label together, all others alone."""
    found: list[Parts] = []
    groups: dict[tuple[int, int | None], Parts] = {}
    labels: dict[int, int | None] = {}
    for given in item.annotations:
        if given.z_order or given.object_id is not None:
            _count_fields(given, item, losses)
        annotation = given if type(given) is Polygon else _shape_of(given, item, losses, found)  # most are polygons
        if annotation is None:
            continue
        group = annotation.group
        if not group:
            found.append(_alone(annotation))
            continue
        key = group, annotation.label
        parts = groups.get(key)
        if parts is None or not parts.take(annotation):
            if parts is not None:
                losses.add("group of shapes that are more than one object", item.id)
            elif labels.setdefault(group, annotation.label) != annotation.label:
                losses.add("group of shapes with different labels", item.id)
            parts = groups[key] = _alone(annotation)
            found.append(parts)
        elif not _same_attributes(parts.first, annotation):
            losses.add("different attributes of the shapes of one object", item.id)
    return found


def _shape_of(given: Annotation, item: Item, losses: LossReport, found: list[Parts]) -> Annotation | None:
    """Return an annotation as a shape of COCO; None: it has none, and was added to the objects or counted as lost."""
    annotation = as_coco_shape(given, item, losses)
    if isinstance(annotation, _SHAPES):
        return annotation
    if isinstance(annotation, SHAPELESS):
        found.append(Parts(annotation))
        if annotation.group:
            losses.add("group of a caption or label", item.id)
    else:
        losses.add(f"annotation of type {type(annotation).__name__}", item.id)
    return None


def _alone(shape: Annotation) -> Parts:
    if type(shape) is Polygon:
        return Parts(shape, [shape])
    parts = Parts(shape)
    parts.take(shape)
    return parts


def _count_fields(annotation: Annotation, item: Item, losses: LossReport) -> None:
    if annotation.z_order:
        losses.add("z_order of an annotation", item.id)
    if annotation.object_id is not None:
        losses.add("object_id of an annotation", item.id)


def _same_attributes(first: Annotation, other: Annotation) -> bool:
    own = plain_attributes(other.attributes)
    return all(same(first.attributes[key], value) for key, value in own.items() if key in first.attributes)
