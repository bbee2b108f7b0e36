"""Writing COCO: the files of one subset after the other, in memory that does not grow with the images' contents."""

from __future__ import annotations

import dataclasses
import json
import posixpath
import shutil
from contextlib import ExitStack, closing
from itertools import groupby
from typing import IO, TYPE_CHECKING

from datumpb.dataset.losses import LossReport
from datumpb.dataset.media_copy import copy_image
from datumpb.dataset.output import OutputFolder
from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.formats.coco.categories import CategoryTable, count_losses
from datumpb.formats.coco.difference import KEY, TOP_LEVEL, rest_of, restore, values_of, without
from datumpb.formats.coco.entries import BY_ID
from datumpb.formats.coco.entry_batch import EntryBatch, is_usual
from datumpb.formats.coco.grouping import objects_of
from datumpb.formats.coco.images import image_of_item
from datumpb.formats.coco.jsonvalues import JsonObject, encode, is_json
from datumpb.formats.coco.kept import checked_metas, tasks_of
from datumpb.formats.coco.layout import TASKS
from datumpb.formats.coco.numbering import IMAGES, Numbering
from datumpb.formats.coco.objects import CROWD_TASKS, IS_CROWD, Parts, entry_of, natural_task
from datumpb.formats.coco.segments import SegmentWriter
from datumpb.formats.coco.spool import Spool
from datumpb.model.annotations import Annotation
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


def write_dataset(source: DatasetSource, path: Path, export: Export) -> None:
    """Write a dataset as COCO; see `datumpb.formats.coco.write`."""
    with OutputFolder(path, export) as output:
        (output.folder / "annotations").mkdir()
        for task in TASKS:
            output.replace_all(f"annotations/{task}_*.json")
        metas = checked_metas([source.meta(subset) for subset in source.subsets()])
        count_losses(metas[0].categories, export.losses)
        for subset, meta in zip(source.subsets(), metas, strict=True):
            _check_subset(subset)
            export.losses.update(_write_subset(source, subset, meta, output.folder, export))


def _write_subset(source: DatasetSource, subset: str, meta: Meta, folder: Path, export: Export) -> LossReport:
    numbering = Numbering()
    while True:
        once = dataclasses.replace(export, losses=LossReport())
        with ExitStack() as stack:
            writer = SubsetWriter(subset, meta, folder, once, stack, numbering)
            for item in export.progress(source.items(subset), source.count(subset), subset):
                writer.add(item)
            if writer.finish():
                return once.losses
        numbering = Numbering(numbering)


def _check_subset(subset: str) -> None:
    try:
        check_media_path(subset)
    except MediaPathError:
        plain = False
    else:
        plain = "/" not in subset
    if not plain:
        message = f"subset {subset!r}: the name cannot be part of a file's name"
        raise InvalidItemError(message)


