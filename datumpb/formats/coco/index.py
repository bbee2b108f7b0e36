"""The files of one subset, joined: for each item its image in the file of each task, and its annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco import order
from datumpb.formats.coco.columns import CHUNK, Column
from datumpb.formats.coco.entries import BY_ID, SortedEntries
from datumpb.formats.coco.lookup import Lookup
from datumpb.formats.coco.names import ItemNames
from datumpb.formats.coco.rows import ImagePlaces, RowPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.formats.coco.document import Document
    from datumpb.formats.coco.known_file import KnownFile
    from datumpb.formats.coco.whole_numbers import WholeNumbers

_ROWS = 1 << 8  # read at once


class SubsetIndex:
    """The rows of a subset in the items' order, and which positions do not follow from that order.

    It takes some 50 bytes of memory for each item; what it knows of annotations is in temporary files.

    Attributes:
        documents: The file of each task.
        base: For each task, `BY_ID` where its annotations are ordered by id.

    Raises:
        SourceFormatError: Two images have the same id or name, or an annotation's image is missing.
    """

    def __init__(self, documents: dict[str, Document], numbers: WholeNumbers) -> None:
        """Join the files.

        Args:
            documents: The file of each task.
            numbers: What gave codes to their ids.
        """
        self.documents = documents
        self.base: dict[str, str] = {}
        self._numbers = numbers
        self._names = ItemNames(documents)
        self._shared: np.ndarray = np.zeros(0, np.int64)
        self._image_places: dict[str, np.ndarray] = {}
        self._moved_images: dict[str, np.ndarray] = {}
        self._entries: dict[str, SortedEntries] = {}
        self._codes: np.ndarray | None = None  # of the images' ids, where no file describes images
        known = Lookup.empty()
        created = Column("i8")
        for task, document in documents.items():
            if task == "results":
                lookup = known if len(documents) > 1 else self._images_of_results(document)
            else:
                rows, is_new = self._names.rows(task)
                codes = document.images.ids.whole()
                lookup = Lookup(codes, rows)
                _refuse_repeated(lookup, document, numbers)
                new_codes = codes[is_new]
                if len(created):
                    self._shared = np.union1d(self._shared, rows[is_new][np.isin(new_codes, created.whole())])
                created.append(new_codes)
                known = known.extended(lookup)
                self._add_images(task, rows)
            entries = SortedEntries(task, document, lookup, len(self), numbers)
            self._entries[task] = entries
            if entries.by_id:
                self.base[task] = BY_ID
            document.forget_joined()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._names.count if self._codes is None else len(self._codes)

    def files(self) -> dict[str, KnownFile]:
        """Return the file of each task."""
        return {task: document.file for task, document in self.documents.items()}

    def places(self) -> Iterator[RowPlaces]:
        """Yield where all rows are, in order, some at a time."""
        for first in range(0, len(self), _ROWS):
            yield self._places(first, min(first + _ROWS, len(self)))

    def find(self, item_id: str) -> list[RowPlaces]:
        """Return where the rows are that may be that of an item, each alone."""
        return [self._places(place, place + 1) for place in self._rows_of(item_id)]

    def _rows_of(self, item_id: str) -> list[int]:
        if self._codes is None:
            return self._names.find(item_id)
        return [place for place, code in enumerate(self._codes.tolist()) if str(self._numbers.decode(code)) == item_id]

    def _places(self, first: int, stop: int) -> RowPlaces:
        numbers = [] if self._codes is None else [*map(self._numbers.decode, self._codes[first:stop].tolist())]
        shared = self._shared[np.searchsorted(self._shared, first) : np.searchsorted(self._shared, stop)] - first
        ids = {} if self._codes is not None else self._names.unusual(first, stop)
        images = {task: self._places_of_images(task, rows[first:stop]) for task, rows in self._image_places.items()}
        entries = {task: entries.of_rows(first, stop) for task, entries in self._entries.items()}
        return RowPlaces(stop - first, ids, numbers, shared.tolist(), images, entries)

    def _places_of_images(self, task: str, places: np.ndarray) -> ImagePlaces:
        rows = np.flatnonzero(places >= 0)
        wanted = places[rows]
        low, high = (int(wanted.min()), int(wanted.max()) + 1) if len(rows) else (0, 0)
        elements = self.documents[task].images.elements
        if high - low <= _ROWS:
            offsets, sizes = (
                elements.offsets.read(low, high)[wanted - low],
                elements.sizes.read(low, high)[wanted - low],
            )
        else:  # far from each other
            offsets = np.array([elements.offsets[place] for place in wanted.tolist()], np.uint64)
            sizes = np.array([elements.sizes[place] for place in wanted.tolist()], np.uint32)
        positions = wanted.tolist()
        moved = self._moved_images[task][wanted].tolist()
        return ImagePlaces(rows.tolist(), offsets, sizes, positions, moved)

    def _add_images(self, task: str, rows: np.ndarray) -> None:
        places = np.full(self._names.count, -1, np.int32)
        places[rows] = np.arange(len(rows), dtype=np.int32)
        self._image_places[task] = places
        chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
        self._moved_images[task] = np.concatenate([np.zeros(0, bool), *order.outliers(lambda: chunks)])

    def _images_of_results(self, document: Document) -> Lookup:
        codes, first = np.zeros(0, np.int64), np.zeros(0, np.int64)
        start = 0
        for chunk in document.annotations.owners.chunks():
            own, places = np.unique(chunk, return_index=True)
            codes, kept = np.unique(np.concatenate((codes, own)), return_index=True)
            first = np.concatenate((first, places + start))[kept]
            start += len(chunk)
        self._codes = codes[np.argsort(first)]
        return Lookup(self._codes, np.arange(len(codes), dtype=np.int64))


def _refuse_repeated(lookup: Lookup, document: Document, numbers: WholeNumbers) -> None:
    same = np.flatnonzero(lookup.codes[1:] == lookup.codes[:-1]) + 1
    if len(same):
        position = int(lookup.positions[same].min())
        number = numbers.decode(document.images.ids[position])
        message = f"two images have the id {number}"
        raise SourceFormatError(message, document.path, f"images[{position}].id")
