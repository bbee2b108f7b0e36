"""The files of one subset, joined: for each item its image in the file of each task, and its annotations."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco import order
from datumpb.formats.coco.elements import fetch
from datumpb.formats.coco.entries import BY_ID, SortedEntries
from datumpb.formats.coco.lookup import Lookup
from datumpb.formats.coco.names import ItemNames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import IO

    from datumpb.formats.coco.document import Document
    from datumpb.formats.coco.jsonvalues import JsonObject
    from datumpb.formats.coco.whole_numbers import WholeNumbers
    from datumpb.model.annotations import Polygon


_ROWS = 1 << 8  # read at once


@dataclass(slots=True)
class Entry:
    """An annotation in a file.

    Attributes:
        task: The task of the file.
        position: Its position there.
        data: Itself.
        moved: Whether its position does not follow from the items' order.
        repeated: Whether its id occurred before.
        polygons: What is made of it, where that is known already.
    """

    task: str
    position: int
    data: JsonObject
    moved: bool
    repeated: bool
    polygons: list[Polygon] | None = None


@dataclass(slots=True)
class Row:
    """What belongs to one item.

    Attributes:
        item_id: The item's id.
        images: Its image in the file of each task that has it, with the position there, and whether that does not
            follow from the items' order.
        entries: Its annotations, task by task.
        number: The image's id, where no file describes the image.
        shared_id: Whether another image has the id of this one, in the file of another task.
        runs: For each task whose file is ordered by id, the run that its annotations lie in, where not the first.
    """

    item_id: str = ""
    images: dict[str, tuple[JsonObject, int, bool]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    number: int | None = None
    shared_id: bool = False
    runs: dict[str, int] = field(default_factory=dict)


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
        self._moved_images: dict[str, frozenset[int]] = {}
        self._entries: dict[str, SortedEntries] = {}
        self._codes: np.ndarray | None = None  # of the images' ids, where no file describes images
        known = Lookup.empty()
        created = np.zeros(0, np.int64)
        for task, document in documents.items():
            if task == "results":
                lookup = known if len(documents) > 1 else self._images_of_results(document)
            else:
                rows, is_new = self._names.rows(task)
                codes = document.images.ids.whole()
                lookup = Lookup(codes, rows)
                _refuse_repeated(lookup, document, numbers)
                self._shared = np.union1d(self._shared, rows[is_new][np.isin(codes[is_new], created)])
                created = np.concatenate((created, codes[is_new]))
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

    def rows(self) -> Iterator[list[Row]]:
        """Yield all rows in order, some at a time."""
        with ExitStack() as stack:
            files = self._open(stack)
            for first in range(0, len(self), _ROWS):
                yield self._read(files, first, min(first + _ROWS, len(self)))

    def find(self, item_id: str) -> Row | None:
        """Return the row of an item; None where there is none."""
        with ExitStack() as stack:
            files = self._open(stack)
            for place in self._places_of(item_id):
                (row,) = self._read(files, place, place + 1)
                if row.item_id == item_id:
                    return row
        return None

    def _open(self, stack: ExitStack) -> dict[str, IO[bytes]]:
        return {task: stack.enter_context(document.open()) for task, document in self.documents.items()}

    def _places_of(self, item_id: str) -> list[int]:
        if self._codes is None:
            return self._names.find(item_id)
        return [place for place, code in enumerate(self._codes.tolist()) if str(self._numbers.decode(code)) == item_id]

    def _read(self, files: Mapping[str, IO[bytes]], first: int, stop: int) -> list[Row]:
        rows = [Row() for _ in range(first, stop)]
        shared = self._shared[np.searchsorted(self._shared, first) : np.searchsorted(self._shared, stop)]
        for place in shared.tolist():
            rows[place - first].shared_id = True
        for task, places in self._image_places.items():
            self._read_images(files, task, places[first:stop], rows)
        for place, row in enumerate(rows, first):
            if self._codes is None:
                image, _, _ = next(iter(row.images.values()))
                row.item_id = self._names.item_id(place, image["file_name"])
            else:
                row.number = self._numbers.decode(int(self._codes[place]))
                row.item_id = str(row.number)
        for task, entries in self._entries.items():
            for row, run in zip(rows, entries.runs_of(first, stop), strict=True):
                if run:
                    row.runs[task] = run
            offsets, sizes, positions, flags, counts = entries.of_rows(first, stop)
            found = iter(fetch(files[task], self.documents[task].path, offsets, sizes))
            details = zip(positions.tolist(), flags.tolist(), strict=True)
            for row, count in zip(rows, counts.tolist(), strict=True):
                for _ in range(count):
                    position, flag = next(details)
                    row.entries.append(Entry(task, position, next(found), bool(flag & 1), bool(flag & 2)))
        return rows

    def _read_images(self, files: Mapping[str, IO[bytes]], task: str, places: np.ndarray, rows: list[Row]) -> None:
        here = np.flatnonzero(places >= 0)
        if not len(here):
            return
        wanted = places[here]
        low, high = int(wanted.min()), int(wanted.max()) + 1
        document = self.documents[task]
        elements = document.images.elements
        if high - low <= _ROWS:
            offsets, sizes = (
                elements.offsets.read(low, high)[wanted - low],
                elements.sizes.read(low, high)[wanted - low],
            )
        else:  # far from each other
            offsets = np.array([elements.offsets[place] for place in wanted.tolist()], np.uint64)
            sizes = np.array([elements.sizes[place] for place in wanted.tolist()], np.uint32)
        moved = self._moved_images[task]
        images = fetch(files[task], document.path, offsets, sizes)
        for index, position, image in zip(here.tolist(), wanted.tolist(), images, strict=True):
            rows[index].images[task] = image, position, position in moved

    def _add_images(self, task: str, rows: np.ndarray) -> None:
        places = np.full(self._names.count, -1, np.int32)
        places[rows] = np.arange(len(rows), dtype=np.int32)
        self._image_places[task] = places
        self._moved_images[task] = frozenset(order.outliers(rows).tolist())

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
