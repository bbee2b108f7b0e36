"""The annotations of one file, sorted by the items that they belong to: where each is, and what is special about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco import order
from datumpb.formats.coco.columns import CHUNK, Column
from datumpb.formats.coco.rows import MOVED, REPEATED, EntryPlaces
from datumpb.formats.coco.whole_numbers import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.formats.coco.document import Annotations, Document
    from datumpb.formats.coco.lookup import Lookup
    from datumpb.formats.coco.whole_numbers import WholeNumbers

BY_ID = "by id"

_AT_ONCE = 1 << 19  # annotations that are sorted in memory


class SortedEntries:
    """The annotations of a file by the rows that they belong to.

    Attributes:
        by_id: Whether the base order from which fewest positions deviate is that of ids.
    """

    def __init__(self, task: str, document: Document, lookup: Lookup, row_count: int, numbers: WholeNumbers) -> None:
        """Sort them.

        Args:
            task: The file's task.
            document: The file.
            lookup: Finds the rows of images.
            row_count: How many rows there are.
            numbers: What gave codes to ids.

        Raises:
            SourceFormatError: An annotation's image is missing.
        """
        annotations = document.annotations
        self.by_id = False
        self._rows = Column("u4")
        self._starts = np.zeros(row_count + 1, np.uint32)
        self._runs: np.ndarray | None = None
        self._numbers = numbers
        for place, owners in enumerate(annotations.owners.chunks()):
            rows, is_known = lookup.find(owners)
            if not is_known.all():
                first = int(np.flatnonzero(~is_known)[0])
                message = (
                    f"annotation of a missing image: there is no image with the id {numbers.decode(int(owners[first]))}"
                )
                raise SourceFormatError(message, document.path, f"annotations[{place * CHUNK + first}].image_id")
            self._rows.append(rows)
            counts = np.bincount(rows, minlength=row_count)
            np.add(self._starts[1:], counts, out=self._starts[1:], casting="unsafe")  # a copy would take memory
        np.cumsum(self._starts, out=self._starts)
        flags = self._flags(annotations, self._moved(annotations, task))
        self._offsets, self._sizes, self._positions = Column("u8"), Column("u4"), Column("u4")
        self._marks = Column("u1")
        elements = annotations.elements
        columns = (elements.offsets, elements.sizes, *([] if flags is None else [flags]))
        for positions, offsets, sizes, *marks in self._grouped(*columns):
            self._offsets.append(offsets)
            self._sizes.append(sizes)
            self._positions.append(positions)
            self._marks.append(marks[0] if marks else np.zeros(len(positions), np.uint8))

    def of_rows(self, first: int, stop: int) -> EntryPlaces:
        """Return where the annotations of some rows are, and what is special about them."""
        begin, end = int(self._starts[first]), int(self._starts[stop])
        columns = (self._offsets, self._sizes, self._positions, self._marks)
        offsets, sizes, positions, marks = (column.read(begin, end) for column in columns)
        counts = np.diff(self._starts[first : stop + 1]).tolist()
        runs = [0] * (stop - first) if self._runs is None else self._runs[first:stop].tolist()
        return EntryPlaces(offsets, sizes, positions, marks, counts, runs)

    def _moved(self, annotations: Annotations, task: str) -> Column | None:
        """Find the base order that fewest positions deviate from; mark those that do, if there are any."""
        falls = sum(int((rows[1:] < rows[:-1]).sum()) for rows in _joined(self._rows.chunks()))
        if not falls:
            return None
        if task == "panoptic":  # its annotations have no id that the model knows of
            return self._outliers(self._places)[0]
        runs = self._runs_of_images(annotations)
        run_count = int(np.count_nonzero(runs))
        keys = self._keys_by_id(annotations, runs)
        # At least as many deviate from the items' order as fall in it.
        rises = keys is not None and run_count < 2 * falls and _rise(keys())
        moved: Column | None = None
        if not rises:
            moved_by_item, by_item = self._outliers(self._places)
            if keys is None:
                return moved_by_item
            moved, by_id = self._outliers(keys)
            if 2 * by_id + run_count >= 2 * by_item:  # a run's number takes about half of a position
                return moved_by_item
        self.by_id = True
        self._runs = runs if run_count else None
        return moved

    def _outliers(self, keys: Callable[[], Iterator[np.ndarray]]) -> tuple[Column, int]:
        """Mark the annotations whose keys are outliers, and count them."""
        marks, count = Column("u1"), 0
        for found in order.outliers(keys):
            marks.append(found * np.uint8(MOVED))
            count += int(found.sum())
        return marks, count

    def _runs_of_images(self, annotations: Annotations) -> np.ndarray:
        """Return the run that most annotations of each row lie in; of several, the one that comes first."""
        column = Column("u4")
        for found in order.runs(map(self._numbers.sort_ids, annotations.ids.chunks())):
            column.append(found)
        runs = np.zeros(len(self._starts) - 1, np.uint32)
        start = 0
        for positions, found in self._grouped(column):
            rows = np.searchsorted(self._starts, np.arange(start, start + len(positions)), "right") - 1
            start += len(positions)
            pairs, places, counts = np.unique(rows << 32 | found, return_index=True, return_counts=True)
            own = pairs >> 32
            best = np.lexsort((-places, counts, own))  # the last of each row
            runs[own[best]] = found[places[best]]
        return runs

    def _places(self) -> Iterator[np.ndarray]:
        """Yield the place of each annotation in the items' order, for those of the file in their order."""
        free = self._starts[:-1].copy()
        for rows in self._rows.chunks():
            arranged = np.argsort(rows, kind="stable")
            own, firsts, counts = np.unique(rows[arranged], return_index=True, return_counts=True)
            places = np.empty(len(rows), np.int64)
            places[arranged] = np.arange(len(rows)) + (free[own] - firsts).repeat(counts)
            free[own] += counts.astype(np.uint32)
            yield places

    def _keys_by_id(self, annotations: Annotations, runs: np.ndarray) -> Callable[[], Iterator[np.ndarray]] | None:
        """Return what yields numbers that rise with runs and ids; None: the ids are too far apart for int64."""
        bounds = [(int(ids.min()), int(ids.max())) for ids in map(self._numbers.sort_ids, annotations.ids.chunks())]
        low, high = min(bounds)[0], max(high for _, high in bounds)
        span = high - low + 1
        if (int(runs.max()) + 1) * span >= order.INT64_LIMIT:
            return None

        def keys() -> Iterator[np.ndarray]:
            for rows, codes in zip(self._rows.chunks(), annotations.ids.chunks(), strict=True):
                yield runs[rows].astype(np.int64) * span + (self._numbers.sort_ids(codes) - low)

        return keys

    def _flags(self, annotations: Annotations, moved: Column | None) -> Column | None:
        """Add the marks of those whose ids are repeated, if there are any, to the marks of those that are moved."""
        flags = moved
        for start, repeated in _repeated(annotations.ids):
            if flags is None:
                flags = Column("u1")
                for rows in self._rows.chunks():
                    flags.append(np.zeros(len(rows), np.uint8))
            flags.write(start, flags.read(start, start + len(repeated)) | repeated * np.uint8(REPEATED))
        return flags

    def _grouped(self, *columns: Column) -> Iterator[tuple[np.ndarray, ...]]:
        """Yield positions, and what columns say about them, by their rows; those of a row in the file's order."""
        first = 0
        while first < len(self._starts) - 1:
            begin = int(self._starts[first])
            stop = max(int(np.searchsorted(self._starts, begin + _AT_ONCE, "right")) - 1, first + 1)
            if self._starts[stop] > begin:
                yield self._group(first, stop, columns)
            first = stop

    def _group(self, first: int, stop: int, columns: tuple[Column, ...]) -> tuple[np.ndarray, ...]:
        parts: list[list[np.ndarray]] = [[] for _ in range(len(columns) + 2)]
        for place, rows in enumerate(self._rows.chunks()):
            here = np.flatnonzero((rows >= first) & (rows < stop))
            if len(here):
                start = place * CHUNK
                found = [column.read(start, start + len(rows))[here] for column in columns]
                for part, numbers in zip(parts, [rows[here], here + start, *found], strict=True):
                    part.append(numbers)
        rows, *others = map(np.concatenate, parts)
        arranged = np.argsort(rows, kind="stable")
        return tuple(numbers[arranged] for numbers in others)


