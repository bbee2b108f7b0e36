"""Encrypting or decrypting the media files of a dataset while the blocks that refer to them go by."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from datumpb.codec.blocks import parse
from datumpb.codec.media_files import media_files
from datumpb.container.media_file import EncryptedMediaFolder, write_media
from datumpb.container.new_file import NewFile
from datumpb.container.sink import write_all
from datumpb.errors import MediaMismatchError, OptionError
from datumpb.messages import ItemBatch
from datumpb.model.media import MediaRef

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datumpb import messages
    from datumpb.container.reseal import Seals


class MediaChange:
    """Changes blocks whose media become encrypted, or plain (an `Edit` of `reseal`), and writes these media.

    Attributes:
        changed: The paths of the media files that were written.
        missing: The paths of those that are not there.
    """

    def __init__(self, root: Path, target: Path, seals: Seals) -> None:
        """Prepare to read media from one folder and to write them into another.

        Args:
            root: The dataset.
            target: Where the new media files go.
            seals: The keys; one of them is None.
        """
        self._folder = EncryptedMediaFolder(root, seals.old)
        self._target = EncryptedMediaFolder(target, seals.new)
        self._was_encrypted = seals.new is None
        self._key = seals.new
        self.changed: set[str] = set()
        self.missing: set[str] = set()

    def __call__(self, body: bytes) -> bytes:
        """Return the new body of a block; the same object where nothing in it changes.

        Raises:
            MediaError: A file is not the one that its item means, or its path leads out of the dataset.
            OSError: A file cannot be written.
        """
        batch = parse(ItemBatch, body)
        changed = False
        for ref in _files(batch):
            if ref.encrypted == self._was_encrypted:
                there = self._change(ref)
                if there or self._was_encrypted:  # a file that is put there later will be plain
                    ref.encrypted = not self._was_encrypted
                    changed = True
        return batch.SerializeToString(deterministic=True) if changed else body

    def _change(self, message: messages.MediaRef) -> bool:
        path = message.path
        if path in self.changed or path in self.missing:
            return path in self.changed
        file = self._folder.resolve(path)
        if not file.exists():
            self.missing.add(path)
            return False
        size = message.size if message.HasField("size") else None
        crc32 = message.crc32 if message.HasField("crc32") else None
        old = MediaRef(path, None, size, crc32, encrypted=self._was_encrypted, source=self._folder)
        self._write(old, path)
        new = MediaRef(path, None, size, crc32, encrypted=not self._was_encrypted, source=self._target)
        if _digest(old) != _digest(new):
            text = "the new media file does not hold what was written; the old one is untouched"
            raise MediaMismatchError(text, path)
        shutil.copymode(file, self._target.root / path)
        self.changed.add(path)
        return True

    def _write(self, ref: MediaRef, path: str) -> None:
        target = self._target.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._key is not None:
            write_media(target, path, ref.chunks(), self._key)
            return
        with NewFile(target) as new:
            for chunk in ref.chunks():
                write_all(new.file, chunk)


def refuse_encrypted_media(body: bytes) -> bytes:
    """Return the body of a block as it is (an `Edit` of `reseal`), if none of its media are encrypted.

    Raises:
        OptionError: Some are: they would not fit to the file any more.
    """
    for ref in _files(parse(ItemBatch, body)):
        if ref.encrypted:
            message = f"media of this file are encrypted with its key ({ref.path}): name the dataset's folder instead"
            raise OptionError(message)
    return body


def _files(batch: ItemBatch) -> Iterator[messages.MediaRef]:
    for item in batch.items:
        for ref in media_files(item):
            if ref.HasField("path") and not ref.HasField("data"):
                yield ref


def _digest(ref: MediaRef) -> bytes:
    digest = hashlib.sha256()
    for chunk in ref.chunks():
        digest.update(chunk)
    return digest.digest()
