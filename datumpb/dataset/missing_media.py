"""Whether the media of items are there, without reading them where a look at the folder tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.item_media import item_media
from datumpb.errors import MediaNotFoundError, MediaPathError
from datumpb.model.media_folder import MediaFolder

if TYPE_CHECKING:
    from datumpb.model.item import Item
    from datumpb.model.media import MediaRef


def has_missing_media(item: Item) -> bool:
    """Tell whether an item refers to a file that is not there, or has a medium without any file.

    Raises:
        MediaError: A file had to be read, and is not the one that the item means.
    """
    refs = item_media(item)
    return (item.media is not None and not refs) or any(map(_is_missing, refs))


def _is_missing(ref: MediaRef) -> bool:
    if ref.data is not None:
        return False
    if ref.path is None:
        return True
    try:
        # Also an encrypted file of a folder is a file.
        file = ref.source.resolve(ref.path) if isinstance(ref.source, MediaFolder) else ref.plain_file()
        if file is None:
            next(ref.chunks(), None)
    except (MediaNotFoundError, MediaPathError):
        return True
    return file is not None and not file.is_file()