class SubsetWriter:
    """Writes the files of one subset: items are added, and the files appear at `finish`."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what a subset is, and where it goes
        self, subset: str, meta: Meta, folder: Path, export: Export, stack: ExitStack, numbering: Numbering
    ) -> None:
        """Begin.

        Args:
            subset: The subset's name.
            meta: What holds for its items.
            folder: Where the dataset is made.
            export: Whether to copy images; its losses count what COCO cannot hold.
            stack: Closes the temporary files.
            numbering: Gives out ids.
        """
        self._subset = subset
        self._categories = meta.categories
        self._folder = folder
        self._export = export
        self._losses = export.losses
        self._stack = stack
        self._tasks = tasks_of(meta)
        for key in meta.infos:
            if key != KEY or not self._tasks:
                self._losses.add("info of the dataset", f"{subset}: {key}")
        self._images = self._spool()
        self._entries: dict[str, EntryBatch] = {}
        self._tables: dict[str, CategoryTable] = {}
        self._numbering = numbering
        self._usual_task = self._task_of(Parts(Annotation()), {})
        has_crowds = self._usual_task in CROWD_TASKS
        self._usual_labels = {None, *self._table(self._usual_task).ids} if has_crowds else set()
        self._media_folder = folder / "images" / subset
        self._segments_folder = folder / "annotations" / f"panoptic_{subset}"
        self._segments = SegmentWriter(self._segments_folder)

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
            annotation = self._segments.write(item, _image_id(images, "panoptic", number), segments, panoptic)
            self._batch_of("panoptic").add(
                _encoded(annotation, item.id), 0, runs.get("panoptic", 0), panoptic.get("order")
            )
        images = {task: images[task] for task in images if images[task] is not None or task not in touched}
        lines = [image, images] if images else [image]
        self._images.add(b"\n".join(_encoded(line, item.id) for line in lines))
        self._add_media(item, image, images)

    def _image_id(self, item: Item, wanted: object, images: JsonObject) -> int:
        """Return the id that an image is written with, where its task does not have one of its own."""
        for own in images.values():
            self._numbering[IMAGES].reserve(values_of(own).get("id"))
        if images and self._tasks and all(_has_own_id(images, task) for task in self._tasks):
            return 0
        number = self._numbering[IMAGES].take(wanted)
        if wanted not in {None, number}:
            self._losses.add("id of an image, as another has it", item.id)
        return number

    def _task_of(self, parts: Parts, rest: JsonObject) -> str:
        task = rest.get("task")
        if task not in TASKS:
            task = natural_task(parts, self._tasks)
        if task == "panoptic" and parts.mask is None:
            task = natural_task(parts, [other for other in self._tasks if other != "panoptic"])
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
        category_id = self._table(task).category_id
        category_ids = [category_id(parts.first.label) for parts in objects]
        self._batch_of(task).add_usual(objects, image_id, numbers, category_ids, run)

    def _entry(self, item: Item, parts: Parts, task: str, image_id: int, rest: JsonObject) -> JsonObject:
        table = self._table(task)
        label = parts.first.label
        if label is not None and label not in table.ids:
            self._losses.add("label that is not among the categories", item.id)
        if task in CROWD_TASKS and parts.first.attributes.get(IS_CROWD, False) not in (0, 1):
            self._losses.add(f"{IS_CROWD} that is neither true nor false", item.id)
        entry = entry_of(parts, task, image_id, table.category_id(label))
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
        self._batch_of(task).add(_encoded(entry, item.id), entry.get("id"), runs.get(task, 0), rest.get("order"))

    def _add_media(self, item: Item, image: JsonObject, images: JsonObject) -> None:
        name = image["file_name"]
        if images:
            first = next((task for task in self._tasks if task not in images or images[task] is not None), "")
            name = str(restore(dict(image), images.get(first, {}))["file_name"])
        copy_image(item, self._media_folder, name, self._export)

    def _table(self, task: str) -> CategoryTable:
        if task not in self._tables:
            verbatim = self._tasks.get(task, {}).get("categories")
            self._tables[task] = CategoryTable(self._categories, task, verbatim)
        return self._tables[task]

    def _spool(self) -> Spool:
        return self._stack.enter_context(closing(Spool(self._folder)))

    def _batch_of(self, task: str) -> EntryBatch:
        if task not in self._entries:
            self._entries[task] = EntryBatch(self._spool())
        return self._entries[task]

    def finish(self) -> bool:
        """Write the files; or none, and return False, where the items have to be numbered once more."""
        if self._numbering.given_away():
            for folder in (self._media_folder, self._segments_folder):
                if folder.exists():
                    shutil.rmtree(folder)
            return False
        for task in [*self._tasks, *(task for task in self._entries if task not in self._tasks)] or ["image_info"]:
            with (self._folder / "annotations" / f"{task}_{self._subset}.json").open("wb") as file:
                self._write(file, task, self._tasks.get(task, {}))
        return True

    def _write(self, file: IO[bytes], task: str, info: JsonObject) -> None:
        entries = self._batch_of(task).flush()
        by_id = info.get("annotations") == BY_ID
        if task == "results":
            entries.copy_to(file, by_id=by_id)
            return
        missing = info["missing"] if isinstance(info.get("missing"), list) else []
        top = restore(dict(TOP_LEVEL), info)
        categories = self._table(task).entries()
        if categories or "categories" not in missing:
            top["categories"] = categories
        file.write(b"{")
        for key, value in top.items():
            file.write(encode(key) + b":" + _encoded(value, key) + b",")
        file.write(b'"images":')
        self._write_images(file, task)
        if len(entries) or "annotations" not in missing:
            file.write(b',"annotations":')
            entries.copy_to(file, by_id=by_id)
        file.write(b"}")

    def _write_images(self, file: IO[bytes], task: str) -> None:
        with closing(Spool(self._folder)) as spool:
            for line in self._images.entries():
                entry, _, rests = line.partition(b"\n")
                rest = json.loads(rests).get(task, {}) if rests else {}
                if rest is not None:
                    changed = "values" in rest or "missing" in rest
                    spool.add(
                        encode(restore(json.loads(entry), rest)) if changed else entry, position=rest.get("order")
                    )
            spool.copy_to(file)


def _encoded(value: object, where: str) -> bytes:
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
