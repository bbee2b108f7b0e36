"""The pictures of a subset with their label files, from a list or a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datumpb.dataset.file_source import free_id
from datumpb.dataset.image_files import find_files, stem
from datumpb.dataset.inner_path import inner_path
from datumpb.dataset.text_lines import line_place, numbered_lines
from datumpb.errors import SourceFormatError
from datumpb.formats.yolo.detection import LABEL_FOLDERS, NAMES_FILES
from datumpb.formats.yolo.paths import darknet_inner, own_path

if TYPE_CHECKING:
    from datumpb.formats.yolo.layout import Layout, Place

_IMAGES = "images"


class Row(NamedTuple):
    """An item's files, relative to the dataset's folder.

    Attributes:
        image: Its picture; None: there is only the label file.
        label: Its label file, which need not be there.
        size: Height and width of the picture in pixels, where a file beside the lists says it.
    """

    image: str | None
    label: str
    size: tuple[int, int] | None = None


class Listing:
    """Lists the items of subsets."""

    def __init__(self, layout: Layout) -> None:
        """Take the layout; nothing is read yet."""
        self._root = layout.root
        self._darknet = layout.darknet
        self._places = layout.subsets
        self._label_folders: dict[str, str] = {}

    def rows(self, subset: str) -> dict[str, Row]:
        """Return the items of a subset by their ids, in order.

        Raises:
            SourceFormatError: A list names a picture twice, or one outside of the dataset's folder.
        """
        rows: dict[str, Row] = {}
        for place in self._places[subset]:
            if place.is_list:
                self._add_list(rows, place, subset)
            else:
                self._add_folder(rows, place)
        return rows

    def _add_list(self, rows: dict[str, Row], place: Place, subset: str) -> None:
        file = self._root / place.path
        seen: set[str] = set()
        for number, line in numbered_lines(file):
            try:
                image = self._listed(line, place)
            except SourceFormatError as error:
                raise SourceFormatError(error.message, file, line_place(number)) from None
            if image in seen:
                message = f"names a picture that an earlier line names: {line!r}"
                raise SourceFormatError(message, file, line_place(number))
            seen.add(image)
            inside = _without_first(image) if self._darknet else _inside(image, subset)
            rows[free_id(rows, stem(inside), stem(image), image)] = Row(image, self._label(image))

    def _listed(self, line: str, place: Place) -> str:
        if self._darknet:
            return darknet_inner(self._root, line)
        text = own_path(self._root, line)
        beside = place.path.rpartition("/")[0]
        path = inner_path(text, beside)
        if beside and not text.startswith("./") and not (self._root / path).exists():
            from_root = inner_path(text)
            return from_root if (self._root / from_root).exists() else path
        return path

    def _add_folder(self, rows: dict[str, Row], place: Place) -> None:
        labels = set()
        for image in find_files(self._root, place.path):
            if self._is_of(image, place):
                label = self._label(image)
                labels.add(label)
                rows[free_id(rows, stem(_from(image, place.base)), stem(image), image)] = Row(image, label)
        folder = self._label_folder(place.path)
        if folder == place.path:  # beside the pictures, other texts may stand, too
            return
        for label in find_files(self._root, folder, extension=".txt"):
            inside = _from(label, folder)
            if label not in labels and self._is_of(label, place, folder) and inside not in NAMES_FILES:
                rows[free_id(rows, stem(inside), stem(label), label)] = Row(None, label)

    def _is_of(self, path: str, place: Place, folder: str | None = None) -> bool:
        first = _from(path, place.path if folder is None else folder).split("/", 1)
        return len(first) == 1 or first[0] not in place.others

    def _label(self, image: str) -> str:
        folder, slash, name = image.rpartition("/")
        return f"{self._label_folder(folder)}{slash}{stem(name)}.txt".removeprefix("/")

    def _label_folder(self, folder: str) -> str:
        """Return the folder with the labels of a folder's pictures: where Ultralytics has it, or the same."""
        if folder not in self._label_folders:
            found = (path for path in _label_places(folder) if (self._root / path).is_dir())
            self._label_folders[folder] = next(found, folder)
        return self._label_folders[folder]


def _label_places(folder: str) -> list[str]:
    parts = folder.split("/") if folder else []
    places = [index for index in reversed(range(len(parts))) if parts[index].lower() == _IMAGES]
    splits = [(parts[:place], parts[place + 1 :]) for place in places] or [([], parts)]
    return ["/".join([*before, name, *after]) for before, after in splits for name in LABEL_FOLDERS]


def label_path(image: str) -> str:
    """Return where Ultralytics looks for the labels of a picture: its last folder "images" becomes "labels"."""
    parts = f"{stem(image)}.txt".split("/")
    place = max(index for index in range(len(parts) - 1) if parts[index] == _IMAGES)
    return "/".join([*parts[:place], "labels", *parts[place + 1 :]])


def _inside(image: str, subset: str) -> str:
    """Return what of a picture's path is its id: what follows "images" and the subset's name."""
    own = f"{_IMAGES}/{subset}/"
    if image.startswith(own):
        return image.removeprefix(own)
    parts = image.split("/")
    place = next((index for index in reversed(range(len(parts) - 1)) if parts[index].lower() == _IMAGES), -1)
    rest = parts[place + 1 :]
    return "/".join(rest[1:] if len(rest) > 1 and rest[0] == subset else rest)


def _without_first(image: str) -> str:
    return image.partition("/")[2] or image


def _from(path: str, folder: str) -> str:
    return path.removeprefix(f"{folder}/") if folder else path
