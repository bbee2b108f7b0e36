"""Copies of what was decoded, for who asks for it again: nobody sees what others do to theirs.

What cannot be changed, such as text, is not copied.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from datumpb.model.media import Image, MediaRef

if TYPE_CHECKING:
    from datumpb.model.values import Value

# What Python takes for a small map or list, and for the place of a value among others, about.
_CONTAINER_SIZE, _PLACE_SIZE = 232, 48
_CONTAINERS = frozenset({dict, list})


def copy_of_values(values: dict[str, Value]) -> dict[str, Value]:
    """Return a copy of named values that were decoded."""
    return {key: _copied(value) if type(value) in _CONTAINERS else value for key, value in values.items()}


def copy_of_image(image: Image) -> Image:
    """Return a copy of an image that was decoded."""
    file = image.file
    if file is not None:
        file = MediaRef(file.path, file.data, file.size, file.crc32, file.encrypted, file.source)
    return Image(file, image.height, image.width)


def size_of(value: Value) -> int:
    """Return how many bytes a decoded value takes, about."""
    if isinstance(value, dict):
        return _CONTAINER_SIZE + sum(size_of(key) + size_of(part) for key, part in value.items())
    if isinstance(value, list):
        return _CONTAINER_SIZE + sum(map(size_of, value))
    return _PLACE_SIZE + sys.getsizeof(value)


def _copied(value: Value) -> Value:
    if isinstance(value, dict):
        return copy_of_values(value)
    return [_copied(part) for part in value] if isinstance(value, list) else value
