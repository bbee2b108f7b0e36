"""Objects, from COCO to the model: one entry of COCO's annotations makes one annotation for each of its shapes.

What the shapes do not tell is kept beside them (see `difference`), by asking `objects` what they would be written as.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.errors import InvalidItemError, SourceFormatError
from datumpb.formats.coco.difference import KEY, difference
from datumpb.formats.coco.jsonvalues import JsonObject, check, get, same, shown
from datumpb.formats.coco.objects import CROWD_TASKS, IS_CROWD, SCORE, entry_of, natural_task, parts_of
from datumpb.formats.coco.order import INT64_LIMIT
from datumpb.model import rle
from datumpb.model.annotations import Annotation, Bbox, Caption, Label, Mask, Points, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datumpb.model.known_masks import KnownMasks
    from datumpb.model.values import Value

_BOX_SIZE = 4
_KEYPOINT_SIZE = 3
_VISIBLE = 2
_MAX_VISIBILITY = 255
_NUMBERS = frozenset({int, float})


@dataclass(slots=True)
class Groups:
    """Gives out group numbers within an item, each object's id where it can be."""

    _used: set[int] = field(default_factory=set)

    def take(self, wanted: int) -> int:
        """Return a number that no other object of the item has."""
        group = wanted
        if group < 1 or group in self._used:
            group = next(number for number in range(1, len(self._used) + 2) if number not in self._used)
        self._used.add(group)
        return group


@dataclass(slots=True)
class Context:
    """What an entry is read with.

    Attributes:
        task: The task of its file.
        tasks: The tasks that the subset has.
        label: The label of its category; None: none.
        category_id: The id that this label is written with.
        image_id: The id that its image is written with.
        groups: Gives out group numbers.
        masks: Measures the masks of its item.
        order: Its position in the file, where that has to be kept.
        repeated: Whether its id occurred before.
    """

    task: str
    tasks: Iterable[str]
    label: int | None
    category_id: int
    image_id: object
    groups: Groups
    masks: KnownMasks
    order: int | None = None
    repeated: bool = False


def annotations_of_entry(entry: JsonObject, context: Context, mask: Mask | None = None) -> list[Annotation]:
    """Make the annotations of one entry, at least one; the first keeps what they do not tell.

    Args:
        entry: The entry, whose `image_id` is known to be right.
        context: What it is read with.
        mask: The pixels of a panoptic segment.

    Raises:
        SourceFormatError: The entry is not what COCO allows; the place begins at the entry.
    """
    task = context.task
    rest: JsonObject = {}
    shapes, derived = _shapes_and_derived(entry, context, mask, rest)
    rest.update(difference(derived, entry))
    if context.repeated:
        rest.setdefault("values", {})["id"] = entry["id"]
    if context.order is not None:
        rest["order"] = context.order
    if natural_task(parts_of(shapes), context.tasks) != task:
        rest["task"] = task
    if rest:
        shapes[0].attributes[KEY] = rest
    if len(shapes) > 1:
        group = context.groups.take(shapes[0].id)
        for shape in shapes:
            shape.group = group
    return shapes


def _shapes_and_derived(
    entry: JsonObject, context: Context, mask: Mask | None, rest: JsonObject
) -> tuple[list[Annotation], JsonObject]:
    """Return the annotations of an entry, a box only where it does not follow, and the entry that follows from them."""
    task = context.task
    shapes: list[Annotation] = [mask] if mask is not None else _shapes(entry, context, rest)
    keypoints, box = _keypoints(entry), _box(entry)
    if box is not None and not shapes:
        shapes, box = [box], None
    if keypoints is not None:
        shapes.append(keypoints)
    if not shapes:
        shapes.append(_bare(entry, task))
    _set_fields(shapes, entry, context, rest)
    try:
        derived = entry_of(parts_of(shapes), task, context.image_id, context.category_id, context.masks)
        if box is not None and not same(derived.get("bbox"), entry["bbox"]):
            _set_fields([box], entry, context, {})
            shapes.insert(len(shapes) - (keypoints is not None), box)
            if derived.get("segmentation"):  # all else follows from that, as before
                derived["bbox"] = [box.x, box.y, box.w, box.h]
            else:
                derived = entry_of(parts_of(shapes), task, context.image_id, context.category_id, context.masks)
    except InvalidItemError as error:
        raise SourceFormatError(str(error), None, ".segmentation") from error
    return shapes, derived


def _set_fields(shapes: list[Annotation], entry: JsonObject, context: Context, rest: JsonObject) -> None:
    """Give all shapes of an entry their common fields."""
    number = get(entry, "id", int) if context.task != "results" else 0
    attributes = _attributes(entry, context.task)
    for shape in shapes:
        shape.id = number if -INT64_LIMIT <= number < INT64_LIMIT else 0
        shape.label = context.label
        shape.attributes = dict(attributes)
    if rest:
        shapes[0].attributes[KEY] = rest


def _attributes(entry: JsonObject, task: str) -> dict[str, Value]:
    own = entry.get("attributes")
    attributes: dict[str, Value] = {} if not isinstance(own, dict) else {k: v for k, v in own.items() if k != KEY}
    if task in CROWD_TASKS:
        attributes[IS_CROWD] = entry.get("iscrowd") == 1
    if task == "results":
        attributes.pop(SCORE, None)
        if "score" in entry:
            attributes[SCORE] = entry["score"]
    return attributes


