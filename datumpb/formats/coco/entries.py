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
    from collections.abc import Iterator

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
        self._count = len(annotations.ids)
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
            self._starts[1:] += np.bincount(rows, minlength=row_count).astype(np.uint32)
        np.cumsum(self._starts, out=self._starts)
        flags = self._flags(annotations, moved=self._moved(annotations, task))
        self._offsets, self._sizes, self._positions = Column("u8"), Column("u4"), Column("u4")
        self._marks = Column("u1")
        for positions, offsets, sizes in self._grouped(annotations.elements.offsets, annotations.elements.sizes):
            self._offsets.append(offsets)
            self._sizes.append(sizes)
            self._positions.append(positions)
            self._marks.append(np.zeros(len(positions), np.uint8) if flags is None else flags[positions])

    def of_rows(self, first: int, stop: int) -> EntryPlaces:
        """Return where the annotations of some rows are, and what is special about them."""
        begin, end = int(self._starts[first]), int(self._starts[stop])
        columns = (self._offsets, self._sizes, self._positions, self._marks)
        offsets, sizes, positions, marks = (column.read(begin, end) for column in columns)
        counts = np.diff(self._starts[first : stop + 1]).tolist()
        runs = [0] * (stop - first) if self._runs is None else self._runs[first:stop].tolist()
        return EntryPlaces(offsets, sizes, positions, marks, counts, runs)

    def _moved(self, annotations: Annotations, task: str) -> np.ndarray:
        """Find the base order that fewest positions deviate from, and return those that do."""
        falls = sum(int((rows[1:] < rows[:-1]).sum()) for rows in _joined(self._rows.chunks()))
        if not falls:
            return np.zeros(0, np.int64)
        if task == "panoptic":  # its annotations have no id that the model knows of
            return order.outliers(self._places())
        runs = self._runs_of_images(annotations)
        run_count = int(np.count_nonzero(runs))
        # At least as many deviate from the items' order as fall in it.
        if run_count < 2 * falls and self._rise_by_id(annotations, runs):
            moved = np.zeros(0, np.int64)
        else:
            moved_by_item = order.outliers(self._places())
            moved = order.outliers(self._ranks_by_id(annotations, runs))
            if 2 * len(moved) + run_count >= 2 * len(moved_by_item):  # a run's number takes about half of a position
                return moved_by_item
        self.by_id = True
        self._runs = runs if run_count else None
        return moved

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
            pairs = np.stack((rows, found.astype(np.int64)), axis=1)
            _, places, counts = np.unique(pairs, axis=0, return_index=True, return_counts=True)
            best = np.lexsort((-places, counts, rows[places]))  # the last of each row
            runs[rows[places[best]]] = found[places[best]]
        return runs

    def _rise_by_id(self, annotations: Annotations, runs: np.ndarray) -> bool:
        """Tell whether no annotation deviates from the order of runs and ids."""
        last: tuple[int, int] | None = None
        for rows, codes in zip(self._rows.chunks(), annotations.ids.chunks(), strict=True):
            ids, own = self._numbers.sort_ids(codes), runs[rows]
            if not ((own[1:] > own[:-1]) | ((own[1:] == own[:-1]) & (ids[1:] > ids[:-1]))).all():
                return False
            if last is not None and (int(own[0]), int(ids[0])) <= last:
                return False
            last = int(own[-1]), int(ids[-1])
        return True

    def _places(self) -> np.ndarray:
        """Return the place of each annotation in the items' order."""
        places = np.empty(self._count, np.uint32)
        start = 0
        for (positions,) in self._grouped():
            places[positions] = np.arange(start, start + len(positions), dtype=np.uint32)
            start += len(positions)
        return places

    def _ranks_by_id(self, annotations: Annotations, runs: np.ndarray) -> np.ndarray:
        """Return the place of each annotation in the order of runs, ids and items."""
        ids = self._numbers.sort_ids(annotations.ids.whole())
        ranks = np.empty(self._count, np.uint32)
        ranks[np.lexsort((self._places(), ids, runs[self._rows.whole()]))] = np.arange(self._count, dtype=np.uint32)
        return ranks

    def _flags(self, annotations: Annotations, moved: np.ndarray) -> np.ndarray | None:
        repeated = list(_repeated(annotations.ids))
        if not len(moved) and not repeated:
            return None
        flags = np.zeros(self._count, np.uint8)
        flags[moved] = MOVED
        flags[repeated] |= REPEATED
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


def _repeated(ids: Column) -> Iterator[int]:
    """Yield the positions of ids that occurred before."""
    parts = len(ids) // _AT_ONCE + 1
    for part in range(parts):
        own = np.concatenate([np.zeros(0, np.int64), *(codes[codes % parts == part] for codes in ids.chunks())])
        own.sort()
        twice = np.unique(own[1:][own[1:] == own[:-1]])
        seen: set[int] = set()
        for place, codes in enumerate(ids.chunks() if len(twice) else ()):
            for position in np.flatnonzero(np.isin(codes, twice)).tolist():
                code = int(codes[position])
                if code in seen and code != MISSING:
                    yield place * CHUNK + position
                seen.add(code)
