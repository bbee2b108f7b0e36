"""Reading YOLO: a dataset source that reads a picture's header and its label file when the item is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.file_source import FileSource
from datumpb.dataset.text_lines import line_place, numbered_lines
from datumpb.errors import MediaNotFoundError, SourceFormatError
from datumpb.formats.yolo.labels import LineReader, task_of
from datumpb.formats.yolo.listing import Listing, Row
from datumpb.formats.yolo.sizes import read_sizes
from datumpb.model.categories import Categories, LabelCategories, PointsCategories, PointsCategory
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef
from datumpb.model.media_folder import MediaFolder
from datumpb.model.meta import Meta
from datumpb.model.pictures import size_of_file

if TYPE_CHECKING:
    from typing_extensions import Self

    from datumpb.formats.yolo.layout import Layout
    from datumpb.formats.yolo.settings import Settings
    from datumpb.model.annotations import Annotation

KEY = "yolo"
"""The info that keeps the keys of data.yaml that nothing else does."""


class YoloSource(FileSource[Row]):
    """A YOLO dataset (a `DividedSource`)."""

    def __init__(self, layout: Layout, task: str | None) -> None:
        """Take the layout.

        Raises:
            OptionError: There is no such task, or it does not fit the dataset.
            SourceFormatError: The file with the pictures' sizes, where there is one, is not what it should be.
        """
        super().__init__(list(layout.subsets))
        self._listing = Listing(layout)
        self._settings = layout.settings
        self._task = task_of(layout.settings, task)
        self._media = MediaFolder(layout.root)
        self._sizes = read_sizes(layout.root)
        self._categories = _categories(layout.settings)

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        infos = {KEY: {**self._settings.others}} if self._settings.others else {}
        return Meta(subset, {**infos}, self._categories)

    def _list(self, subset: str) -> dict[str, Row]:
        rows = self._listing.rows(subset)
        if not self._sizes:
            return rows
        return {
            item_id: row._replace(size=self._sizes.get(row.image or "") or self._sizes.get(item_id))
            for item_id, row in rows.items()
        }

    def _reader(self) -> Self:
        reader = super()._reader()
        reader._sizes = {}  # noqa: SLF001 -- its own class; rows have their sizes
        return reader

    def read(self, item_id: str, subset: str, row: Row) -> Item:
        """Read an item; see `FileSource.read`."""
        size = self._size(row)
        media = None
        if row.image is not None:
            media = Image(MediaRef(row.image, source=self._media), *(size or ()))
        return Item(item_id, subset, media, annotations=self._annotations(row, size))

    def _size(self, row: Row) -> tuple[int, int] | None:
        """Return height and width of a picture; None where it is missing."""
        if row.image is not None:
            path = self._media.resolve(row.image)
            if path.is_file():
                return size_of_file(path)
        return row.size

    def _annotations(self, row: Row, size: tuple[int, int] | None) -> list[Annotation]:
        path = self._media.resolve(row.label)
        lines = numbered_lines(path) if path.is_file() else []
        if not lines:
            return []
        if size is None:
            message = f"the picture is missing, and its size is needed for {row.label}"
            raise MediaNotFoundError(message, path if row.image is None else self._media.root / row.image)
        height, width = size
        reader = LineReader(self._settings, self._task, width, height)
        found: list[Annotation] = []
        number = 0
        try:
            for number, line in lines:
                found += reader.annotations(line, number)
        except SourceFormatError as error:
            raise SourceFormatError(error.message, path, line_place(number)) from None
        return found


def _categories(settings: Settings) -> Categories:
    categories = Categories(LabelCategories.from_names(settings.labels))
    if settings.keypoints is not None:
        unnamed = [str(index) for index in range(settings.keypoints[0])]
        points = {label: settings.keypoint_names.get(label, unnamed) for label in range(len(settings.labels))}
        categories.points = PointsCategories({label: PointsCategory(list(names)) for label, names in points.items()})
    return categories
