"""Objects, from the model to COCO: the annotations that describe one object make one entry of COCO's annotations.

Pure functions: the reader asks them, too, what would be written, to keep what they do not tell (see `difference`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.formats.coco.difference import KEY, plain_attributes, rest_of
from datumpb.model.annotations import Annotation, Bbox, Caption, Label, Mask, Points, Polygon
from datumpb.model.geometry import measure_outlines
from datumpb.model.rle import Rle, decode_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datumpb.formats.coco.jsonvalues import JsonObject
    from datumpb.model.geometry import Box
    from datumpb.model.known_masks import KnownMasks
    from datumpb.model.values import Value

IS_CROWD = "is_crowd"
SCORE = "score"

CROWD_TASKS = frozenset({"instances", "person_keypoints", "stuff", "panoptic"})
"""The tasks whose entries say whether they are a crowd."""

SHAPELESS = (Caption, Label)
"""The annotations that make an object alone."""

_PREFERENCE = {
    Caption: ("captions", "results"),
    Label: ("labels",),
    Points: ("person_keypoints", "results"),
    Mask: ("instances", "stuff", "person_keypoints", "panoptic", "results"),
    Annotation: ("instances", "stuff", "person_keypoints", "results"),
}
"""Where an object belongs by its kind: the first of these tasks that the subset has, else the first."""


@dataclass(slots=True)
class Parts:
    """The annotations of one object, by kind.

    Attributes:
        first: The first of them, which holds what belongs to the object as a whole.
        polygons: Its outlines.
        mask: Its pixels.
        bbox: Its box.
        points: Its keypoints.
    """

    first: Annotation
    polygons: list[Polygon] = field(default_factory=list)
    mask: Mask | None = None
    bbox: Bbox | None = None
    points: Points | None = None

    def take(self, annotation: Annotation) -> bool:
        """Add an annotation, or return False where the object has no room for it."""
        if isinstance(annotation, Polygon) and self.mask is None:
            self.polygons.append(annotation)
        elif isinstance(annotation, Mask) and self.mask is None and not self.polygons:
            self.mask = annotation
        elif isinstance(annotation, Bbox) and self.bbox is None:
            self.bbox = annotation
        elif isinstance(annotation, Points) and self.points is None:
            self.points = annotation
        else:
            return isinstance(annotation, SHAPELESS) and annotation is self.first
        return True

    def shapes(self) -> list[Annotation]:
        """Return all of them but caption and label."""
        others = (self.mask, self.bbox, self.points)
        return [*self.polygons, *(shape for shape in others if shape is not None)]


def parts_of(annotations: Sequence[Annotation]) -> Parts:
    """Sort the annotations of one object by kind; all of them have to find room."""
    parts = Parts(annotations[0])
    for annotation in annotations:
        parts.take(annotation)
    return parts


def natural_task(parts: Parts, tasks: Iterable[str]) -> str:
    """Return the task to whose file an object belongs, judged by its kind."""
    if isinstance(parts.first, SHAPELESS):
        kind: type[Annotation] = type(parts.first)
    elif parts.points is not None:
        kind = Points
    else:
        kind = Annotation if parts.mask is None else Mask
    wanted = _PREFERENCE[kind]
    for task in wanted:
        if task in tasks:
            return task
    return wanted[0]


def entry_of(parts: Parts, task: str, image_id: object, category_id: int, masks: KnownMasks) -> JsonObject:
    """Return the entry that an object is written as in the file of a task; without an id where it has none.

    Args:
        parts: The object.
        task: The task.
        image_id: The id of its image.
        category_id: The id of its category.
        masks: Measures its mask.

    Raises:
        InvalidItemError: A mask's runs do not fit its size.
    """
    first = parts.first
    entry: JsonObject = {"image_id": image_id} if task != "panoptic" else {}
    if first.id and task != "results":
        entry["id"] = first.id
    if isinstance(first, Caption):
        entry["caption"] = first.caption
    if not isinstance(first, Caption) or first.label is not None:
        entry["category_id"] = category_id
    if not isinstance(first, SHAPELESS):
        _add_shapes(entry, parts, task, masks)
    reserved = _reserved(task)
    attributes = first.attributes
    if SCORE in attributes and task == "results":
        entry["score"] = attributes[SCORE]
    if not reserved.issuperset(attributes) or (KEY in attributes and not rest_of(attributes)):
        own = object_attributes(parts, task)
        if own:
            entry["attributes"] = own
    return entry


def object_attributes(parts: Parts, task: str) -> dict[str, Value]:
    """Return the attributes of an object that are written as COCO's map of attributes."""
    reserved = _reserved(task) - {KEY}
    own = plain_attributes(parts.first.attributes, *reserved)
    for shape in parts.shapes():
        if shape is not parts.first:
            for key, value in plain_attributes(shape.attributes, *reserved).items():
                own.setdefault(key, value)
    return own


def _reserved(task: str) -> frozenset[str]:
    return _RESULTS_OWN if task == "results" else _CROWD_OWN if task in CROWD_TASKS else _OWN


_OWN = frozenset({KEY})
_RESULTS_OWN = frozenset({KEY, SCORE})
_CROWD_OWN = frozenset({KEY, IS_CROWD})


def _add_shapes(entry: JsonObject, parts: Parts, task: str, masks: KnownMasks) -> None:
    crowd = int(parts.first.attributes.get(IS_CROWD) == 1)
    segmentation: object
    area: float
    box: Box | None
    if parts.mask is not None:
        mask = parts.mask.rle
        area, box = masks.measure(mask)
        segmentation = _segmentation(mask, rest_of(parts.first.attributes).get("rle"), crowd=crowd)
    else:
        segmentation = outlines = [polygon.points.reshape(-1).tolist() for polygon in parts.polygons]
        box, area = measure_outlines(outlines)
    if task == "results":
        box = None
    if parts.bbox is not None:
        box = parts.bbox.x, parts.bbox.y, parts.bbox.w, parts.bbox.h
        if not segmentation:
            area = parts.bbox.w * parts.bbox.h
    if segmentation if task == "results" else task != "panoptic":
        entry["segmentation"] = segmentation
    if parts.points is not None:
        _add_keypoints(entry, parts.points, task)
    if box is not None:
        entry["bbox"] = list(box)
    if task in CROWD_TASKS:
        entry["iscrowd"] = crowd
        if segmentation or parts.bbox is not None:
            entry["area"] = area


def _segmentation(mask: Rle, form: object, *, crowd: int) -> JsonObject:
    as_list = (form or ("list" if crowd else "text")) == "list"
    counts = decode_runs(mask.counts).tolist() if as_list else mask.counts.decode("ascii")
    return {"size": [mask.height, mask.width], "counts": counts}


def _add_keypoints(entry: JsonObject, points: Points, task: str) -> None:
    visibility = points.visibility.tolist()
    entry["keypoints"] = [
        number for (x, y), visible in zip(points.points.tolist(), visibility, strict=True) for number in (x, y, visible)
    ]
    if task != "results":
        entry["num_keypoints"] = sum(visible > 0 for visible in visibility)
