"""Making the items of one subset of COCO."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datumpb.dataset.places import Located
from datumpb.errors import MediaPathError, SourceFormatError
from datumpb.formats.coco.difference import KEY, difference
from datumpb.formats.coco.images import image_of_item, item_of_image
from datumpb.formats.coco.jsonvalues import JsonObject, check, get
from datumpb.formats.coco.objects import CROWD_TASKS, natural_task, parts_of
from datumpb.formats.coco.outlines import polygons_of_entries
from datumpb.formats.coco.segments import annotations_of_png, derived_annotation
from datumpb.formats.coco.shapes import Context, Groups, annotations_of_entry
from datumpb.model.annotations import Polygon
from datumpb.model.item import Item
from datumpb.model.media import MediaRef
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datumpb.formats.coco.categories import CategoryTable
    from datumpb.formats.coco.index import Entry, Row, SubsetIndex
    from datumpb.model.media_folder import MediaFolder


@dataclass(frozen=True, slots=True)
class ImageFolders:
    """The folders that may hold a subset's images.

    Attributes:
        media: The dataset's folder.
        folders: Relative to it, the likeliest first; "" is the dataset's folder itself.
    """

    media: MediaFolder
    folders: list[str]

    def locate(self, name: str) -> MediaRef:
        """Return where the file of a name is: in the first folder that has it, else where it should be."""
        paths = [f"{folder}/{name}" if folder else name for folder in self.folders]
        found = (path for path in paths if self._exists(path)) if len(paths) > 1 else iter(())
        return MediaRef(next(found, paths[0]), source=self.media)

    def _exists(self, path: str) -> bool:
        try:
            check_media_path(path)
        except MediaPathError:  # kept as it is, and refused when read
            return False
        return os.path.isfile(f"{self.media.root}/{path}")  # noqa: PTH113 -- for every image, and twice as fast


@dataclass(slots=True)
class ItemBuilder:
    """Makes the items of a subset.

    Attributes:
        subset: Its name.
        index: What belongs to each item.
        folders: Where its images are.
        tables: The categories of each task's file.
        known: The category ids that annotations in each task's file may have; empty: the file lists none.
    """

    subset: str
    index: SubsetIndex
    folders: ImageFolders
    tables: dict[str, CategoryTable]
    known: dict[str, set[int]]
    _outline_task: str = field(init=False)

    def __post_init__(self) -> None:
        """Find the task of a polygon of which nothing else is known."""
        self._outline_task = natural_task(parts_of([Polygon(np.zeros((0, 2)))]), self.tables)

    def items(self, rows: Sequence[Row]) -> Iterator[Item]:
        """Make the items of rows.

        Raises:
            SourceFormatError: An image or annotation is not what COCO allows.
        """
        usual = [entry for row in rows for entry in row.entries if self._may_be_usual(entry)]
        labels = [self.tables[entry.task].labels[entry.data["category_id"]] for entry in usual]
        made = polygons_of_entries([entry.data for entry in usual], labels)
        for entry, polygons in zip(usual, made, strict=True):
            entry.polygons = polygons
        for row in rows:
            yield self._item(row)

    def _item(self, row: Row) -> Item:
        item, images = self._item_and_rests(row)
        rest: JsonObject = {"images": images} if images else {}
        if row.runs:
            rest["runs"] = dict(row.runs)
        groups = Groups()
        has_png = False
        for entry in row.entries:
            if entry.polygons is not None:
                item.annotations += _grouped(entry.polygons, groups)
                continue
            with Located(self.index.documents[entry.task].path, "annotations", entry.position):
                if entry.task == "panoptic":
                    if has_png:
                        message = "two panoptic annotations of one image"
                        raise SourceFormatError(message, None, ".image_id")
                    has_png = True
                    rest.update(self._add_png(entry, item, groups))
                else:
                    item.annotations += annotations_of_entry(entry.data, self._context(entry, item, groups, entry.data))
        if rest:
            item.attributes[KEY] = rest
        return item

    def _item_and_rests(self, row: Row) -> tuple[Item, JsonObject]:
        """Make the item of the image in the first file that has it; what the others say differently is the rest."""
        if row.number is not None:
            return Item(row.item_id, self.subset, attributes={"id": row.number}), {}
        item: Item | None = None
        rests: JsonObject = {}
        for task in self.tables:
            if task == "results":
                continue
            if task not in row.images:
                rests[task] = None
                continue
            image, position, moved = row.images[task]
            if item is None:
                with Located(self.index.documents[task].path, "images", position):
                    item = item_of_image(image, row.item_id, self.subset, self.folders.locate)
                if row.shared_id:
                    del item.attributes["id"]
            rest = difference(image_of_item(item), image)
            if moved:
                rest["order"] = position
            if rest:
                rests[task] = rest
        assert item is not None  # a row has a number or an image
        return item, rests

    def _may_be_usual(self, entry: Entry) -> bool:
        """Tell whether nothing has to be kept of an entry, if its polygons tell all of it."""
        task, number = entry.task, entry.data.get("category_id")
        if task != self._outline_task or task not in CROWD_TASKS or entry.moved or entry.repeated:
            return False
        return type(number) is int and number in self.known[task]

    def _context(self, entry: Entry, item: Item, groups: Groups, data: JsonObject) -> Context:
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
        return Context(task, self.tables, label, table.category_id(label), image_id, groups, order, entry.repeated)

    def _add_png(self, entry: Entry, item: Item, groups: Groups) -> JsonObject:
        """Add the segments of a panoptic annotation, and return what they do not tell of it."""
        document = self.index.documents[entry.task]
        name = get(entry.data, "file_name", str)
        contexts = []
        segments = [
            check(segment, dict, f".segments_info[{index}]")
            for index, segment in enumerate(get(entry.data, "segments_info", list))
        ]
        for index, segment in enumerate(segments):
            with Located(None, ".segments_info", index):
                context = self._context(entry, item, groups, segment)
            context.order = None
            context.repeated = segment.get("id") in (other.get("id") for other in segments[:index])
            contexts.append(context)
        place = f"annotations[{entry.position}].file_name"
        size, annotations = annotations_of_png(
            document.path, place, name, segments, contexts, natural=tuple(self.tables)
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
    if len(polygons) > 1:
        group = groups.take(polygons[0].id)
        for polygon in polygons:
            polygon.group = group
    return polygons
