"""Reading VOC: an item for each line of the lists, made of its XML file, its pictures of masks and what lists say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.dataset.file_source import FileSource
from datumpb.dataset.image_files import IMAGE_EXTENSIONS, extension_of
from datumpb.dataset.inner_path import inner_path, refuse_links_out
from datumpb.dataset.text_lines import line_place
from datumpb.errors import SourceFormatError
from datumpb.formats.voc import layout
from datumpb.formats.voc.discovery import discover_entries
from datumpb.formats.voc.elements import Element, parse
from datumpb.formats.voc.labelmap import categories_of, read_entries
from datumpb.formats.voc.layout import ANNOTATIONS, CLASSES, IMAGES, KEY, LISTS, MAIN, OBJECTS
from datumpb.formats.voc.lists import Lists, Saying
from datumpb.formats.voc.masks import MaskReader
from datumpb.formats.voc.numbers import read_whole
from datumpb.formats.voc.objects import ObjectReader
from datumpb.formats.voc.rest import rest_of
from datumpb.model.annotations import Annotation, Bbox, Label
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef, media_refs
from datumpb.model.media_folder import MediaFolder
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.categories import Categories
    from datumpb.model.values import Value

_EXTENSIONS = (".jpg", *sorted(IMAGE_EXTENSIONS - {".jpg"}))


@dataclass(slots=True)
class Row:
    """What lists say about an item. As there is one for each, it takes little where they say nothing.

    Attributes:
        lists: The folders whose list has it; items of the same ones share the tuple.
        labels: The labels of the whole picture, each with 1 or, where it is difficult, 0.
        actions: Whether an object, by its number, does something.
    """

    lists: tuple[str, ...] = ()
    labels: list[tuple[int, int]] | None = None
    actions: dict[tuple[int, str], bool] | None = None


class VocSource(FileSource[Row]):
    """A VOC dataset (a `DividedSource`)."""

    def __init__(self, path: Path, *, task: str | None, one_based: bool) -> None:
        """Find the labels and the subsets.

        Raises:
            OptionError: There is no such task.
            SourceFormatError: The folder is none of VOC, or what says which labels there are cannot be read.
        """
        layout.check_task(task)
        self._root = layout.find_root(path)
        self._task = task
        self._lists = Lists(self._root, layout.list_folders(task))
        entries = read_entries(self._root)
        if entries is None:
            entries = discover_entries(self._root, Lists(self._root, layout.LIST_FOLDERS))
        has_masks = (self._root / CLASSES).is_dir() and any((self._root / CLASSES).iterdir())
        self._categories = categories_of(entries, masks=has_masks)
        labels = list(self._categories.labels or [])
        self._numbers = {label.name: index for index, label in enumerate(labels)}
        self._actions = sorted({action for label in labels for action in label.attributes})
        subsets = self._lists.subsets(set(self._numbers), set(self._actions))
        if not subsets:
            message = f"no list in {LISTS}/{' or '.join(layout.list_folders(task))}"
            raise SourceFormatError(message, self._root)
        super().__init__(subsets)
        self._media = MediaFolder(self._root)
        self._masks = MaskReader(self._categories.masks.colormap if self._categories.masks is not None else {})
        self._objects = ObjectReader(
            self._numbers,
            [label.attributes for label in labels],
            with_parts=task in {None, "layout"},
            with_actions=task in {None, "action"},
            one_based=one_based,
        )

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        return Meta(subset, categories=self.categories())

    def categories(self) -> Categories:
        """Return the labels, and the colours of their masks."""
        return self._categories

    def _list(self, subset: str) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        for folder in layout.list_folders(self._task):
            for item_id in self._lists.ids(folder, subset):
                row = rows.setdefault(item_id, Row())
                lists = (*row.lists, folder)
                row.lists = shared.setdefault(lists, lists)
        if self._task in {None, "classification"}:
            for name, label in self._numbers.items():
                for saying in self._lists.labels(name, subset):
                    row = self._row(rows, saying, MAIN, f"{name}_{subset}")
                    if saying.flag >= 0:
                        row.labels = row.labels or []
                        row.labels.append((label, saying.flag))
        if self._task in {None, "action"}:
            for name in self._actions:
                for saying in self._lists.actions(name, subset):
                    row = self._row(rows, saying, layout.ACTION, f"{name}_{subset}")
                    row.actions = row.actions or {}
                    row.actions[saying.number, name] = saying.flag > 0
        return rows

    def _row(self, rows: dict[str, Row], saying: Saying, folder: str, name: str) -> Row:
        if saying.item_id not in rows:
            message = f"{saying.item_id!r} is not in the list of the subset"
            raise SourceFormatError(message, self._root / LISTS / folder / f"{name}.txt", line_place(saying.line))
        return rows[saying.item_id]

    def read(self, item_id: str, subset: str, row: Row) -> Item:
        """Read an item; see `FileSource.read`."""
        item = Item(item_id, subset)
        for label, flag in row.labels or ():
            item.annotations.append(Label(label=label, attributes={} if flag else {"difficult": True}))
        kept: dict[str, Value] = {}
        root, boxes = None, list[Bbox]()
        path = self._root / ANNOTATIONS / f"{item_id}.xml"
        if layout.has_boxes(self._task) and path.is_file():
            refuse_links_out(self._root, path)
            root = parse(path, "annotation")
            try:
                size = _size(root)
                item.media = self._image(item_id, root, size)
                boxes = self._objects.read(root, size, row.actions or {})
                self._check_numbers(root, row)
            except SourceFormatError as error:
                raise SourceFormatError(error.message, path, error.place) from None
        else:
            item.media = self._image(item_id, None, None)
        pictures, masks = self._read_masks(item_id, item.media, boxes)
        item.annotations += [*boxes, *masks]
        if root is not None:
            kept["annotation"] = self._kept_of(root, item, segmented=bool(masks))
        if self._task is None:
            actions = any(name in box.attributes for box in boxes for name in self._objects.actions[box.label or 0])
            parts = any(not box.id for box in boxes)
            if [*row.lists] != layout.usual_lists(masks=bool(masks), parts=parts, actions=actions):
                kept["lists"] = [*row.lists]
            if pictures != layout.usual_pictures(masks):
                kept["masks"] = [*pictures]
        if self._task is None or root is not None:
            item.attributes[KEY] = kept
        return item

    def _check_numbers(self, root: Element, row: Row) -> None:
        count = len(root.find_all("object"))
        for number, action in row.actions or ():
            if number > count:
                message = f"a list of the action {action!r} names object {number}, there are {count}"
                raise SourceFormatError(message)

    def _read_masks(self, item_id: str, media: Image | None, boxes: list[Bbox]) -> tuple[list[str], list[Annotation]]:
        """Return which pictures of masks there are, and the masks, each in a group with its object's box."""
        if self._task not in {None, "segmentation"}:
            return [], []
        places = {folder: self._root / folder / f"{item_id}.png" for folder in (CLASSES, OBJECTS)}
        there = {folder: path for folder, path in places.items() if path.is_file()}
        size = (media.height, media.width) if media is not None else (None, None)
        known = None if size[0] is None or size[1] is None else (size[0], size[1])
        masks = self._masks.read(there.get(CLASSES), there.get(OBJECTS), known)
        own = {(box.id, box.label): box for box in boxes if box.id}
        for mask in masks:
            if box := own.get((mask.id, mask.label)):
                box.group = mask.group = mask.id
        return list(there), list[Annotation](masks)

    def _image(self, item_id: str, root: Element | None, size: tuple[int, int] | None) -> Image | None:
        """Return an item's picture: the one of its name, else the one that the XML names, be it there or not."""
        height, width = size or (None, None)
        for extension in _EXTENSIONS:
            path = f"{IMAGES}/{item_id}{extension}"
            if (self._root / path).is_file():
                return Image(MediaRef(path, source=self._media), height, width)
        named = root.at_most_one("filename") if root is not None else None
        if named is not None and named.leaf():
            try:
                path = inner_path(named.leaf(), IMAGES)
            except SourceFormatError as error:
                named.fail(error.message)
            return Image(MediaRef(path, source=self._media), height, width)
        return Image(None, height, width) if size is not None else None

    def _kept_of(self, root: Element, item: Item, *, segmented: bool) -> dict[str, Value]:
        """Return what of the XML does not follow from the item; None: what usually is there, and is not."""
        kept = rest_of(root, {"filename", "size", "segmented", "object"})
        usual = {"filename": f"{item.id}{extension_of(item.media)}", "segmented": str(int(segmented))}
        for name, text in usual.items():
            node = root.at_most_one(name)
            if node is None:
                kept[name] = None
            elif node.leaf() != text and not (name == "filename" and self._is_named(node.leaf(), item)):
                kept[name] = node.leaf()
        node = root.at_most_one("size")
        if node is not None:
            kept["size"] = rest_of(node, () if _size(root) is None else {"width", "height"})
        return kept

    def _is_named(self, name: str, item: Item) -> bool:
        """Tell whether the item's picture is there by the name in the XML, which it will not have when it is copied."""
        path = f"{IMAGES}/{name}"
        return media_refs(item.media) == [MediaRef(path)] and (self._root / path).is_file()


def _size(root: Element) -> tuple[int, int] | None:
    node = root.at_most_one("size")
    if node is None:
        return None
    height, width = read_whole(node.one("height")), read_whole(node.one("width"))
    return (height, width) if height and width else None
