"""The entries that the items of a subset are written as: what COCO's files say of each image and of each object."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from datumpb.errors import InvalidItemError
from datumpb.formats.coco.categories import CategoryTable
from datumpb.formats.coco.difference import rest_of, restore, values_of, without
from datumpb.formats.coco.entry_batch import EntryBatch, is_usual
from datumpb.formats.coco.grouping import objects_of
from datumpb.formats.coco.images import image_of_item
from datumpb.formats.coco.jsonvalues import JsonObject, encode, is_json
from datumpb.formats.coco.kept import tasks_of
from datumpb.formats.coco.layout import TASKS
from datumpb.formats.coco.numbering import IMAGES
from datumpb.formats.coco.objects import CROWD_TASKS, IS_CROWD, Parts, entry_of, natural_task
from datumpb.model.annotations import Annotation, Mask
from datumpb.model.known_masks import KnownMasks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datumpb.dataset.losses import LossReport
    from datumpb.formats.coco.entry_batch import EntryList
    from datumpb.formats.coco.numbering import Numbering
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


class WritesSegments(Protocol):
    """Writes the PNGs of a subset."""

    def write(
        self, item: Item, image_id: int, segments: Sequence[tuple[JsonObject, Parts]], rest: JsonObject
    ) -> JsonObject:
        """Write one, and return its annotation; see `SegmentWriter.write`."""
        ...


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where it all goes.

    Attributes:
        image: Takes the entry of an image; behind it, on another line, what its tasks say otherwise.
        entries: Makes the list for the entries of a task; called once for each that has any.
        segments: Takes the segments of an item.
        media: Takes an item and the name of its file.
    """

    image: Callable[[bytes], object]
    entries: Callable[[str], EntryList]
    segments: WritesSegments
    media: Callable[[Item, str], object]