def _bare(entry: JsonObject, task: str) -> Annotation:
    if task == "captions":
        return Caption(get(entry, "caption", str))
    return Caption(entry["caption"]) if task == "results" and isinstance(entry.get("caption"), str) else Label()


def _shapes(entry: JsonObject, context: Context, rest: JsonObject) -> list[Annotation]:
    """Read the segmentation; an unusual form of run lengths is noted in the rest."""
    task, segmentation = context.task, entry.get("segmentation")
    if not segmentation or task in {"captions", "labels"}:
        if segmentation not in (None, []) and task not in {"captions", "labels"}:
            check(segmentation, list, ".segmentation")
        return []
    if isinstance(segmentation, dict):
        mask, form = _mask(segmentation, context.masks)
        usual = "list" if task in CROWD_TASKS and entry.get("iscrowd") == 1 else "text"
        if form != usual:
            rest["rle"] = form
        return [mask]
    parts: list[Any] = check(segmentation, list, ".segmentation")
    return [_polygon(part, index) for index, part in enumerate(parts)]


def _polygon(part: object, index: int) -> Annotation:
    if type(part) is not list or not _NUMBERS.issuperset(map(type, part)):
        _refuse_part(part, f".segmentation[{index}]")
    if len(part) % 2:  # type: ignore[arg-type]  # a list
        message = f"odd coordinate count: {len(part)} numbers do not make points"  # type: ignore[arg-type]  # a list
        raise SourceFormatError(message, None, f".segmentation[{index}]")
    try:
        return Polygon(np.array(part, np.float64))
    except OverflowError as error:
        message = "a number that is too large for a coordinate"
        raise SourceFormatError(message, None, f".segmentation[{index}]") from error


def _refuse_part(part: object, place: str) -> None:
    for index, number in enumerate(check(part, list, place)):
        check(number, float, f"{place}[{index}]")


def _mask(segmentation: JsonObject, masks: KnownMasks) -> tuple[Mask, str]:
    try:
        size, counts = get(segmentation, "size", list), segmentation.get("counts")
    except SourceFormatError as error:
        raise SourceFormatError(error.message, None, f".segmentation{error.place}") from None
    if len(size) != 2 or not all(type(side) is int for side in size):  # noqa: PLR2004 -- height and width
        message = f"height and width expected, not {shown(size)}"
        raise SourceFormatError(message, None, ".segmentation.size")
    try:
        if isinstance(counts, str):
            packed = counts.encode()
            masks.measure(rle.Rle(packed, *size))
            return Mask(size[0], size[1], packed), "text"
        if type(counts) is list and {int}.issuperset(map(type, counts)):
            runs = np.array(counts, np.int64)
            rle.check_runs(runs, *size)
            packed = rle.encode_runs(runs)
            masks.add(rle.Rle(packed, *size), runs)
            return Mask(size[0], size[1], packed), "list"
    except (InvalidItemError, OverflowError, UnicodeEncodeError) as error:
        raise SourceFormatError(str(error), None, ".segmentation.counts") from error
    message = f"run lengths expected, as text or a list of whole numbers, not {shown(counts)}"
    raise SourceFormatError(message, None, ".segmentation.counts")


def usual_masks(entries: Iterable[JsonObject]) -> Iterator[rle.Rle]:
    """Yield those masks of entries that are written as they usually are; whether they fit is not looked at."""
    for entry in entries:
        match entry.get("segmentation"):
            case {"size": [int(height), int(width)], "counts": str(counts)} if counts.isascii():
                yield rle.Rle(counts.encode(), height, width)


def _box(entry: JsonObject) -> Bbox | None:
    box = entry.get("bbox")
    if box is None or box == []:
        return None
    if type(box) is not list or len(box) != _BOX_SIZE or not _NUMBERS.issuperset(map(type, box)):
        message = f"a list of 4 numbers expected, not {shown(box)}"
        raise SourceFormatError(message, None, ".bbox")
    try:
        return Bbox(*box)
    except OverflowError as error:
        message = "a number that is too large for a coordinate"
        raise SourceFormatError(message, None, ".bbox") from error


def _keypoints(entry: JsonObject) -> Points | None:
    numbers = entry.get("keypoints")
    if numbers is None or numbers == []:
        return None
    place = ".keypoints"
    if type(numbers) is not list or not _NUMBERS.issuperset(map(type, numbers)):
        _refuse_part(numbers, place)
    if len(numbers) % _KEYPOINT_SIZE:
        message = f"odd coordinate count: {len(numbers)} numbers do not make keypoints of x, y and visibility"
        raise SourceFormatError(message, None, place)
    visibility = numbers[2::_KEYPOINT_SIZE]
    whole = all(0 <= number <= _MAX_VISIBILITY and number == int(number) for number in visibility)
    try:
        points = np.array(numbers, np.float64).reshape(-1, _KEYPOINT_SIZE)[:, :2]
    except OverflowError as error:
        message = "a number that is too large for a coordinate"
        raise SourceFormatError(message, None, place) from error
    visible = np.array(visibility, np.uint8) if whole else np.full(len(points), _VISIBLE, np.uint8)
    return Points(np.ascontiguousarray(points), visible)
