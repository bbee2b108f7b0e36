"""Writing VOC: the files of each item, the lists of each task, and `labelmap.txt`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.dataset.derived import known_count
from datumpb.dataset.image_files import extension_of
from datumpb.dataset.item_work import for_each
from datumpb.dataset.losses import LossReport
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.plain_losses import count_item_attributes
from datumpb.dataset.subset_names import check_plain_name
from datumpb.dataset.worker_choice import workers_for
from datumpb.errors import InvalidItemError
from datumpb.formats.voc import layout
from datumpb.formats.voc.item_files import ItemFiles
from datumpb.formats.voc.item_writer import ItemWriter
from datumpb.formats.voc.labelmap import labelmap_text
from datumpb.formats.voc.layout import ANNOTATIONS, CLASSES, IMAGES, KEY, LABELMAP, LISTS, META_FILE, OBJECTS
from datumpb.formats.voc.list_writer import ListWriter
from datumpb.formats.voc.writing_labels import WritingLabels
from datumpb.model.item import Item
from datumpb.model.media_path import check_media_path
from datumpb.model.picture_size import size_of_item

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.formats.voc.item_writer import Written

_OLD = (
    f"{LISTS}/*/*.txt",
    f"{ANNOTATIONS}/**/*.xml",
    f"{CLASSES}/**/*.png",
    f"{OBJECTS}/**/*.png",
    LABELMAP,
    META_FILE,
)


@dataclass(frozen=True, slots=True)
class _Made:
    """What is made of an item: the item without its annotations, what is written of it, and what VOC cannot hold."""

    item: Item
    written: Written
    losses: LossReport
    painted: bool


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes what is to be written of an item, in any process."""

    labels: WritingLabels
    task: str | None
    one_based: bool

    def __call__(self, item: Item) -> _Made:
        losses = LossReport()
        writer = ItemWriter(self.labels, self.task, one_based=self.one_based, losses=losses)
        _check_id(item.id)
        count_item_attributes(_without_kept(item), losses)
        try:
            written = writer.write(item, size_of_item)
        except InvalidItemError as error:
            message = f"item {item.id!r}: {error}"
            raise InvalidItemError(message) from error
        return _Made(Item(item.id, item.subset, item.media), written, losses, writer.painted)


def write_dataset(  # noqa: PLR0913 -- the options of the format, by name
    source: DatasetSource, path: Path, export: Export, *, task: str | None, one_based: bool, num_workers: int
) -> None:
    """Write a dataset as VOC; see `datumpb.formats.voc.write`."""
    layout.check_task(task)
    subsets = source.subsets()
    labels = WritingLabels(source.meta(subsets[0]).categories, export.losses)
    actions = labels.actions()
    _check_names(subsets, [*labels.names().values(), *actions], task)
    entries = labels.entries(painted=False)
    labelmap_text(entries)  # before any work: names may be impossible
    make, painted = _Maker(labels, task, one_based), False
    with OutputFolder(path, export) as output, workers_for(source, export, num_workers, __name__) as workers:
        for pattern in _OLD:
            output.replace_all(pattern)
        files = ItemFiles(output.folder, export)
        for subset in subsets:
            for key in source.meta(subset).infos:
                export.losses.add("info of the dataset", f"{subset}: {key}")
            lists = ListWriter(output.folder / LISTS, subset, task)
            for made in export.progress(for_each(make, source, subset, workers), known_count(source, subset), subset):
                item = made.item
                export.losses.update(made.losses)
                painted |= made.painted
                files.write(item, f"{IMAGES}/{item.id}{extension_of(item.media)}", made.written.files)
                lists.add(item.id, made.written)
            lists.finish(labels.names(), actions if task in {None, "action"} else [])
        entries = labels.entries(painted=painted)
        (output.folder / LABELMAP).write_text(labelmap_text(entries), "utf-8", newline="\n")
        for folder in (ANNOTATIONS, IMAGES):  # without one of them, lists alone would be no dataset
            (output.folder / folder).mkdir(exist_ok=True)


def _check_names(subsets: list[str], names: list[str], task: str | None) -> None:
    for subset in subsets:
        check_plain_name("subset", subset)
    if task in {None, "classification", "action"}:
        taken = set(subsets)
        for name in names:
            check_plain_name("label or action", name)
            for subset in subsets:
                if f"{name}_{subset}" in taken:
                    message = f"list {name}_{subset!r}: two lists would have this name; rename a subset or a label"
                    raise InvalidItemError(message)
                taken.add(f"{name}_{subset}")


def _check_id(item_id: str) -> None:
    """Refuse an id that cannot stand in a list, or be part of a path."""
    check_media_path(item_id)
    if item_id != item_id.strip() or item_id.startswith("#") or any(char in item_id for char in '"\n\r'):
        message = f"item {item_id!r}: an id with space around it, a quote, a line break or # cannot stand in a list"
        raise InvalidItemError(message)


def _without_kept(item: Item) -> Item:
    kept = {name: value for name, value in item.attributes.items() if name != KEY}
    return Item(item.id, item.subset, attributes=kept)
