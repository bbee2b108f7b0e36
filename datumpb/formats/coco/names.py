"""The ids of items: each the file name of its image without the extension, or whole where that is another item's.

Names are joined by their hashes, which nobody can foresee; those that need a closer look are read once more.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import numpy as np

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.columns import Column
from datumpb.formats.coco.elements import fetch
from datumpb.formats.coco.jsonvalues import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datumpb.formats.coco.document import Document


class ItemNames:
    """The items of a subset, by the file names of the images in all of its files.

    Attributes:
        count: How many there are.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        """Join the images of all files.

        Raises:
            SourceFormatError: Two images of a file have the same name, or one does not make an item's id.
        """
        self.count = 0
        self._rows: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._documents = documents
        self._stems = Column("i8")
        self._names = Column("i8")
        self._taken: dict[str, int] = {}  # ids that had to be looked at
        self._unusual: dict[int, str] = {}  # the same by row
        for task, document in documents.items():
            if task != "results":
                self._add(task, document)
        self._resolve()
        del self._names

    def _add(self, task: str, document: Document) -> None:
        names = document.images.names.whole()
        _refuse_repeated(document, names)
        own, is_new = self._known(names) if self.count else (np.zeros(len(names), np.uint32), np.ones(len(names), bool))
        own[is_new] = np.arange(self.count, self.count + is_new.sum(), dtype=np.uint32)
        self.count += int(is_new.sum())
        self._rows[task] = own, is_new
        self._names.append(names[is_new])
        self._stems.append(document.images.stems.whole()[is_new])

    def _known(self, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows that names have so far, and which names have none."""
        known = self._names.whole()
        arranged = np.argsort(known)
        known = known[arranged]
        places = np.searchsorted(known, names).clip(max=len(known) - 1)
        return arranged[places].astype(np.uint32), known[places] != names

    def rows(self, task: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of a file's images, and which of them no file before has; can be asked once."""
        return self._rows.pop(task)

    def unusual(self, first: int, stop: int) -> dict[int, str]:
        """Return the item ids of some rows, counted from the first of these, that are not `usual_id` for sure."""
        if len(self._unusual) < stop - first:
            return {row - first: item_id for row, item_id in self._unusual.items() if first <= row < stop}
        return {row - first: self._unusual[row] for row in range(first, stop) if row in self._unusual}

    def find(self, item_id: str) -> list[int]:
        """Return the rows that may have an item id."""
        if item_id in self._taken:
            return [self._taken[item_id]]
        found, start = [], 0
        for stems in self._stems.chunks():
            found += (np.flatnonzero(stems == hash(item_id)) + start).tolist()
            start += len(stems)
        return found

    def _resolve(self) -> None:
        """Give ids to the items whose usual one may be another's, too, in their order."""
        stems, names = self._stems.whole(), self._names.whole()
        shared = _repeated(np.concatenate((stems, names[names != stems])))
        unusual = np.isin(stems, shared) | (stems == hash(""))
        if not unusual.any():
            return
        first = 0
        for task, (_, is_new) in self._rows.items():
            document = self._documents[task]
            places = np.flatnonzero(is_new)
            own = np.flatnonzero(unusual[first : first + len(places)])
            for row, position in zip((own + first).tolist(), places[own].tolist(), strict=True):
                self._take(row, _name(document, position), document, position)
            first += len(places)

    def _take(self, row: int, name: str, document: Document, position: int) -> None:
        item_id = usual_id(name)
        if item_id in self._taken:
            item_id = name
        if not item_id or item_id in self._taken:
            message = f"{shown(name)} does not give an item an id of its own"
            raise SourceFormatError(message, document.path, f"images[{position}].file_name")
        self._taken[item_id] = row
        self._unusual[row] = item_id


def _repeated(hashes: np.ndarray) -> np.ndarray:
    """Return which hashes are there more than once; the array is sorted, as another one would take memory."""
    hashes.sort()
    repeated: np.ndarray = hashes[1:][hashes[1:] == hashes[:-1]]
    return repeated


def _refuse_repeated(document: Document, names: np.ndarray) -> None:
    twice = _repeated(names.copy())
    if not len(twice):
        return
    places = np.flatnonzero(np.isin(names, twice))
    _, first = np.unique(names[places], return_index=True)
    position = int(np.delete(places, first)[0])
    message = f"two images have the file name {shown(_name(document, position))}"
    raise SourceFormatError(message, document.path, f"images[{position}].file_name")


def usual_id(name: str) -> str:
    """Return the id of the item whose image has a file name, where no other one needs it."""
    return posixpath.splitext(name)[0]


def _name(document: Document, position: int) -> str:
    elements = document.images.elements
    with document.file.open() as file:
        (image,) = fetch(
            file,
            document.path,
            elements.offsets.read(position, position + 1),
            elements.sizes.read(position, position + 1),
        )
    return str(image["file_name"])
