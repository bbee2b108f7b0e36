"""Images, both ways: an entry of COCO's list of images, and an item without its annotations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datumpb.errors import SourceFormatError
from datumpb.formats.coco.difference import KEY, plain_attributes
from datumpb.formats.coco.jsonvalues import JsonObject, get, is_json, shown
from datumpb.model.item import Item
from datumpb.model.media import Image, MediaRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from datumpb.dataset.losses import LossReport

_OWN = ("file_name", "height", "width")
_SCALARS = frozenset({str, int, float, type(None)})
_MAX_SIDE = (1 << 32) - 1
_EXTENSION = re.compile(r"\.[A-Za-z0-9]+$")
_PNG_START = b"\x89PNG"


def item_of_image(entry: JsonObject, item_id: str, subset: str, locate: Callable[[str], MediaRef]) -> Item:
    """Make an item of an image.

    Args:
        entry: The image.
        item_id: The item's id.
        subset: The item's subset.
        locate: Tells where the file of a name is.

    Raises:
        SourceFormatError: The image is not one.
    """
    media = Image(locate(get(entry, "file_name", str)), _side(entry, "height"), _side(entry, "width"))
    attributes = {key: value for key, value in entry.items() if key not in _OWN and key != KEY}
    return Item(item_id, subset, media, attributes)


def tells_all(item: Item, entry: JsonObject) -> bool:
    """Tell of an item just made of an entry whether `image_of_item` certainly gives that entry; if not, it may."""
    media = item.media
    return (
        isinstance(media, Image)
        and type(entry.get("id")) is int
        and has_scalars(entry)
        and KEY not in entry
        and (media.height is not None or "height" not in entry)
        and (media.width is not None or "width" not in entry)
        and file_name_of(item) == entry["file_name"]
    )


def has_scalars(entry: JsonObject) -> bool:
    """Tell whether an entry has nothing but texts, numbers and nulls."""
    return _SCALARS.issuperset(map(type, entry.values()))


def _side(entry: JsonObject, key: str) -> int | None:
    value = entry.get(key)
    if value is None:
        return None
    if type(value) in (int, float) and value == value // 1 and 0 <= value <= _MAX_SIDE:
        return int(value)
    message = f"a whole number of pixels expected, not {shown(value)}"
    raise SourceFormatError(message, None, f".{key}")


def image_of_item(item: Item, losses: LossReport | None = None) -> JsonObject:
    """Return the entry that an item is written as; without an id where the item's attributes have none."""
    entry: JsonObject = {"file_name": file_name_of(item)}
    if isinstance(item.media, Image):
        if item.media.height is not None:
            entry["height"] = item.media.height
        if item.media.width is not None:
            entry["width"] = item.media.width
    for key, value in plain_attributes(item.attributes).items():
        if key in _OWN or (key == "id" and type(value) is not int) or not is_json(value):
            if losses is not None:
                losses.add("attribute of an item that COCO cannot hold", f"{item.id}: {key}")
        else:
            entry[key] = value
    return entry


def file_name_of(item: Item) -> str:
    """Return the name of an item's file, from the folder of its subset's images."""
    ref = item.media.file if isinstance(item.media, Image) else None
    if ref is not None and ref.path is not None and (extension := _EXTENSION.search(ref.path)):
        return item.id + extension.group()
    if ref is not None and ref.data is not None and ref.data.startswith(_PNG_START):
        return item.id + ".png"
    return item.id + ".jpg"
