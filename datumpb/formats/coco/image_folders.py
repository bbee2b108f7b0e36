"""Where the images of a subset are: in the first of some folders that has the file of a name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datumpb.errors import MediaPathError
from datumpb.model.media import MediaRef
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from datumpb.model.media_folder import MediaFolder


@dataclass(frozen=True, slots=True)
class ImageFolders:
    """The folders that may hold a subset's images.

    Attributes:
        media: The dataset's folder.
        folders: Relative to it, the likeliest first; "" is the dataset's folder itself.
    """

    media: MediaFolder
    folders: list[str]

    def locate(self, name: str) -> MediaRef:
        """Return where the file of a name is: in the first folder that has it, else where it should be."""
        paths = [f"{folder}/{name}" if folder else name for folder in self.folders]
        found = (path for path in paths if self._exists(path)) if len(paths) > 1 else iter(())
        return MediaRef(next(found, paths[0]), source=self.media)

    def _exists(self, path: str) -> bool:
        try:
            check_media_path(path)
        except MediaPathError:  # kept as it is, and refused when read
            return False
        return os.path.isfile(f"{self.media.root}/{path}")  # noqa: PTH113 -- for every image, and twice as fast
