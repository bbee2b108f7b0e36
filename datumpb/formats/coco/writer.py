"""Writing COCO: the files of one subset after the other, in memory that does not grow with the images' contents."""

from __future__ import annotations

import dataclasses
import functools
import json
import shutil
from collections import deque
from contextlib import ExitStack, closing
from typing import IO, TYPE_CHECKING

from datumpb.dataset.derived import known_count
from datumpb.dataset.losses import LossReport
from datumpb.dataset.media_copy import copy_image
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.source import is_divided
from datumpb.dataset.worker_choice import workers_for
from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.formats.coco import WORKER_MODULE, drafts
from datumpb.formats.coco.categories import count_losses
from datumpb.formats.coco.difference import KEY, TOP_LEVEL, restore
from datumpb.formats.coco.entries import BY_ID
from datumpb.formats.coco.jsonvalues import JsonObject, encode
from datumpb.formats.coco.kept import checked_metas
from datumpb.formats.coco.layout import TASKS
from datumpb.formats.coco.numbering import Numbering
from datumpb.formats.coco.segments import SegmentWriter
from datumpb.formats.coco.spool import Spool
from datumpb.formats.coco.subset_entries import Outlets, SubsetEntries, encoded
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.dataset.workers import Workers
    from datumpb.formats.coco.drafts import Draft
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


def write_dataset(source: DatasetSource, path: Path, export: Export, num_workers: int) -> None:
    """Write a dataset as COCO; see `datumpb.formats.coco.write`."""
    with OutputFolder(path, export) as output, workers_for(source, export, num_workers, WORKER_MODULE) as workers:
        (output.folder / "annotations").mkdir()
        for task in TASKS:
            output.replace_all(f"annotations/{task}_*.json")
        metas = checked_metas([source.meta(subset) for subset in source.subsets()])
        count_losses(metas[0].categories, export.losses)
        for subset, meta in zip(source.subsets(), metas, strict=True):
            _check_subset(subset)
            named = dataclasses.replace(meta, subset=subset)
            export.losses.update(_write_subset(source, named, output.folder, export, workers))


def _write_subset(
    source: DatasetSource, meta: Meta, folder: Path, export: Export, workers: Workers | None
) -> LossReport:
    numbering = Numbering()
    while True:
        once = dataclasses.replace(export, losses=LossReport())
        with ExitStack() as stack:
            writer = SubsetWriter(meta, folder, once, stack, numbering)
            added = _added(source, meta, writer, export, workers)
            deque(export.progress(added, known_count(source, meta.subset), meta.subset), maxlen=0)
            if writer.finish():
                return once.losses
        numbering = Numbering(numbering)


def _added(
    source: DatasetSource, meta: Meta, writer: SubsetWriter, export: Export, workers: Workers | None
) -> Iterator[object]:
    """Add all items to a subset; yield something for each."""
    if workers is None or not is_divided(source):
        yield from map(writer.add, source.items(meta.subset))
        return
    remaining = iter(source.parts(meta.subset))
    sent: deque[SourcePart] = deque()
    refused = 0  # more than were accepted

    def given() -> Iterator[SourcePart]:
        while refused <= 0 and (part := next(remaining, None)) is not None:
            sent.append(part)
            yield part

    draft_all = functools.partial(drafts.make_drafts, meta=meta, save_media=bool(export.save_media))
    for draft in workers.map_batches(draft_all, given(), 1):
        part = sent.popleft()
        if draft is not None and writer.add_draft(draft):
            refused -= 1
            yield from draft.images
        else:
            refused += 1
            yield from map(writer.add, part.items())
    for part in remaining:
        yield from map(writer.add, part.items())


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

    def __init__(self, meta: Meta, folder: Path, export: Export, stack: ExitStack, numbering: Numbering) -> None:
        """Begin.

        Args:
            meta: What holds for the subset.
            folder: Where the dataset is made.
            export: Whether to copy images; its losses count what COCO cannot hold.
            stack: Closes the temporary files.
            numbering: Gives out ids.
        """
        self._subset = meta.subset
        self._folder = folder
        self._export = export
        self._stack = stack
        self._numbering = numbering
        self._images = self._spool()
        self._spools: dict[str, Spool] = {}
        self._media_folder = folder / "images" / meta.subset
        self._segments_folder = folder / "annotations" / f"panoptic_{meta.subset}"
        outlets = Outlets(self._images.add, self._new_list, SegmentWriter(self._segments_folder), self._save)
        self._entries = SubsetEntries(meta, export.losses, numbering, outlets)
        for key in meta.infos:
            if key != KEY or not self._entries.tasks:
                export.losses.add("info of the dataset", f"{meta.subset}: {key}")

    def add(self, item: Item) -> None:
        """Add an item.

        Raises:
            MediaPathError: A file name leads out of the folder, or two images have the same.
            InvalidItemError: A mask is damaged.
        """
        self._entries.add(item)

    def add_draft(self, draft: Draft) -> bool:
        """Add the items of a draft; or return False where an item does not get an id that it wants.

        Raises:
            MediaPathError: A file name leads out of the folder, or two images have the same.
        """
        if not self._numbering.take_wanted(draft.wanted, draft.reserved):
            return False
        for image in draft.images:
            self._images.add(image)
        for task, kept in draft.entries.items():
            self._entries.batch_of(task).flush()
            for lines in kept:
                self._spools[task].add_lines(*lines)
        self._export.losses.update(draft.losses)
        for item, name in draft.media:
            self._save(item, name)
        return True

    def _save(self, item: Item, name: str) -> None:
        copy_image(item, self._media_folder, name, self._export)

    def _new_list(self, task: str) -> Spool:
        self._spools[task] = self._spool()
        return self._spools[task]

    def _spool(self) -> Spool:
        return self._stack.enter_context(closing(Spool(self._folder)))

    def finish(self) -> bool:
        """Write the files; or none, and return False, where the items have to be numbered once more."""
        if self._numbering.given_away():
            for folder in (self._media_folder, self._segments_folder):
                if folder.exists():
                    shutil.rmtree(folder)
            return False
        tasks = self._entries.tasks
        for task in [*tasks, *(task for task in self._spools if task not in tasks)] or ["image_info"]:
            with (self._folder / "annotations" / f"{task}_{self._subset}.json").open("wb") as file:
                self._write(file, task, tasks.get(task, {}))
        return True

    def _write(self, file: IO[bytes], task: str, info: JsonObject) -> None:
        self._entries.batch_of(task).flush()
        entries = self._spools[task]
        by_id = info.get("annotations") == BY_ID
        if task == "results":
            entries.copy_to(file, by_id=by_id)
            return
        missing = info["missing"] if isinstance(info.get("missing"), list) else []
        top = restore(dict(TOP_LEVEL), info)
        categories = self._entries.table(task).entries()
        if categories or "categories" not in missing:
            top["categories"] = categories
        file.write(b"{")
        for key, value in top.items():
            file.write(encode(key) + b":" + encoded(value, key) + b",")
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
