"""Writing ImageNet: pictures copied into the folders of their classes, or lists of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.derived import known_count
from datumpb.dataset.image_files import extension_of
from datumpb.dataset.media_copy import copy_image
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.plain_losses import count_categories, count_fields, count_item_attributes
from datumpb.dataset.subset_names import check_plain_name, is_usual_subset
from datumpb.errors import InvalidItemError, MediaPathError, OptionError
from datumpb.formats.imagenet.detection import LABELS_FILE
from datumpb.formats.imagenet.reader import IMAGES, NO_LABEL
from datumpb.model.annotations import Label
from datumpb.model.item import DEFAULT_SUBSET
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.categories import LabelCategory
    from datumpb.model.item import Item

LAYOUTS = ("folders", "lists")


def write_dataset(source: DatasetSource, path: Path, export: Export, *, layout: str) -> None:
    """Write a dataset as ImageNet; see `datumpb.formats.imagenet.write`."""
    if layout not in LAYOUTS:
        message = f"there is no layout {layout!r}; there are: {', '.join(LAYOUTS)}"
        raise OptionError(message)
    if layout == "folders" and not export.save_media:
        message = "folders of classes are made of pictures: save media, or choose layout 'lists'"
        raise OptionError(message)
    losses = export.losses
    subsets = source.subsets()
    for subset in subsets:
        check_plain_name("subset", subset)
    categories = source.meta(subsets[0]).categories
    count_categories(categories, losses, parents=layout == "folders")
    labels = list(categories.labels or [])
    kind = _Folders if layout == "folders" else _Lists
    with OutputFolder(path, export) as output:
        writer = kind(output.folder, subsets, labels, export)
        for subset in subsets:
            for key in source.meta(subset).infos:
                losses.add("info of the dataset", f"{subset}: {key}")
            for item in export.progress(source.items(subset), known_count(source, subset), subset):
                count_item_attributes(item, losses)
                writer.add(item, subset, _labels_of(item, len(labels), losses))


def _labels_of(item: Item, label_count: int, losses: LossReport) -> list[int]:
    found: dict[int, None] = {}
    for annotation in item.annotations:
        if not isinstance(annotation, Label):
            losses.add(f"annotation of type {type(annotation).__name__}", item.id)
        elif annotation.label is None or annotation.label >= label_count:
            losses.add("annotation without a label that there is", item.id)
        else:
            count_fields(annotation, item, losses)
            if annotation.label in found:
                losses.add("label that an item has twice", item.id)
            found[annotation.label] = None
    return list(found)


class _Folders:
    """Folders of classes."""

    def __init__(self, folder: Path, subsets: list[str], labels: list[LabelCategory], export: Export) -> None:
        self._folder = folder
        self._labels = labels
        self._export = export
        self._losses = export.losses
        classes = {label.name.split("/")[0] for label in labels} | {NO_LABEL}
        self._nested = subsets != [DEFAULT_SUBSET] or all(map(is_usual_subset, classes - {NO_LABEL}))
        if self._nested and not all(map(is_usual_subset, subsets)):
            self._losses.add(
                "subset whose folder is read as one only with the option subset_folders", ", ".join(subsets)
            )
        if len({label.name for label in labels}) < len(labels):
            message = "two labels have the same name: they would share a folder"
            raise InvalidItemError(message)
        for label in labels:
            self._check(label)
            for subset in subsets:
                (folder / self._place(subset, label.name)).mkdir(parents=True, exist_ok=True)

    def add(self, item: Item, subset: str, labels: list[int]) -> None:
        """Copy an item's picture into the folder of its class."""
        if len(labels) > 1:
            self._losses.add("further label of a picture", item.id, len(labels) - 1)
        name = self._labels[labels[0]].name if labels else NO_LABEL
        inside = item.id.removeprefix(f"{name}/")
        check_media_path(inside)
        if "/" in inside:
            self._losses.add("folder in an item's id, which would be a class: joined by '_'", item.id)
        elif inside == item.id:
            self._losses.add("id of an item, which becomes that of its picture in the folder", item.id)
        path = f"{self._place(subset, name)}/{inside.replace('/', '_')}{extension_of(item.media)}"
        if not copy_image(item, self._folder, path, self._export) and item.media is None:
            self._losses.add("item without a picture", item.id)

    def _place(self, subset: str, name: str) -> str:
        return f"{subset}/{name}" if self._nested else name

    def _check(self, label: LabelCategory) -> None:
        name = label.name
        try:
            check_media_path(name)
        except MediaPathError:
            name = NO_LABEL
        if name.split("/")[0] == NO_LABEL or name.startswith("."):
            message = f"label {label.name!r}: the name cannot be that of a folder of pictures; rename the label"
            raise InvalidItemError(message)
        up = name.rpartition("/")[0]
        if label.parent != up:
            self._losses.add("parent of a label", name)


class _Lists:
    """Lists of pictures, with the numbers of their classes."""

    def __init__(self, folder: Path, subsets: list[str], labels: list[LabelCategory], export: Export) -> None:
        self._folder = folder
        self._export = export
        self._losses = export.losses
        for label in labels:
            if label.name != label.name.strip() or not label.name or "\n" in label.name or "\r" in label.name:
                message = f"label {label.name!r}: a name that cannot stand alone on a line"
                raise InvalidItemError(message)
        if LABELS_FILE in {f"{subset}.txt" for subset in subsets}:
            message = (
                f"a subset cannot have the name {LABELS_FILE.removesuffix('.txt')!r}: its list would be {LABELS_FILE}"
            )
            raise InvalidItemError(message)
        (folder / LABELS_FILE).write_text("".join(f"{label.name}\n" for label in labels), "utf-8")
        for subset in subsets:
            (folder / f"{subset}.txt").touch()

    def add(self, item: Item, subset: str, labels: list[int]) -> None:
        """Add an item's line, and copy its picture."""
        extension = extension_of(item.media)
        check_media_path(item.id)
        if any(char in item.id for char in '\n\r"'):
            message = f"item {item.id!r}: an id with a line break or quote cannot stand in a list"
            raise InvalidItemError(message)
        name = (
            f'"{item.id}"{extension}' if len(item.id.split()) > 1 or item.id != item.id.strip() else item.id + extension
        )
        with (self._folder / f"{subset}.txt").open("a", encoding="utf-8", newline="\n") as file:
            file.write(" ".join([name, *map(str, labels)]) + "\n")
        copy_image(item, self._folder, f"{IMAGES}/{item.id}{extension}", self._export)
