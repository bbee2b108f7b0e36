"""The files of one subset, joined: for each item its image in the file of each task, and its annotations."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.dataset.places import Located
from datumpb.errors import SourceFormatError
from datumpb.formats.coco import order
from datumpb.formats.coco.jsonvalues import JsonObject, get, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.formats.coco.document import Document

BY_ID = "by id"


@dataclass(slots=True)
class Entry:
    """An annotation in a file: its task, its position, and itself."""

    task: str
    position: int
    data: JsonObject


@dataclass(slots=True)
class Row:
    """What belongs to one item.

    Attributes:
        images: Its image in the file of each task that has it, with the position there.
        positions: For each task, the positions of its annotations in the file.
        number: The image's id, where no file describes the image.
        shared_id: Whether another image has the id of this one, in the file of another task.
        runs: For each task whose file is ordered by id, the run that its annotations lie in, where not the first.
    """

    images: dict[str, tuple[JsonObject, int]] = field(default_factory=dict)
    positions: dict[str, list[int]] = field(default_factory=dict)
    number: int | None = None
    shared_id: bool = False
    runs: dict[str, int] = field(default_factory=dict)


class SubsetIndex:
    """The rows of a subset by item id, in the items' order, and which positions do not follow from that order.

    Attributes:
        documents: The parsed file of each task.
        rows: What belongs to each item.
        moved_images: For each task, the positions of images that do not follow.
        moved_entries: The same of annotations.
        base: For each task, `BY_ID` where its annotations are ordered by id.
        repeated: For each task, the positions of annotations whose id occurred before.

    Raises:
        SourceFormatError: Two images have the same id or name, or an annotation's image is missing.
    """

    def __init__(self, documents: dict[str, Document]) -> None:
        """Join the files."""
        self.documents = documents
        self.rows: dict[str, Row] = {}
        self.moved_images: dict[str, set[int]] = {}
        self.moved_entries: dict[str, set[int]] = {}
        self.base: dict[str, str] = {}
        self.repeated: dict[str, set[int]] = {}
        self._names: dict[str, str] = {}
        self._ids: set[int] = set()
        known: dict[int, str] = {}
        for task, document in documents.items():
            if task == "results":
                images = known if len(documents) > 1 else self._images_of_results(document)
            else:
                images = self._add_images(task, document)
                known = {**images, **known}
            self._add_entries(task, document, images)
        for task, document in documents.items():
            self._order_entries(task, document)

    def entries(self, row: Row) -> Iterator[Entry]:
        """Yield the annotations of an item, task by task."""
        for task, positions in row.positions.items():
            annotations = self.documents[task].annotations
            for position in positions:
                yield Entry(task, position, annotations[position])

    def _add_images(self, task: str, document: Document) -> dict[int, str]:
        images: dict[int, str] = {}
        for position, image in enumerate(document.images):
            with Located(document.path, "images", position):
                number, name = get(image, "id", int), get(image, "file_name", str)
                if number in images:
                    message = f"two images have the id {number}"
                    raise SourceFormatError(message, None, ".id")
                item_id = self._item_id(name)
                row = self.rows.get(item_id)
                if row is None:
                    row = self.rows[item_id] = Row(shared_id=number in self._ids)
                    self._ids.add(number)
                if task in row.images:
                    message = f"two images have the file name {shown(name)}"
                    raise SourceFormatError(message, None, ".file_name")
            row.images[task] = image, position
            images[number] = item_id
        places = {item_id: place for place, item_id in enumerate(self.rows)}
        self.moved_images[task] = order.outliers([places[item_id] for item_id in images.values()])
        return images

    def _item_id(self, name: str) -> str:
        """Return the item id of a file name: without its extension, or whole where that is taken."""
        if name in self._names:
            return self._names[name]
        item_id = posixpath.splitext(name)[0]
        if item_id in self.rows:
            item_id = name
        if not item_id or item_id in self.rows:
            message = f"{shown(name)} does not give an item an id of its own"
            raise SourceFormatError(message, None, ".file_name")
        self._names[name] = item_id
        return item_id

    def _images_of_results(self, document: Document) -> dict[int, str]:
        images: dict[int, str] = {}
        for position, entry in enumerate(document.annotations):
            number = _placed(document, position, entry)
            images.setdefault(number, str(number))
            self.rows.setdefault(str(number), Row(number=number))
        return images

    def _add_entries(self, task: str, document: Document, images: dict[int, str]) -> None:
        places = {number: self.rows[item_id].positions.setdefault(task, []) for number, item_id in images.items()}
        seen: set[int] = set()
        repeated = self.repeated[task] = set()
        for position, data in enumerate(document.annotations):
            number = data.get("image_id")
            if type(number) is not int:
                number = _placed(document, position, data)  # says what is wrong
            if number not in places:
                message = f"annotation of a missing image: there is no image with the id {number}"
                raise SourceFormatError(message, document.path, f"annotations[{position}].image_id")
            places[number].append(position)
            own = data.get("id")
            if type(own) is int:
                if own in seen:
                    repeated.add(position)
                seen.add(own)

    def _order_entries(self, task: str, document: Document) -> None:
        """Find the base order that fewest positions deviate from."""
        places = [0] * len(document.annotations)
        owners = [""] * len(document.annotations)
        count = 0
        for item_id, row in self.rows.items():
            for position in row.positions.get(task, ()):
                places[position], owners[position] = count, item_id
                count += 1
        moved = order.outliers(places)
        if moved and task != "panoptic":  # a panoptic annotation has no id that the model knows of
            ids = [order.sort_id(entry.get("id")) for entry in document.annotations]
            runs = order.runs_of_images(ids, owners)
            keys = [(runs.get(owner, 0), own, place) for own, owner, place in zip(ids, owners, places, strict=True)]
            moved_by_id = order.outliers(keys)
            if 2 * len(moved_by_id) + len(runs) < 2 * len(moved):  # a run's number takes about half of a position
                moved = moved_by_id
                self.base[task] = BY_ID
                for item_id, run in runs.items():
                    self.rows[item_id].runs[task] = run
        self.moved_entries[task] = moved


def _placed(document: Document, position: int, entry: JsonObject) -> int:
    with Located(document.path, "annotations", position):
        return int(get(entry, "image_id", int))
