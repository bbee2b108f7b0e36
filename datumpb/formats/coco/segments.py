"""Panoptic annotations, both ways: the segments of a PNG, each a mask with what `segments_info` says about it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from datumpb.dataset.places import Located
from datumpb.errors import InvalidItemError, MediaPathError
from datumpb.formats.coco.difference import KEY, rest_of, restore, values_of
from datumpb.formats.coco.images import file_name_of
from datumpb.formats.coco.numbering import Numbers
from datumpb.formats.coco.objects import IS_CROWD, Parts, natural_task, parts_of
from datumpb.formats.coco.panoptic import MAX_SEGMENT, empty_mask, png_of, read_masks
from datumpb.formats.coco.shapes import Context, annotations_of_entry
from datumpb.model.media_path import check_media_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datumpb.formats.coco.jsonvalues import JsonObject
    from datumpb.model.annotations import Annotation, Mask
    from datumpb.model.item import Item


def annotations_of_png(  # noqa: PLR0913 -- what says where the PNG is, and what its segments mean
    source: Path,
    place: str,
    name: str,
    segments: Sequence[JsonObject],
    contexts: Sequence[Context],
    *,
    natural: Sequence[str],
) -> tuple[tuple[int, int], list[Annotation]]:
    """Read the segments of a PNG: its height and width, and the annotations, those not listed in the end.

    Args:
        source: The annotation file that names the PNG.
        place: Where in that file.
        name: The PNG's name; it lies in a folder named like the file, or beside the file.
        segments: What `segments_info` says.
        contexts: What each segment is read with.
        natural: The tasks that the subset has.

    Raises:
        SourceFormatError: The PNG cannot be read, or a segment is not what COCO allows.
    """
    folder = source.with_suffix("")
    size, masks = read_masks(folder if folder.is_dir() else source.parent, name, source, place)
    annotations: list[Annotation] = []
    for index, (segment, context) in enumerate(zip(segments, contexts, strict=True)):
        number = segment.get("id")
        mask = masks.pop(number, None) if type(number) is int else None
        with Located(None, ".segments_info", index):
            annotations += annotations_of_entry(segment, context, mask or empty_mask(*size))
    for number, mask in masks.items():
        rest: JsonObject = {"listed": False}
        if natural_task(parts_of([mask]), natural) != "panoptic":
            rest["task"] = "panoptic"
        mask.id, mask.attributes = number, {IS_CROWD: False, KEY: rest}
        annotations.append(mask)
    return size, annotations


def derived_annotation(item: Item, image_id: int) -> JsonObject:
    """Return the panoptic annotation that an item is written as, without its segments."""
    return {"image_id": image_id, "file_name": posixpath.splitext(file_name_of(item))[0] + ".png"}


class SegmentWriter:
    """Writes the PNGs of one subset."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made with the first PNG."""
        self._folder = folder

    def write(
        self, item: Item, image_id: int, segments: Sequence[tuple[JsonObject, Parts]], rest: JsonObject
    ) -> JsonObject:
        """Write the PNG of an item, and return the panoptic annotation.

        Args:
            item: The item.
            image_id: The id that its image is written with.
            segments: The entry and the annotations of each segment.
            rest: What the item keeps about its panoptic annotation.

        Raises:
            MediaPathError: The PNG's name leads out of the folder, or is taken.
            InvalidItemError: Masks have different sizes, or a mask is damaged.
        """
        numbers = Numbers(number for entry, _ in segments if type(number := entry.get("id")) is int)
        listed: list[JsonObject] = []
        masks: list[tuple[int, Mask]] = []
        for entry, parts in segments:
            if parts.mask is None:
                continue
            own = rest_of(parts.first.attributes)
            if "id" not in values_of(own):
                wanted = entry.get("id")
                entry["id"] = numbers.take(wanted if type(wanted) is int and 0 < wanted <= MAX_SEGMENT else None)
            number = entry.get("id")
            if own.get("listed") is not False:
                listed.append(entry)
            if type(number) is int and 0 <= number <= MAX_SEGMENT:
                masks.append((number, parts.mask))
        annotation = restore({**derived_annotation(item, image_id), "segments_info": listed}, rest)
        name = str(annotation["file_name"])
        check_media_path(name)
        place = self._folder / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.write(png_of(masks, *_size(item, masks, rest)))
        except (FileExistsError, NotADirectoryError) as error:
            message = "two panoptic PNGs need this place"
            raise MediaPathError(message, name) from error
        return annotation


def _size(item: Item, masks: Sequence[tuple[int, Mask]], rest: JsonObject) -> tuple[int, int]:
    sizes = {(mask.height, mask.width) for _, mask in masks}
    kept = rest.get("size")
    if not sizes and isinstance(kept, list) and len(kept) == 2 and all(type(side) is int and side > 0 for side in kept):  # noqa: PLR2004 -- height and width
        sizes = {(kept[0], kept[1])}
    if len(sizes) != 1:
        message = f"item {item.id!r}: the masks of a panoptic PNG have to be of one size, not of {len(sizes)}"
        raise InvalidItemError(message)
    return next(iter(sizes))
