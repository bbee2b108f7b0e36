"""Media files that tasks have saved, each in the folder of its part, brought together."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from datumpb.container.media_file import EncryptedMediaFolder
from datumpb.errors import MediaPathError
from datumpb.model.media import MediaRef

if TYPE_CHECKING:
    from pathlib import Path


def gather_media(root: Path, part: Path, key: str | None) -> None:
    """Move the media files of a part into the dataset.

    A file that items of several parts refer to, as frames of one video do, was saved with each of them: one stays.

    Args:
        root: The dataset's folder, on the same disk.
        part: The part's folder; media files are in folders in there.
        key: The text of the key that they are encrypted with; None: they are plain.

    Raises:
        MediaPathError: Two parts have different files for one place.
        OSError: A file cannot be moved.
    """
    for file in sorted(part.glob("*/**/*")):
        if file.is_dir():
            continue
        path = file.relative_to(part).as_posix()
        target = root / path
        if target.exists():
            if _digest(root, path, key) != _digest(part, path, key):
                message = "two media files need this place"
                raise MediaPathError(message, path)
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            message = "two media files need this place, or a folder of it"
            raise MediaPathError(message, path) from None
        file.rename(target)


def _digest(root: Path, path: str, key: str | None) -> bytes:
    digest = hashlib.sha256()
    for chunk in EncryptedMediaFolder(root, key).chunks(MediaRef(path, encrypted=key is not None)):
        digest.update(chunk)
    return digest.digest()
