"""Reading a dataset of the format, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.dataset import layout
from datumpb.dataset.datumaro_categories import read_categories
from datumpb.dataset.datumaro_media import MEDIA_TYPES
from datumpb.dataset.json_stream import read_entries, read_value
from datumpb.dataset.json_values import JsonMap, check, elements, get
from datumpb.dataset.places import Located
from datumpb.errors import DatasetError, ItemNotFoundError, SourceFormatError
from datumpb.formats.datumaro.annotation import read_annotation, read_attributes
from datumpb.formats.datumaro.detection import SUFFIX
from datumpb.formats.datumaro.media import MediaReader
from datumpb.model.item import Item
from datumpb.model.media import MediaType
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.dataset.json_stream import Entry

VERSION = "1.0"

_ITEMS = "items"
_HEAD = ("dm_format_version", "media_type", "infos", "categories")


class DatumaroSource:
    """A dataset of the format (a `DatasetSource`): its folder, or one annotation file of it."""

    def __init__(self, path: Path) -> None:
        """Name a dataset; its files are opened when something is asked of them.

        Raises:
            DatasetError: There is no annotation file.
        """
        single = path.is_file()
        files = {path.stem: path} if single else layout.annotation_files(path, SUFFIX)
        if not files:
            message = f"{path}: no annotation files ({layout.ANNOTATIONS}/*{SUFFIX})"
            raise DatasetError(message)
        root = path
        if single:
            root = path.parent.parent if path.parent.name == layout.ANNOTATIONS else path.parent
        self._documents = {subset: _Document(root, file, subset) for subset, file in files.items()}

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in the order of names."""
        return list(self._documents)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset.

        What stands before the items is read, or all of the file where that is not everything.

        Raises:
            SourceFormatError: The file does not follow the format.
        """
        return self._documents[subset].meta()

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order.

        Raises:
            SourceFormatError: The file does not follow the format.
        """
        return self._documents[subset].items()

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item. The first time takes a pass over the subset.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            SourceFormatError: The file does not follow the format.
        """
        item = self._documents[subset].item(item_id) if subset in self._documents else None
        if item is None:
            message = f"subset {subset!r} has no item {item_id!r}"
            raise ItemNotFoundError(message)
        return item

    def count(self, subset: str) -> int:
        """Return how many items a subset has. The first time takes a pass over it.

        Raises:
            SourceFormatError: The file does not follow the format.
        """
        return len(self._documents[subset].offsets())


class _Document:
    """The annotation file of one subset."""

    def __init__(self, root: Path, path: Path, subset: str) -> None:
        self._path = path
        self._subset = subset
        self._media = MediaReader(root, subset)
        self._meta: Meta | None = None
        self._offsets: dict[str, int] | None = None

    def meta(self) -> Meta:
        """What holds for all items."""
        if self._meta is None:
            head: JsonMap = {}
            for entry in self._entries():
                if entry.key in _HEAD:
                    head[entry.key] = entry.value
                elif entry.key == _ITEMS and len(head) == len(_HEAD):
                    break
            self._meta = self._read_meta(head)
        return self._meta

    def items(self) -> Iterator[Item]:
        """Yield the items."""
        for entry in self._entries():
            if entry.key == _ITEMS and entry.index is not None:
                yield self._item(entry.value, f"{_ITEMS}[{entry.index}]")

    def item(self, item_id: str) -> Item | None:
        """Return the item of an id, or None."""
        offset = self.offsets().get(item_id)
        return None if offset is None else self._item(read_value(self._path, offset), _ITEMS)

    def offsets(self) -> dict[str, int]:
        """Return where in the file the item of each id begins."""
        if self._offsets is None:
            offsets: dict[str, int] = {}
            for entry in self._entries():
                if entry.key == _ITEMS and entry.index is not None:
                    item_id = self._checked_id(entry)
                    if item_id in offsets:
                        message = f"the id {item_id!r} is there twice"
                        raise SourceFormatError(message, self._path, f"{entry.place}: {_ITEMS}[{entry.index}].id")
                    offsets[item_id] = entry.offset
            self._offsets = offsets
        return self._offsets

    def _entries(self) -> Iterator[Entry]:
        """Yield the parts of the file; after the last one, make sure that none is missing."""
        missing = {_ITEMS, "categories"}
        for entry in read_entries(self._path, {_ITEMS}):
            missing.discard(entry.key)
            if entry.key == "dm_format_version" and entry.value != VERSION:
                message = f"version {entry.value!r} of the format is not known"
                raise SourceFormatError(message, self._path, entry.key)
            yield entry
        for key in sorted(missing):
            message = "this key is missing"
            raise SourceFormatError(message, self._path, key)

    def _read_meta(self, head: JsonMap) -> Meta:
        with Located(self._path):
            number = head.get("media_type")
            media_type = MediaType.IMAGE if number is None else MEDIA_TYPES.get(check(number, int, "media_type"))
            if media_type is None:
                message = f"media of the unknown kind {number}"
                raise SourceFormatError(message, None, "media_type")
            infos = check(head.get("infos", {}), dict, "infos")
            categories = read_categories(check(head["categories"], dict, "categories"))
        return Meta(self._subset, infos, categories, media_type)

    def _checked_id(self, entry: Entry) -> str:
        with Located(self._path):
            place = f"{_ITEMS}[{entry.index}]"
            item_id: str = get(check(entry.value, dict, place), "id", str, place)
        return item_id

    def _item(self, value: Any, place: str) -> Item:  # noqa: ANN401 -- JSON
        with Located(self._path):
            entry = check(value, dict, place)
            item_id = get(entry, "id", str, place)
            place = f"item {item_id!r}"
            annotations = [
                read_annotation(annotation, f"{place}.annotations[{index}]")
                for index, annotation in enumerate(elements(entry, "annotations", dict, place))
            ]
            media = self._media.read(entry, item_id, place)
            return Item(item_id, self._subset, media, read_attributes(entry, "attr", place), annotations)