class SubsetEntries:
    """Makes the entries of one subset's items.

    Attributes:
        tasks: What is kept about the file of each task.
        batches: The entries of each task that has some.
    """

    def __init__(self, meta: Meta, losses: LossReport, numbering: Numbering, outlets: Outlets) -> None:
        """Begin.

        Args:
            meta: What holds for the items.
            losses: Counts what COCO cannot hold.
            numbering: Gives out ids.
            outlets: Where entries go.
        """
        self._categories = meta.categories
        self._losses = losses
        self._numbering = numbering
        self._outlets = outlets
        self.tasks = tasks_of(meta)
        self.batches: dict[str, EntryBatch] = {}
        self._tables: dict[str, CategoryTable] = {}
        self._usual_task = self._task_of(Parts(Annotation()), {})
        has_crowds = self._usual_task in CROWD_TASKS
        self._usual_labels = {None, *self.table(self._usual_task).ids} if has_crowds else set()

    def add(self, item: Item) -> None:
        """Add an item.

        Raises:
            MediaPathError: A file name leads out of the folder, or two images have the same.
            InvalidItemError: A mask is damaged.
        """
        rest = rest_of(item.attributes)
        image = image_of_item(item, self._losses)
        images = _rests_of_images(rest.get("images", {}), item.id)
        number = self._image_id(item, image.get("id"), images)
        image["id"] = number
        runs = rest.get("runs", {})
        touched = set()
        segments: list[tuple[JsonObject, Parts]] = []
        self._masks = KnownMasks(mask.rle for mask in item.annotations if isinstance(mask, Mask))
        usual = self._usual_task
        for is_one, objects in groupby(objects_of(item, self._losses), self._is_usual):
            if is_one:
                self._add_usual([*objects], _image_id(images, usual, number), runs.get(usual, 0))
                touched.add(usual)
                continue
            for parts in objects:
                own = rest_of(parts.first.attributes)
                task = self._task_of(parts, own)
                touched.add(task)
                entry = self._entry(item, parts, task, _image_id(images, task, number) if images else number, own)
                if task == "panoptic":
                    segments.append((entry, parts))
                else:
                    self._add_entry(item, task, entry, own, runs)
        panoptic = rest.get("panoptic", {})
        if segments or "size" in panoptic:
            touched.add("panoptic")
            annotation = self._outlets.segments.write(item, _image_id(images, "panoptic", number), segments, panoptic)
            self.batch_of("panoptic").add(
                encoded(annotation, item.id), 0, runs.get("panoptic", 0), panoptic.get("order")
            )
        images = {task: images[task] for task in images if images[task] is not None or task not in touched}
        lines = [image, images] if images else [image]
        self._outlets.image(b"\n".join(encoded(line, item.id) for line in lines))
        self._add_media(item, image, images)

    def _image_id(self, item: Item, wanted: object, images: JsonObject) -> int:
        """Return the id that an image is written with, where its task does not have one of its own."""
        for own in images.values():
            self._numbering[IMAGES].reserve(values_of(own).get("id"))
        if images and self.tasks and all(_has_own_id(images, task) for task in self.tasks):
            return 0
        number = self._numbering[IMAGES].take(wanted)
        if wanted not in {None, number}:
            self._losses.add("id of an image, as another has it", item.id)
        return number

    def _task_of(self, parts: Parts, rest: JsonObject) -> str:
        task = rest.get("task")
        if task not in TASKS:
            task = natural_task(parts, self.tasks)
        if task == "panoptic" and parts.mask is None:
            task = natural_task(parts, [other for other in self.tasks if other != "panoptic"])
        return str(task)

    def _is_usual(self, parts: Parts) -> bool:
        """Tell whether nothing is to be said about an object but what follows from its shapes."""
        return parts.first.label in self._usual_labels and is_usual(parts)

    def _add_usual(self, objects: list[Parts], image_id: int, run: object) -> None:
        task = self._usual_task
        wanted = [parts.first.id for parts in objects]
        numbers = self._numbering[task].take_all(wanted)
        if numbers != wanted:
            for own, number in zip(wanted, numbers, strict=True):
                if own not in {0, number}:
                    self._losses.add("id of an annotation, as another has it", f"{task}: {own}")
        category_id = self.table(task).category_id
        category_ids = [category_id(parts.first.label) for parts in objects]
        self.batch_of(task).add_usual(objects, image_id, numbers, category_ids, run)

    def _entry(self, item: Item, parts: Parts, task: str, image_id: int, rest: JsonObject) -> JsonObject:
        table = self.table(task)
        label = parts.first.label
        if label is not None and label not in table.ids:
            self._losses.add("label that is not among the categories", item.id)
        if task in CROWD_TASKS and parts.first.attributes.get(IS_CROWD, False) not in (0, 1):
            self._losses.add(f"{IS_CROWD} that is neither true nor false", item.id)
        entry = entry_of(parts, task, image_id, table.category_id(label), self._masks)
        own = entry.get("attributes")
        if own is not None and not is_json(own):
            for key in [key for key, value in own.items() if not is_json(value)]:
                self._losses.add("attribute of an annotation that is not JSON", f"{item.id}: {key}")
                del own[key]
        if rest and table.is_of_another(values_of(rest).get("category_id"), label):  # labels were added since
            self._losses.add("id of a category, as a label has it now", item.id)
            rest = without(rest, "category_id")
        return restore(entry, rest) if rest else entry

    def _add_entry(self, item: Item, task: str, entry: JsonObject, rest: JsonObject, runs: JsonObject) -> None:
        wanted = entry.get("id")
        if task != "results" and rest and "id" in values_of(rest):
            self._numbering[task].reserve(wanted)
        elif task != "results":
            number = entry["id"] = self._numbering[task].take(wanted)
            if wanted is not None and wanted != number:
                self._losses.add("id of an annotation, as another has it", f"{task}: {wanted}")
        self.batch_of(task).add(encoded(entry, item.id), entry.get("id"), runs.get(task, 0), rest.get("order"))

    def _add_media(self, item: Item, image: JsonObject, images: JsonObject) -> None:
        name = image["file_name"]
        if images:
            first = next((task for task in self.tasks if task not in images or images[task] is not None), "")
            name = str(restore(dict(image), images.get(first, {}))["file_name"])
        self._outlets.media(item, name)

    def table(self, task: str) -> CategoryTable:
        """Return the categories of a task's file."""
        if task not in self._tables:
            verbatim = self.tasks.get(task, {}).get("categories")
            self._tables[task] = CategoryTable(self._categories, task, verbatim)
        return self._tables[task]

    def batch_of(self, task: str) -> EntryBatch:
        """Return the entries of a task, of which there may be none yet."""
        if task not in self.batches:
            self.batches[task] = EntryBatch(self._outlets.entries(task))
        return self.batches[task]


def encoded(value: object, where: str) -> bytes:
    """Encode what may hold data kept from COCO, which somebody may have changed since."""
    try:
        return encode(value)
    except TypeError as error:
        message = f"{where!r} keeps data from COCO that is not JSON: {error}"
        raise InvalidItemError(message) from error


def _rests_of_images(rests: JsonObject, item_id: str) -> JsonObject:
    """Return what is kept of an item's image in the file of each task, but for the name of another item's image."""
    images: JsonObject = {}
    for task, own in rests.items():
        if own is None or isinstance(own, dict):
            name = str(values_of(own).get("file_name", item_id))
            images[task] = own if item_id in {name, posixpath.splitext(name)[0]} else without(own or {}, "file_name")
    return images


def _image_id(images: JsonObject, task: str, number: int) -> int:
    """Return the id of an image in the file of a task; `number` where that is not another."""
    kept = values_of(images.get(task)).get("id")
    return kept if type(kept) is int else number


def _has_own_id(images: JsonObject, task: str) -> bool:
    """Tell whether the file of a task has an id of its own for an image, or does not have the image."""
    rest = images.get(task, {})
    return rest is None or type(values_of(rest).get("id")) is int
