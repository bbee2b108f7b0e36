"""Where the images of a subset are: in the first of some folders that has the file of a name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.errors import MediaPathError
from datumpb.model.media import MediaRef
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.model.media_folder import MediaFolder


@dataclass(frozen=True, slots=True)
class ImageFolders:
    """The folders that may hold a subset's images.

    Attributes:
        media: The dataset's folder.
        folders: Relative to it, the likeliest first; "" is the dataset's folder itself.
        holding: Those that hold anything but folders, and so may hold the file of a name without a folder in it.
    """

    media: MediaFolder
    folders: list[str]
    holding: list[str]

    @classmethod
    def of(cls, media: MediaFolder, folders: list[str]) -> ImageFolders:
        """Look into folders of a dataset."""
        return cls(media, folders, [folder for folder in folders if _holds_files(media.root / folder)])

    def locate(self, name: str) -> MediaRef:
        """Return where the file of a name is: in the first folder that has it, else where it should be."""
        if len(self.folders) > 1:
            for folder in self.folders if "/" in name else self.holding:
                path = _joined(folder, name)
                if self._exists(path):
                    return MediaRef(path, source=self.media)
        return MediaRef(_joined(self.folders[0], name), source=self.media)

    def _exists(self, path: str) -> bool:
        try:
            check_media_path(path)
        except MediaPathError:  # kept as it is, and refused when read
            return False
        return os.path.isfile(f"{self.media.root}/{path}")  # noqa: PTH113 -- for every image, and twice as fast


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _holds_files(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return not all(entry.is_dir() for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # what cannot be listed may still be there
        return True
