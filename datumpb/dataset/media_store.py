"""Saving media: every file that an item refers to gets its place in the dataset's folder, encrypted where asked."""

from __future__ import annotations

import dataclasses
import zlib
from collections import Counter, deque
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from datumpb.container.media_file import write_media
from datumpb.container.new_file import NewFile
from datumpb.container.sink import write_all
from datumpb.dataset import layout
from datumpb.dataset.export import Export, SaveMedia
from datumpb.dataset.media_copy import link_file
from datumpb.errors import MediaNotFoundError, MediaPathError
from datumpb.model.annotations import Annotation, DepthMap, ImageAnnotation
from datumpb.model.media import (
    MEDIA_TYPES,
    GenericMedia,
    Image,
    Media,
    MediaRef,
    MediaType,
    MultiframeImage,
    PointCloud,
    TableRow,
    Video,
    VideoFrame,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from datumpb.model.item import Item


SHARED_MEDIA = frozenset({MediaType.VIDEO_FRAME, MediaType.TABLE_ROW})
"""Media of which many items may show parts of one file."""

_PICTURED = (DepthMap, ImageAnnotation)


class MediaStore:
    """The media of a dataset that is being written.

    Attributes:
        losses: Counts the files that cannot be had.
    """

    def __init__(self, root: Path, key: str | None, export: Export) -> None:
        """Prepare to save media.

        Args:
            root: The dataset's folder.
            key: The text of the key to encrypt media with; None: they stay plain.
            export: Whether files are copied, linked or left. If left, items refer to the place where they would be.
                Files that cannot be had are counted in its losses.
        """
        self._root = root
        self._key = key
        self.losses = export.losses
        self._save = export.save_media
        self._shared: dict[tuple[str, str, str | None], list[tuple[MediaRef, MediaRef]]] = {}
        self._shared_paths: Counter[str] = Counter()

    def elsewhere(self) -> MediaStore:
        """Return a store for another process, whose items share no media; it has a report of its own."""
        return MediaStore(self._root, self._key, Export(self._save))

    def place(self, item: Item, subset: str) -> Item:
        """Return the item with its media in their place in the dataset, saved there where asked.

        Raises:
            MediaError: Two files need the same place, or a source file is not what its item says.
            OSError: A file cannot be written.
        """
        return _Placing(self, item.id, subset).item(item)

    def put(self, ref: MediaRef, path: str, where: str) -> MediaRef:
        """Save a file at a path, and return the reference to it there."""
        if self._save:
            try:
                return self._write(ref, path, where)
            except MediaNotFoundError:
                self.losses.add("media file that is missing", where)
        # A file that keeps its path may be there already, where a dataset is converted in its own folder.
        encrypted = ref.encrypted and ref.path == path and self._key is not None
        return MediaRef(path=path, size=ref.size, crc32=ref.crc32, encrypted=encrypted)

    def put_shared(self, ref: MediaRef, folder: str, subset: str, where: str) -> MediaRef:
        """Save a file that several items refer to, once and under its own name; return the reference to it there."""
        known = self._shared.setdefault((folder, subset, ref.path), [])
        for original, placed in known:
            if original.source == ref.source:
                return placed
        placed = self.put(ref, self._free_path(ref, folder, subset), where)
        known.append((ref, placed))
        return placed

    def _free_path(self, ref: MediaRef, folder: str, subset: str) -> str:
        # Files of one name from several folders are told apart by a number.
        name = PurePosixPath(str(ref.path).replace("\\", "/"))
        path = first = layout.media_path(folder, subset, name.name)
        while self._shared_paths[path]:
            path = layout.media_path(folder, subset, f"{name.stem}_{self._shared_paths[first]}{name.suffix}")
            self._shared_paths[first] += 1
        self._shared_paths[path] += 1
        return path

    def _write(self, ref: MediaRef, path: str, where: str) -> MediaRef:
        target = self._root / path
        if target.exists():
            raise _taken(path, where)
        chunks = _Measured(ref.chunks())
        chunks.begin()
        plain = ref.plain_file() if self._save is SaveMedia.LINK else None
        if plain is not None:
            chunks.finish()
            link_file(plain, target, path)
            return MediaRef(path=path, size=chunks.size, crc32=chunks.crc32)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if self._key is not None:
                write_media(target, path, chunks, self._key)
            else:
                with NewFile(target) as new:
                    for chunk in chunks:
                        write_all(new.file, chunk)
        except (FileExistsError, NotADirectoryError):  # another process may have been quicker
            raise _taken(path, where) from None
        return MediaRef(path=path, size=chunks.size, crc32=chunks.crc32, encrypted=self._key is not None)


def shares_media(item: Item) -> bool:
    """Tell whether the medium of an item may be that of others, too: then its place depends on those."""
    return MEDIA_TYPES.get(type(item.media)) in SHARED_MEDIA


class _Placing:
    """Finds the places for all media of one item."""

    def __init__(self, store: MediaStore, item_id: str, subset: str) -> None:
        self._store = store
        self._id = item_id
        self._subset = subset
        self._where = f"item {item_id!r} of {subset!r}"

    def item(self, item: Item) -> Item:
        annotations = item.annotations
        if any(issubclass(kind, _PICTURED) for kind in {*map(type, annotations)}):
            annotations = [self._annotation(annotation, index) for index, annotation in enumerate(annotations)]
        media = None if item.media is None else self._media(item.media)
        return dataclasses.replace(item, media=media, annotations=annotations)

    def _media(self, media: Media) -> Media:
        if isinstance(media, Image):
            return self._image(media, layout.IMAGES, self._id)
        if isinstance(media, PointCloud):
            extra = [
                self._image(image, layout.IMAGES, f"{self._id}/extra_image_{index}")
                for index, image in enumerate(media.extra_images)
            ]
            return PointCloud(self._ref(media.file, layout.POINT_CLOUDS, self._id), extra)
        if isinstance(media, Video):
            return dataclasses.replace(media, file=self._ref(media.file, layout.VIDEOS, self._id))
        if isinstance(media, VideoFrame):
            video = dataclasses.replace(media.video, file=self._shared(media.video.file, layout.VIDEOS))
            return VideoFrame(video, media.index)
        if isinstance(media, MultiframeImage):
            frames = [
                self._image(image, layout.IMAGES, f"{self._id}/frame_{index}")
                for index, image in enumerate(media.frames)
            ]
            return MultiframeImage(self._ref(media.file, layout.IMAGES, self._id), frames)
        if isinstance(media, TableRow):
            return TableRow(self._shared(media.table, layout.TABLES), media.index)
        return GenericMedia(self._ref(media.file, layout.OTHER_MEDIA, self._id))

    def _annotation(self, annotation: Annotation, index: int) -> Annotation:
        if not isinstance(annotation, _PICTURED):
            return annotation
        return dataclasses.replace(annotation, image=self._image(annotation.image, layout.MASKS, f"{self._id}/{index}"))

    def _image(self, image: Image, folder: str, name: str) -> Image:
        return Image(self._ref(image.file, folder, name), image.height, image.width)

    def _ref(self, ref: MediaRef | None, folder: str, name: str) -> MediaRef | None:
        if ref is None or ref.path is None or ref.data is not None:
            return ref
        path = layout.media_path(folder, self._subset, name + _extension(ref.path))
        return self._store.put(ref, path, self._where)

    def _shared(self, ref: MediaRef | None, folder: str) -> MediaRef | None:
        # Many items show rows of one table or frames of one video: the file keeps its own name.
        if ref is None or ref.path is None or ref.data is not None:
            return ref
        return self._store.put_shared(ref, folder, self._subset, self._where)


class _Measured:
    """Chunks of a file, measured while they pass."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.size = 0
        self.crc32 = 0

    def begin(self) -> None:
        """Read the first chunk, so that a missing file is noticed before anything is written."""
        rest = iter(self._chunks)
        self._chunks = chain([next(rest, b"")], rest)

    def finish(self) -> None:
        """Read to the end, to measure all of it."""
        deque(self, maxlen=0)

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.size += len(chunk)
            self.crc32 = zlib.crc32(chunk, self.crc32)
            yield chunk


def _taken(path: str, where: str) -> MediaPathError:
    message = f"two media files need this place, the second for {where}"
    return MediaPathError(message, path)


def _extension(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).suffix