def _joined(chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Put the last number of each chunk in front of the next one."""
    last = np.zeros(0, np.uint32)
    for chunk in chunks:
        yield np.concatenate((last, chunk))
        last = chunk[-1:]


def _rise(keys: Iterator[np.ndarray]) -> bool:
    """Tell whether keys rise strictly."""
    return all((some[1:] > some[:-1]).all() for some in _joined(keys))


def _repeated(ids: Column) -> Iterator[tuple[int, np.ndarray]]:
    """Yield of those chunks that have ids which occurred before where each begins, and which those are: (N,) bool."""
    parts = len(ids) // _AT_ONCE + 1
    for part in range(parts):
        own = np.concatenate([np.zeros(0, np.int64), *(codes[codes % parts == part] for codes in ids.chunks())])
        own.sort()
        twice = np.unique(own[1:][own[1:] == own[:-1]])
        seen = np.zeros(len(twice), bool)
        for place, codes in enumerate(ids.chunks() if len(twice) else ()):
            here = np.flatnonzero(np.isin(codes, twice) & (codes != MISSING))
            if not len(here):
                continue
            which = np.searchsorted(twice, codes[here])
            own, firsts = np.unique(which, return_index=True)
            repeated = np.zeros(len(codes), bool)
            repeated[here] = True
            repeated[here[firsts]] = seen[own]
            seen[own] = True
            if repeated.any():
                yield place * CHUNK, repeated
