"""What belongs to some successive items of a subset: where it is in the files, and itself, read from there."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datumpb.formats.coco.elements import fetch, read_pieces
from datumpb.formats.coco.names import usual_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datumpb.formats.coco.jsonvalues import JsonObject
    from datumpb.formats.coco.known_file import KnownFile

MOVED = 1
"""Marks an annotation whose position in the file does not follow from the items' order."""

REPEATED = 2
"""Marks an annotation whose id occurred before."""


@dataclass(frozen=True, slots=True)
class ImagePlaces:
    """Where the images of some rows are in the file of a task.

    Attributes:
        rows: The row of each image, from 0.
        offsets: Where each begins.
        sizes: How many bytes each has.
        positions: The position of each in the file's list.
        moved: Whether that does not follow from the items' order.
    """

    rows: list[int]
    offsets: np.ndarray
    sizes: np.ndarray
    positions: list[int]
    moved: list[bool]

    def only(self, kept: Mapping[int, int]) -> ImagePlaces:
        """Return the places of some rows: the new number of each, by the one it has."""
        own = [place for place, row in enumerate(self.rows) if row in kept]
        return ImagePlaces(
            [kept[self.rows[place]] for place in own],
            self.offsets[own],
            self.sizes[own],
            [self.positions[place] for place in own],
            [self.moved[place] for place in own],
        )


@dataclass(frozen=True, slots=True)
class EntryPlaces:
    """Where the annotations of some rows are in the file of a task, row by row.

    Attributes:
        offsets: Where each begins.
        sizes: How many bytes each has.
        positions: The position of each in the file's list.
        marks: What is special about each: `MOVED`, `REPEATED`, both or 0.
        counts: The number of annotations of each row.
        runs: The run of ids that those of each row lie in; 0: the first one.
    """

    offsets: np.ndarray
    sizes: np.ndarray
    positions: np.ndarray
    marks: np.ndarray
    counts: list[int]
    runs: list[int]

    def only(self, rows: list[int]) -> EntryPlaces:
        """Return the places of some rows."""
        is_kept = np.zeros(len(self.counts), bool)
        is_kept[rows] = True
        own = is_kept.repeat(self.counts)
        return EntryPlaces(
            self.offsets[own],
            self.sizes[own],
            self.positions[own],
            self.marks[own],
            [self.counts[row] for row in rows],
            [self.runs[row] for row in rows],
        )


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Where all is that belongs to some rows; can be sent to another process.

    Attributes:
        count: How many rows there are.
        ids: The item ids of rows that have another one than the usual one of their image.
        numbers: The images' ids, where no file describes the images; else empty.
        shared: The rows whose image has the id of another one, in the file of another task.
        images: Their images, by task.
        entries: Their annotations, by task.
    """

    count: int
    ids: dict[int, str]
    numbers: list[int]
    shared: list[int]
    images: dict[str, ImagePlaces]
    entries: dict[str, EntryPlaces]

    def only(self, rows: list[int]) -> RowPlaces:
        """Return the places of some rows, whose numbers rise."""
        kept = {row: number for number, row in enumerate(rows)}
        return RowPlaces(
            len(rows),
            {kept[row]: item_id for row, item_id in self.ids.items() if row in kept},
            [self.numbers[row] for row in rows] if self.numbers else [],
            [kept[row] for row in self.shared if row in kept],
            {task: images.only(kept) for task, images in self.images.items()},
            {task: entries.only(rows) for task, entries in self.entries.items()},
        )


@dataclass(slots=True)
class Row:
    """What belongs to one item, but for its annotations.

    Attributes:
        item_id: The item's id.
        images: Its image in the file of each task that has it, with the position there, and whether that does not
            follow from the items' order.
        number: The image's id, where no file describes the image.
        shared_id: Whether another image has the id of this one, in the file of another task.
        runs: For each task whose file is ordered by id, the run that its annotations lie in, where not the first.
    """

    item_id: str = ""
    images: dict[str, tuple[JsonObject, int, bool]] = field(default_factory=dict)
    number: int | None = None
    shared_id: bool = False
    runs: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows, read.

    Attributes:
        rows: Themselves.
        entries: For each task, where their annotations are, and the bytes of each.
    """

    rows: list[Row]
    entries: dict[str, tuple[EntryPlaces, list[bytes]]]


def read_rows(files: Mapping[str, KnownFile], places: RowPlaces) -> Rows:
    """Read rows from the files of all tasks.

    Raises:
        SourceFormatError: A file cannot be read, or was changed.
    """
    rows = [Row() for _ in range(places.count)]
    for index in places.shared:
        rows[index].shared_id = True
    entries = {}
    with ExitStack() as stack:
        opened = {task: stack.enter_context(file.open()) for task, file in files.items()}
        for task, own in places.images.items():
            images = fetch(opened[task], files[task].path, own.offsets, own.sizes)
            for index, image, position, moved in zip(own.rows, images, own.positions, own.moved, strict=True):
                rows[index].images[task] = image, position, moved
        for index, row in enumerate(rows):
            if places.numbers:
                row.number = places.numbers[index]
                row.item_id = str(row.number)
            else:
                image, _, _ = next(iter(row.images.values()))
                row.item_id = places.ids.get(index) or usual_id(image["file_name"])
        for task, found in places.entries.items():
            for row, run in zip(rows, found.runs, strict=True):
                if run:
                    row.runs[task] = run
            entries[task] = found, read_pieces(opened[task], found.offsets, found.sizes)
    return Rows(rows, entries)
