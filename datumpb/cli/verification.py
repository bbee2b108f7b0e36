"""The checks of `datumpb verify`: annotation files, and if asked the media that their items refer to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.cli.files import OWN_FORMAT, annotation_files, format_of, open_dataset
from datumpb.cli.progress import byte_progress, terminal_progress
from datumpb.container.media_file import EncryptedMediaFolder
from datumpb.container.reader import dataset_root
from datumpb.container.verify import Verified, Watcher, inspect_file
from datumpb.dataset import layout
from datumpb.dataset.item_media import item_media
from datumpb.errors import DamagedFileError, FileError, MediaError, MediaNotFoundError, SourceFormatError
from datumpb.messages import ContentType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.cli.keys import Key
    from datumpb.model.item import Item
    from datumpb.model.media import MediaRef


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        path: With which file.
        what: What it is.
        offset: Where in the file, in bytes; None where no place is to blame.
        size: How many bytes cannot be used because of it; None where that says nothing.
        affects: What that is.
    """

    path: str
    what: str
    offset: int | None = None
    size: int | None = None
    affects: str | None = None


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
    files: dict[Path, Verified] = field(default_factory=dict)
    items: int | None = None
    media: MediaCount | None = None
    complete: bool = True
    faults: list[Finding] = field(default_factory=list)


def verify_path(path: Path, key: Key | None, *, media: bool) -> Verification:
    """Check a file or a dataset.

    Args:
        path: The file or the dataset's folder.
        key: Its key.
        media: Whether media files are checked, too.

    Raises:
        DatumpbError: It cannot be checked: not there, of no known format, of a later version, or the key does not fit.
    """
    verification = Verification(format_of(path), media=MediaCount() if media else None)
    if verification.format == OWN_FORMAT:
        _verify_own(path, key, verification)
    else:
        _verify_other(path, key, verification)
    return verification


def _verify_own(path: Path, key: Key | None, verification: Verification) -> None:
    text = None if key is None else key.text
    root = path if path.is_dir() else dataset_root(path)
    watcher = _MediaWatcher(EncryptedMediaFolder(root, text), verification)
    for file in annotation_files(path):
        content = ContentType.CONTENT_TYPE_ANNOTATIONS if path.is_dir() else None
        with byte_progress(file.stat().st_size, file.name) as watcher.passed:
            inspection = inspect_file(file, text, content=content, watcher=watcher)
        verification.files[file] = inspection.found
        for fault in inspection.faults:
            finding = Finding(str(file), fault.error.message, fault.error.offset, fault.size, fault.affects)
            verification.faults.append(finding)
        if path.is_dir() and inspection.subset not in {None, file.stem}:
            what = f"the file holds the subset {inspection.subset!r}: it was renamed, or swapped for another"
            verification.faults.append(Finding(str(file), what, affects="all of it"))
        verification.complete = verification.complete and inspection.opened
    counts = [found.items for found in verification.files.values()]
    if None not in counts:
        verification.items = sum(filter(None, counts))
    if not verification.complete and key is None and verification.media is not None:
        _verify_sealed_media(root, verification, verification.media)


def _verify_sealed_media(root: Path, verification: Verification, count: MediaCount) -> None:
    """Check the encrypted media files of a folder as far as that goes without the key."""
    for file in _sealed_files(root):
        inspection = inspect_file(file, content=ContentType.CONTENT_TYPE_MEDIA)
        count.size += inspection.found.size
        count.checked += not inspection.faults
        for fault in inspection.faults:
            verification.faults.append(Finding(str(file), fault.error.message, fault.error.offset, fault.size))


def _sealed_files(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if Path(folder) == root and layout.ANNOTATIONS in names:
            names.remove(layout.ANNOTATIONS)
        for name in sorted(files):
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file() and layout.is_datum_file(file):
                yield file


def _verify_other(path: Path, key: Key | None, verification: Verification) -> None:
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

    def __init__(self, media: EncryptedMediaFolder | None, verification: Verification) -> None:
        super().__init__(media)
        self._verification = verification
        # Many items may show frames of one video, one after the other; once is enough.
        self._last: str | None = None

    def item(self, item: Item) -> None:
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
