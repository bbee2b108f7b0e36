"""Making the items of one subset of COCO."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.places import Located
from datumpb.errors import SourceFormatError
from datumpb.formats.coco.difference import KEY, difference
from datumpb.formats.coco.elements import parse_objects
from datumpb.formats.coco.images import has_scalars, image_of_item, item_of_image, tells_all
from datumpb.formats.coco.jsonvalues import JsonObject, check, get
from datumpb.formats.coco.objects import CROWD_TASKS, natural_task, parts_of
from datumpb.formats.coco.outlines import polygons_of_entries
from datumpb.formats.coco.rows import MOVED, REPEATED, read_rows
from datumpb.formats.coco.shapes import Context, Groups, annotations_of_entry, usual_masks
from datumpb.model.annotations import Polygon
from datumpb.model.item import Item
from datumpb.model.known_masks import KnownMasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.formats.coco.categories import CategoryTable
    from datumpb.formats.coco.image_folders import ImageFolders
    from datumpb.formats.coco.known_file import KnownFile
    from datumpb.formats.coco.rows import EntryPlaces, Row, RowPlaces


@dataclass(slots=True)
class Entry:
    """An annotation in a file.

    Attributes:
        task: The task of the file.
        position: Its position there.
        data: Itself.
        moved: Whether its position does not follow from the items' order.
        repeated: Whether its id occurred before.
    """

    task: str
    position: int
    data: JsonObject
    moved: bool
    repeated: bool


@dataclass(slots=True)
class ItemBuilder:
    """Makes the items of a subset.

    Attributes:
        subset: Its name.
        files: The file of each task.
        folders: Where its images are.
        tables: The categories of each task's file.
        known: The category ids that annotations in each task's file may have; empty: the file lists none.
    """

    subset: str
    files: dict[str, KnownFile]
    folders: ImageFolders
    tables: dict[str, CategoryTable]
    known: dict[str, set[int]]
    _outline_task: str = field(init=False)
    _outline_labels: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Find the task of a polygon of which nothing else is known, and the labels that it may have there."""
        task = self._outline_task = natural_task(parts_of([Polygon(np.zeros((0, 2)))]), self.tables)
        known = self.known[task] if task in CROWD_TASKS and task in self.tables else ()
        self._outline_labels = {number: self.tables[task].labels[number] for number in known}

    def items(self, places: RowPlaces, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Make the items of rows.

        Args:
            places: Where all that belongs to them is.
            wanted: Tells by an id whether the item is wanted; None: all are.

        Raises:
            SourceFormatError: An image or annotation is not what COCO allows, or a file was changed.
        """
        if wanted is not None:
            places = places.only([row for row, item_id in enumerate(self.ids(places)) if wanted(item_id)])
        found = read_rows(self.files, places)
        annotations: list[list[Entry | list[Polygon]]] = [[] for _ in found.rows]
        for task, (entries, pieces) in found.entries.items():
            made = iter(self._made(task, entries, pieces))
            for own, count in zip(annotations, entries.counts, strict=True):
                own.extend(islice(made, count))
        for row, own in zip(found.rows, annotations, strict=True):
            yield self._item(row, own)

    def ids(self, places: RowPlaces) -> Iterator[str]:
        """Return the ids of the items of rows, of which only images are read.

        Args:
            places: Where those are.

        Raises:
            SourceFormatError: An image is not what COCO allows, or a file was changed.
        """
        rows = read_rows(self.files, dataclasses.replace(places, entries={})).rows
        return (row.item_id for row in rows)

    def _made(self, task: str, entries: EntryPlaces, pieces: list[bytes]) -> list[Entry | list[Polygon]]:
        """Return the polygons of each entry of a task of which nothing else has to be kept, else the entry."""
        made: list[Entry | list[Polygon] | None] = [None] * len(pieces)
        if task == self._outline_task and self._outline_labels:
            plain = np.flatnonzero(entries.marks == 0).tolist()
            for place, polygons in zip(
                plain, polygons_of_entries([pieces[place] for place in plain], self._outline_labels), strict=True
            ):
                made[place] = polygons
        others = [place for place, polygons in enumerate(made) if polygons is None]
        offsets, positions, marks = entries.offsets[others], entries.positions[others], entries.marks[others]
        objects = parse_objects([pieces[place] for place in others], self.files[task].path, offsets.tolist())
        for place, data, position, mark in zip(others, objects, positions.tolist(), marks.tolist(), strict=True):
            made[place] = Entry(task, position, data, bool(mark & MOVED), bool(mark & REPEATED))
        return made  # type: ignore[return-value]  # all are filled in

    def _item(self, row: Row, entries: list[Entry | list[Polygon]]) -> Item:
        item, images = self._item_and_rests(row)
        rest: JsonObject = {"images": images} if images else {}
        if row.runs:
            rest["runs"] = dict(row.runs)
        groups = Groups()
        masks = KnownMasks(usual_masks(entry.data for entry in entries if isinstance(entry, Entry)))
        has_png = False
        for entry in entries:
            if isinstance(entry, list):
                item.annotations += entry if len(entry) == 1 else _grouped(entry, groups)
                continue
            with Located(self.files[entry.task].path, "annotations", entry.position):
                if entry.task == "panoptic":
                    if has_png:
                        message = "two panoptic annotations of one image"
                        raise SourceFormatError(message, None, ".image_id")
                    has_png = True
                    rest.update(self._add_png(entry, item, groups, masks))
                else:
                    item.annotations += annotations_of_entry(
                        entry.data, self._context(entry, item, groups, masks, entry.data)
                    )
        if rest:
            item.attributes[KEY] = rest
        return item

    def _item_and_rests(self, row: Row) -> tuple[Item, JsonObject]:
        """Make the item of the image in the first file that has it; what the others say differently is the rest."""
        if row.number is not None:
            return Item(row.item_id, self.subset, attributes={"id": row.number}), {}
        item: Item | None = None
        plain: JsonObject | None = None  # an entry that the item is certain to be written as
        rests: JsonObject = {}
        for task in self.tables:
            if task == "results":
                continue
            if task not in row.images:
                rests[task] = None
                continue
            image, position, moved = row.images[task]
            if item is None:
                with Located(self.files[task].path, "images", position):
                    item = item_of_image(image, row.item_id, self.subset, self.folders.locate)
                if row.shared_id:
                    del item.attributes["id"]
                elif tells_all(item, image):
                    plain = image
            is_told = plain is image or (image == plain and has_scalars(image))
            rest = {} if is_told else difference(image_of_item(item), image)
            if moved:
                rest["order"] = position
            if rest:
                rests[task] = rest
        assert item is not None  # a row has a number or an image
        return item, rests

    def _context(self, entry: Entry, item: Item, groups: Groups, masks: KnownMasks, data: JsonObject) -> Context:
        task, table = entry.task, self.tables[entry.task]
        label: int | None = None
        number = data.get("category_id")
        if number is None and task in {"captions", "results"}:
            known = table.unlabelled
        else:
            known = get(data, "category_id", int)
        if known in self.known[task]:
            label = table.labels[known]
        elif known != table.unlabelled and self.known[task]:
            message = f"annotation of a missing category: there is no category with the id {known}"
            raise SourceFormatError(message, None, ".category_id")
        image_id = item.attributes.get("id") if task == "results" else entry.data["image_id"]
        order = entry.position if entry.moved else None
        return Context(
            task, self.tables, label, table.category_id(label), image_id, groups, masks, order, entry.repeated
        )

    def _add_png(self, entry: Entry, item: Item, groups: Groups, masks: KnownMasks) -> JsonObject:
        """Add the segments of a panoptic annotation, and return what they do not tell of it."""
        from datumpb.formats.coco.segments import (  # noqa: PLC0415 -- pillow is loaded when needed
            annotations_of_png,
            derived_annotation,
        )

        name = get(entry.data, "file_name", str)
        contexts = []
        segments = [
            check(segment, dict, f".segments_info[{index}]")
            for index, segment in enumerate(get(entry.data, "segments_info", list))
        ]
        for index, segment in enumerate(segments):
            with Located(None, ".segments_info", index):
                context = self._context(entry, item, groups, masks, segment)
            context.order = None
            context.repeated = segment.get("id") in (other.get("id") for other in segments[:index])
            contexts.append(context)
        place = f"annotations[{entry.position}].file_name"
        size, annotations = annotations_of_png(
            self.files[entry.task].path, place, name, segments, contexts, natural=tuple(self.tables)
        )
        derived = derived_annotation(item, entry.data["image_id"])
        rest = difference(derived, {key: value for key, value in entry.data.items() if key != "segments_info"})
        if entry.moved:
            rest["order"] = entry.position
        if not annotations:
            rest["size"] = list(size)
        item.annotations += annotations
        return {"panoptic": rest} if rest else {}


def _grouped(polygons: list[Polygon], groups: Groups) -> list[Polygon]:
    group = groups.take(polygons[0].id)
    for polygon in polygons:
        polygon.group = group
    return polygons


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a subset, to be read and built here or in another process (a `SourcePart`).

    Attributes:
        builder: Makes the items.
        places: Where all that belongs to them is.
    """

    builder: ItemBuilder
    places: RowPlaces

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Make the items, or those whose ids are wanted.

        Raises:
            SourceFormatError: An image or annotation is not what COCO allows, or a file was changed.
        """
        return self.builder.items(self.places, wanted)

    def ids(self) -> Iterator[str]:
        """Yield the ids of the items; only images are read.

        Raises:
            SourceFormatError: An image is not what COCO allows, or a file was changed.
        """
        return self.builder.ids(self.places)
