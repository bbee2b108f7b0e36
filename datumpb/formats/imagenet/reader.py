"""Reading ImageNet: pictures whose class is their folder, or a number in a list."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from datumpb.dataset.file_source import FileSource, free_id
from datumpb.dataset.image_files import find_files, find_folders, is_image, stem
from datumpb.dataset.inner_path import inner_path
from datumpb.dataset.subset_names import is_usual_subset
from datumpb.dataset.text_lines import line_place, numbered_lines, read_text
from datumpb.errors import OptionError, SourceFormatError
from datumpb.formats.imagenet.detection import LABELS_FILE, list_files
from datumpb.model.annotations import Label
from datumpb.model.categories import Categories, LabelCategories, LabelCategory
from datumpb.model.item import DEFAULT_SUBSET, Item
from datumpb.model.media import Image, MediaRef
from datumpb.model.media_folder import MediaFolder
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from pathlib import Path

NO_LABEL = "no_label"
"""The folder of pictures without a class."""

IMAGES = "images"
"""The folder of the pictures that lists name."""

_NUMBERS = re.compile(r"(.*?)((?:\s+\d{1,9})*)")
_QUOTED = re.compile(r'"([^"]*)"(\S*)((?:\s+\d{1,9})*)')


class Row(NamedTuple):
    """A picture's path in the dataset's folder, and the numbers of its labels."""

    image: str
    labels: tuple[int, ...]


def open_dataset(path: Path, *, subset_folders: bool | None) -> FolderSource | ListSource:
    """Open a dataset; see `datumpb.formats.imagenet.read`."""
    if not path.is_dir():
        message = "a folder expected: of folders of pictures, or of lists"
        raise SourceFormatError(message, path)
    if (path / LABELS_FILE).is_file():
        if subset_folders is not None:
            message = f"{path}: subset_folders is for folders of classes; these are lists"
            raise OptionError(message)
        return ListSource(path)
    return FolderSource(path, subset_folders=subset_folders)


class _ImageNetSource(FileSource[Row]):
    """What both kinds share."""

    def __init__(self, root: Path, subsets: list[str], labels: LabelCategories) -> None:
        super().__init__(subsets)
        self._root = root
        self._media = MediaFolder(root)
        self._labels = labels

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        return Meta(subset, categories=Categories(self._labels))

    def read(self, item_id: str, subset: str, row: Row) -> Item:
        """Read an item; see `FileSource.read`."""
        media = Image(MediaRef(row.image, source=self._media))
        return Item(item_id, subset, media, annotations=[Label(label=label) for label in row.labels])


class FolderSource(_ImageNetSource):
    """Folders of classes (a `DividedSource`): a label is named by its folder's path, and an item by its picture's."""

    def __init__(self, root: Path, *, subset_folders: bool | None) -> None:
        """Find subsets and classes.

        Raises:
            SourceFormatError: There is no folder of a class.
        """
        first = [name for name in find_folders(root) if "/" not in name]
        if subset_folders is None:
            subset_folders = bool(first) and all(map(is_usual_subset, first))
        self._folders = {name: name for name in first} if subset_folders else {DEFAULT_SUBSET: ""}
        names = {name for folder in self._folders.values() for name in find_folders(root, folder)} - {NO_LABEL}
        if not names:
            message = "no folder of a class in this folder"
            raise SourceFormatError(message, root)
        ordered = sorted(names, key=lambda name: name.split("/"))
        parents = [str(PurePosixPath(name).parent) for name in ordered]
        labels = [LabelCategory(name, "" if up == "." else up) for name, up in zip(ordered, parents, strict=True)]
        super().__init__(root, list(self._folders), LabelCategories(labels))
        self._numbers = {name: index for index, name in enumerate(ordered)}

    def _list(self, subset: str) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        folder = self._folders[subset]
        for path in find_files(self._root, folder):
            inside = path.removeprefix(f"{folder}/") if folder else path
            name = inside.rpartition("/")[0]
            number = self._numbers.get(name)
            rows[free_id(rows, stem(inside), inside)] = Row(path, () if number is None else (number,))
        return rows


class ListSource(_ImageNetSource):
    """Lists (a `DividedSource`): on each line a picture and the numbers of its labels."""

    def __init__(self, root: Path) -> None:
        """Find the lists and read the names of labels.

        Raises:
            SourceFormatError: There is no list.
        """
        lines = read_text(root / LABELS_FILE, root).rstrip().split("\n")
        labels = LabelCategories.from_names(line.strip() for line in lines if lines != [""])
        self._lists = {file.stem: file for file in list_files(root)}
        if not self._lists:
            message = f"no list of pictures (<subset>.txt) beside {LABELS_FILE}"
            raise SourceFormatError(message, root)
        super().__init__(root, list(self._lists), labels)

    def _list(self, subset: str) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        images: set[str] = set()
        file, number = self._lists[subset], 0
        try:
            for number, line in numbered_lines(file, file.parent):  # noqa: B007 -- for the error
                row = self._row(line, images)
                images.add(row.image)
                inside = row.image.removeprefix(f"{IMAGES}/")
                rows[free_id(rows, stem(inside), inside)] = row
        except SourceFormatError as error:
            if error.path is not None:
                raise
            raise SourceFormatError(error.message, file, line_place(number)) from None
        return rows

    def _row(self, line: str, earlier: set[str]) -> Row:
        """Read a line: a picture, whose name may have spaces or stand in quotes without its extension, and numbers."""
        quoted = _QUOTED.fullmatch(line)
        name, numbers = (quoted[1] + quoted[2], quoted[3]) if quoted else _parts(line)
        labels = tuple(map(int, numbers.split()))
        for label in labels:
            if label >= len(self._labels):
                message = f"unknown class {label}: there are {len(self._labels)} in {LABELS_FILE}, counted from 0"
                raise SourceFormatError(message)
        if not name or (quoted is None and len(name.split()) > 1 and not is_image(name)):
            message = f"a picture and the numbers of its classes expected, not {line!r}"
            raise SourceFormatError(message)
        path = inner_path(name, IMAGES)
        if path in earlier:
            message = f"a picture that an earlier line has, too: {line!r}"
            raise SourceFormatError(message)
        return Row(path, labels)


def _parts(line: str) -> tuple[str, str]:
    matched = _NUMBERS.fullmatch(line)
    assert matched is not None
    return matched[1], matched[2]
