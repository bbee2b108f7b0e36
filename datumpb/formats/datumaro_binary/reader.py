"""Reading a dataset of the format, blob by blob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset import layout
from datumpb.dataset.datumaro_categories import read_categories
from datumpb.dataset.datumaro_media import MEDIA_TYPES
from datumpb.errors import DatasetError, ItemNotFoundError, SourceFormatError
from datumpb.formats.datumaro_binary import container
from datumpb.formats.datumaro_binary.annotation import read_annotations
from datumpb.formats.datumaro_binary.fernet import Cipher, FernetMediaFolder
from datumpb.formats.datumaro_binary.media import MediaReader
from datumpb.model.item import Item
from datumpb.model.media_folder import MediaFolder
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb.formats.datumaro_binary.primitives import Cursor


class BinarySource:
    """A dataset of the format (a `DatasetSource`): its folder, or one annotation file of it."""

    def __init__(self, path: Path, key: str | bytes | None = None) -> None:
        """Name a dataset; its files are opened when something is asked of them.

        Args:
            path: The dataset's folder, or an annotation file.
            key: The text of its key; None: it is not encrypted.

        Raises:
            DatasetError: There is no annotation file.
            InvalidKeyError: The key is not one.
        """
        cipher = Cipher(key)
        single = path.is_file()
        files = {path.stem: path} if single else layout.annotation_files(path)
        if not files:
            message = f"{path}: no annotation files ({layout.ANNOTATIONS}/*{layout.SUFFIX})"
            raise DatasetError(message)
        self.root = path
        if single:
            self.root = path.parent.parent if path.parent.name == layout.ANNOTATIONS else path.parent
        # A file that stands alone may have any name; in a dataset its name says which subset it is.
        self._files = [_File(self.root, file, None if single else subset, cipher) for subset, file in files.items()]

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in the order of names."""
        return [file.subset for file in self._files]

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        return self._file(subset).meta()

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order."""
        for item, _ in self._file(subset).placed_items():
            yield item

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item. The first time takes a pass over the subset.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
        """
        item = self._file(subset).item(item_id)
        if item is None:
            message = f"subset {subset!r} has no item {item_id!r}"
            raise ItemNotFoundError(message)
        return item

    def count(self, subset: str) -> int:
        """Return how many items a subset has. The first time takes a pass over it."""
        return self._file(subset).count()

    def media_encrypted(self) -> bool:
        """Tell whether the images of any subset are encrypted."""
        return any(file.head.media_encrypted for file in self._files)

    def _file(self, subset: str) -> _File:
        return next(file for file in self._files if file.subset == subset)


class _File:
    """The annotation file of one subset."""

    def __init__(self, root: Path, path: Path, subset: str | None, cipher: Cipher) -> None:
        self._root = root
        self._path = path
        self._subset = subset
        self._cipher = cipher
        self._head: container.Head | None = None
        self._count: int | None = None
        self._places: dict[str, tuple[int, int]] | None = None

    @property
    def head(self) -> container.Head:
        """What stands before the blobs."""
        if self._head is None:
            self._head = container.read_head(self._path, self._cipher)
        return self._head

    @property
    def subset(self) -> str:
        """The name of the subset; in a file that stands alone, what the first item says."""
        if self._subset is None:
            self._subset = self._path.stem
            blob = next(self._blobs(), None)
            if blob is not None:
                blob.text()
                self._subset = blob.text()
        return self._subset

    def meta(self) -> Meta:
        """Return what holds for all items."""
        head = self.head
        media_type = MEDIA_TYPES.get(head.media_type)
        if media_type is None:
            message = f"media of the unknown kind {head.media_type}"
            raise SourceFormatError(message, self._path, f"byte {head.media_type_at}")
        try:
            categories = read_categories(head.categories)
        except SourceFormatError as error:
            place = f"byte {head.categories_at}, {error.place}"
            raise SourceFormatError(error.message, self._path, place) from error
        return Meta(self.subset, head.infos, categories, media_type)

    def placed_items(self) -> Iterator[tuple[Item, tuple[int, int]]]:
        """Yield the items, each with the number of its blob and its place in it."""
        media = self._media()
        count = 0
        for number, blob in enumerate(self._blobs()):
            while blob:
                place = number, blob.offset
                yield self._item(blob, media), place
                count += 1
        self._count = count

    def item(self, item_id: str) -> Item | None:
        """Return the first item of an id, or None."""
        if self._places is None:
            places: dict[str, tuple[int, int]] = {}
            for item, place in self.placed_items():
                places.setdefault(item.id, place)
            self._places = places
        if item_id not in self._places:
            return None
        number, offset = self._places[item_id]
        blob = next(self._blobs(number))
        blob.offset = offset
        return self._item(blob, self._media())

    def count(self) -> int:
        """Return how many items there are."""
        if self._count is None:
            self._count = sum(1 for _ in self.placed_items())
        return self._count

    def _blobs(self, first: int = 0) -> Iterator[Cursor]:
        starts = self.head.starts
        with container.opening(self._path) as file:
            for number in range(first, len(starts) - 1):
                start, end = int(starts[number]), int(starts[number + 1])
                file.seek(start)
                data = file.read(end - start)
                if len(data) != end - start:
                    message = f"ends too early: {end - start} bytes expected, {len(data)} left"
                    raise SourceFormatError(message, self._path, f"byte {start}")
                yield container.opened(data, self._path, start, self._cipher)

    def _media(self) -> MediaReader:
        plain: MediaFolder = MediaFolder(self._root)
        if not self.head.media_encrypted:
            return MediaReader(self.subset, plain, plain)
        # Datumaro encrypts images only, whatever it says.
        return MediaReader(
            self.subset,
            FernetMediaFolder(self._root, self._cipher, always=True),
            FernetMediaFolder(self._root, self._cipher, always=False),
        )

    def _item(self, blob: Cursor, media: MediaReader) -> Item:
        item_id = blob.text()
        start = blob.offset
        subset = blob.text()
        if subset != self.subset:
            message = f"item {item_id!r} is of the subset {subset!r}, and the file of {self.subset!r}: was it renamed?"
            raise blob.error(message, start)
        return Item(item_id, subset, media.read(blob, item_id), blob.json(), read_annotations(blob))
