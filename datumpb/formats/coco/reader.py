"""Reading COCO: a dataset source that parses the files of a subset when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.dataset.places import Located
from datumpb.errors import ItemNotFoundError
from datumpb.formats.coco.builder import ItemBuilder, Part
from datumpb.formats.coco.categories import CategoryTable, CategoryUnion
from datumpb.formats.coco.difference import KEY, TOP_LEVEL, difference
from datumpb.formats.coco.document import load
from datumpb.formats.coco.image_folders import ImageFolders
from datumpb.formats.coco.index import SubsetIndex
from datumpb.formats.coco.jsonvalues import JsonObject, same
from datumpb.formats.coco.kept import digest
from datumpb.formats.coco.whole_numbers import WholeNumbers
from datumpb.model.media_folder import MediaFolder
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.formats.coco.layout import Layout
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.values import Value

_LARGE = 1 << 24  # bytes


@dataclass(slots=True)
class _Header:
    """What is kept of a subset's files when they are parsed: all but images and annotations."""

    count: int
    tasks: dict[str, JsonObject]
    categories: dict[str, list[JsonObject]]


class CocoSource:
    """A COCO dataset (a `DividedSource`).

    Each file is looked through once; what is kept is where its images and annotations are (see `SubsetIndex`), and
    they are read when their item is.
    """

    divided = True

    def __init__(self, layout: Layout) -> None:
        """Take the files; nothing is read yet."""
        self._layout = layout
        self._media = MediaFolder(layout.root)
        self._headers: dict[str, _Header] = {}
        self._categories: Categories | None = None
        self._indexes: dict[str, SubsetIndex] = {}

    def __getstate__(self) -> dict[str, object]:
        """Leave out what can be parsed again."""
        return {**self.__dict__, "_indexes": {}}

    def subsets(self) -> list[str]:
        """Return the names of the subsets, sorted by the names of their files."""
        return list(self._layout.files)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset.

        Raises:
            SourceFormatError: A file is not COCO.
        """
        categories = self._load_headers()
        header = self._headers[self._known(subset)]
        infos: dict[str, Value] = {KEY: {"tasks": {**header.tasks}}}
        return Meta(subset, infos, categories)

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset, in the order of its images.

        Raises:
            SourceFormatError: A file is not COCO.
        """
        for part in self.parts(subset):
            yield from part.items()

    def is_large(self) -> bool:
        """Tell by the sizes of the files whether there are some thousand images."""
        paths = [path for files in self._layout.files.values() for path in files.values()]
        return sum(path.stat().st_size for path in paths if path.is_file()) >= _LARGE

    def parts(self, subset: str) -> Iterator[Part]:
        """Yield the items of a subset in parts, of some hundred images each.

        Raises:
            SourceFormatError: A file is not COCO.
        """
        self._load_headers()
        index = self._index(self._known(subset))
        builder = self._builder(subset, index)
        for places in index.places():
            yield Part(builder, places)

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item; read from its place in the files.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
            SourceFormatError: A file is not COCO.
        """
        self._load_headers()
        index = self._index(self._known(subset))
        builder = self._builder(subset, index)
        for places in index.find(item_id):
            for item in builder.items(places, item_id.__eq__):
                return item
        message = f"no item {item_id!r} in subset {subset!r}"
        raise ItemNotFoundError(message)

    def count(self, subset: str) -> int:
        """Return how many items a subset has.

        Raises:
            SourceFormatError: A file is not COCO.
        """
        self._load_headers()
        return self._headers[self._known(subset)].count

    def _known(self, subset: str) -> str:
        if subset not in self._layout.files:
            message = f"no subset {subset!r}; there are: {', '.join(self._layout.files)}"
            raise ItemNotFoundError(message)
        return subset

    def _index(self, subset: str) -> SubsetIndex:
        if subset not in self._indexes:
            numbers = WholeNumbers()
            documents = {task: load(path, task, numbers) for task, path in self._layout.files[subset].items()}
            self._indexes[subset] = SubsetIndex(documents, numbers)
        return self._indexes[subset]

    def _load_headers(self) -> Categories:
        if self._categories is not None:
            return self._categories
        headers: dict[str, _Header] = {}
        for subset in self._layout.files:
            headers[subset] = _header(self._index(subset))
        union = CategoryUnion()
        for subset, files in self._layout.files.items():
            for task, path in files.items():
                with Located(path):
                    union.add(headers[subset].categories[task])
        categories = union.categories()
        for header in headers.values():
            for task, entries in header.categories.items():
                if task != "results" and not same(CategoryTable(categories, task).entries(), entries):
                    header.tasks[task].update(categories=entries, labels=digest(categories))
        self._headers, self._categories = headers, categories
        return categories

    def _builder(self, subset: str, index: SubsetIndex) -> ItemBuilder:
        header = self._headers[subset]
        folders = ImageFolders.of(self._media, self._layout.folders[subset])
        tables = {
            task: CategoryTable(self._load_headers(), task, info.get("categories"))
            for task, info in header.tasks.items()
        }
        known = {task: {entry["id"] for entry in entries} for task, entries in header.categories.items()}
        if "results" in known:  # they have no categories of their own
            known["results"] = set(tables["results"].labels)
        return ItemBuilder(subset, index.files(), folders, tables, known)


def _header(index: SubsetIndex) -> _Header:
    tasks: dict[str, JsonObject] = {}
    for task, document in index.documents.items():
        info: JsonObject = {}
        if task != "results":
            info = difference(dict(TOP_LEVEL), document.others)
            if document.missing:
                info["missing"] = [*info.get("missing", []), *document.missing]
        if task in index.base:
            info["annotations"] = index.base[task]
        tasks[task] = info
    return _Header(len(index), tasks, {task: document.categories for task, document in index.documents.items()})
