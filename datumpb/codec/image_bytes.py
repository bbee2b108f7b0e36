"""Images read from the bytes of media: of a message, each field and each question whether it is there costs time.

Only images that are a path and a usual size are read, as nearly all are; the others are left to messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.model.media import Image, MediaRef

if TYPE_CHECKING:
    from datumpb.model.media import MediaSource

# The bytes that fields begin with: number << 3, and 2 where a size follows. The path is within the file, in the image.
_IMAGE, _FILE, _PATH, _HEIGHT, _WIDTH = 0x0A, 0x0A, 0x0A, 0x10, 0x18
_PATH_START = 6
# Sizes of less are one byte; numbers from this to its square are two, the lower seven bits first.
_ONE_BYTE = 0x80
_NUMBERS_SIZE = 6


def read_image(data: bytes, source: MediaSource | None) -> Image | None:
    """Return the image of a serialized medium, which has been parsed without an error; None: it is left to messages.

    Args:
        data: The medium.
        source: Fetches the bytes of the image.
    """
    path_end = len(data) - _NUMBERS_SIZE
    if path_end < _PATH_START or path_end >= _ONE_BYTE - _NUMBERS_SIZE:
        return None
    image, image_size, file, file_size, path, path_size = data[:_PATH_START]
    height, height_low, height_high, width, width_low, width_high = data[path_end:]
    if (
        (image, file, path, height, width) == (_IMAGE, _FILE, _PATH, _HEIGHT, _WIDTH)
        and (image_size, file_size, path_size) == (len(data) - 2, path_end - 4, path_end - _PATH_START)
        and min(height_low, width_low) >= _ONE_BYTE > max(height_high, width_high)
    ):
        return Image(
            MediaRef(data[_PATH_START:path_end].decode(), source=source),
            height_high << 7 | height_low & 0x7F,
            width_high << 7 | width_low & 0x7F,
        )
    return None
