"""The checks of `datumpb verify`: annotation files, and if asked the media that their items refer to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.cli.files import OWN_FORMAT, fetched, files_by_subset, format_of, open_dataset
from datumpb.cli.findings import Finding, shard_findings
from datumpb.cli.folder_sizes import file_size
from datumpb.cli.progress import byte_progress, terminal_progress
from datumpb.container.item_ids import ItemIds
from datumpb.container.reader import dataset_root
from datumpb.container.remote_media import media_folder
from datumpb.container.verify import Verified, Watcher, inspect_file
from datumpb.dataset import layout
from datumpb.dataset.item_media import item_media
from datumpb.errors import DamagedFileError, FileError, MediaError, MediaNotFoundError, SourceFormatError
from datumpb.messages import ContentType
from datumpb.storage.location import RemotePath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.cli.keys import Key
    from datumpb.dataset.subset_files import SubsetFiles
    from datumpb.model.item import Item
    from datumpb.model.media import MediaRef, MediaSource
    from datumpb.storage.location import Location


@dataclass(slots=True)
class MediaCount:
    """Media files that were looked into.

    Attributes:
        checked: How many were read and found to be what their items mean.
        missing: How many are not there.
        size: How many bytes were read, after decryption where the key is known.
    """

    checked: int = 0
    missing: int = 0
    size: int = 0


@dataclass(slots=True)
class Verification:
    """What was found.

    Attributes:
        format: The name of the dataset's format.
        files: The annotation files, where they are of our own format.
        items: How many items there are; None where that takes the key.
        media: The media files; None where they were not looked into.
        complete: Whether everything was looked into, which takes the key of an encrypted dataset.
        faults: What is wrong.
    """

    format: str
    files: dict[Location, Verified] = field(default_factory=dict)
    items: int | None = None
    media: MediaCount | None = None
    complete: bool = True
    faults: list[Finding] = field(default_factory=list)


def verify_path(named: Location, key: Key | None, *, media: bool) -> Verification:
    """Check a file or a dataset.

    Args:
        named: The file or the dataset's folder, or its URL.
        key: Its key.
        media: Whether media files are checked, too.

    Raises:
        DatumpbError: It cannot be checked: not there, of no known format, of a later version, or the key does not fit.
    """
    path = fetched(named)
    verification = Verification(format_of(path), media=MediaCount() if media else None)
    if verification.format == OWN_FORMAT:
        _verify_own(path, key, verification)
    else:
        _verify_other(path, key, verification)
    return verification


def _verify_own(path: Location, key: Key | None, verification: Verification) -> None:
    text = None if key is None else key.text
    root = path if path.is_dir() else dataset_root(path)
    watcher = _MediaWatcher(media_folder(root, text), verification)
    for files in files_by_subset(path):
        watcher.begin(files)
        for file in files.files:
            subset = _verify_file(file, text, verification, watcher, alone=path.is_file())
            if path.is_dir() and subset not in {None, files.subset}:
                what = f"the file holds the subset {subset!r}: it was renamed, or swapped for another"
                verification.faults.append(Finding(str(file), what, affects="all of it"))
        if path.is_dir():
            locked = not verification.complete
            verification.faults.extend(shard_findings(files, text, watcher.ids, locked=locked))
    counts = [found.items for found in verification.files.values()]
    if None not in counts:
        verification.items = sum(filter(None, counts))
    if not verification.complete and key is None and verification.media is not None:
        _verify_sealed_media(root, verification, verification.media)


def _verify_file(
    file: Location, key: str | None, verification: Verification, watcher: _MediaWatcher, *, alone: bool
) -> str | None:
    """Check one annotation file, and return the subset that it is of."""
    content = None if alone else ContentType.CONTENT_TYPE_ANNOTATIONS
    with byte_progress(file_size(file), file.name) as watcher.passed:
        inspection = inspect_file(file, key, content=content, watcher=watcher)
    verification.files[file] = inspection.found
    for fault in inspection.faults:
        finding = Finding(str(file), fault.error.message, fault.error.offset, fault.size, fault.affects)
        verification.faults.append(finding)
    verification.complete = verification.complete and inspection.opened
    return inspection.subset


def _verify_sealed_media(root: Location, verification: Verification, count: MediaCount) -> None:
    """Check the encrypted media files of a folder as far as that goes without the key."""
    for file in _sealed_files(root):
        inspection = inspect_file(file, content=ContentType.CONTENT_TYPE_MEDIA)
        count.size += inspection.found.size
        count.checked += not inspection.faults
        for fault in inspection.faults:
            verification.faults.append(Finding(str(file), fault.error.message, fault.error.offset, fault.size))


def _sealed_files(root: Location) -> Iterator[Location]:
    if isinstance(root, RemotePath):
        yield from _remote_sealed_files(root)
        return
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if Path(folder) == root and layout.ANNOTATIONS in names:
            names.remove(layout.ANNOTATIONS)
        for name in sorted(files):
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file() and layout.is_datum_file(file):
                yield file


def _remote_sealed_files(root: RemotePath) -> Iterator[RemotePath]:
    for name in root.files():
        parts = name.split("/")
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and parts[0] != layout.ANNOTATIONS and layout.is_datum_file(root / name):
            yield root / name


def _verify_other(path: Location, key: Key | None, verification: Verification) -> None:
    watcher = _MediaWatcher(None, verification)
    try:
        dataset = open_dataset(path, verification.format, key)
        verification.items = len(dataset)
        for item in terminal_progress()(dataset, verification.items, "items"):
            watcher.item(item)
    except (SourceFormatError, DamagedFileError) as error:
        offset = error.offset if isinstance(error, FileError) else None
        verification.faults.append(Finding(str(error.path or path), error.message, offset))


class _MediaWatcher(Watcher):
    """Checks the media of each item that goes by."""

    def __init__(self, media: MediaSource | None, verification: Verification) -> None:
        super().__init__(media)
        self._verification = verification
        # Many items may show frames of one video, one after the other; once is enough.
        self._last: str | None = None
        self.ids = ItemIds()
        self._sharded = False

    def begin(self, files: SubsetFiles[Location]) -> None:
        """Begin with the next subset."""
        self._sharded = files.sharded
        self.ids = ItemIds()

    def item(self, item: Item) -> None:
        if self._sharded:
            self.ids.add(item.id)
        count = self._verification.media
        for ref in item_media(item) if count is not None else ():
            if count is not None and ref.path is not None and ref.data is None and ref.path != self._last:
                self._check(ref, ref.path, item.id, count)
                self._last = ref.path

    def _check(self, ref: MediaRef, path: str, item_id: str, count: MediaCount) -> None:
        try:
            for chunk in ref.chunks():
                count.size += len(chunk)
        except MediaError as error:
            count.missing += isinstance(error, MediaNotFoundError)
            self._verification.faults.append(Finding(path, error.message, affects=f"the media of item {item_id!r}"))
        else:
            count.checked += 1
