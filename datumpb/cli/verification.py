"""The checks of `datumpb verify`: annotation files first, then the media that their items refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.cli.files import OWN_FORMAT, annotation_files, format_of, open_dataset
from datumpb.container.verify import Verified, verify_file
from datumpb.errors import MediaNotFoundError
from datumpb.model.annotations import DepthMap, ImageAnnotation
from datumpb.model.media import MediaRef, media_refs

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.cli.keys import Key
    from datumpb.dataset.dataset import Dataset
    from datumpb.dataset.progress import Progress
    from datumpb.model.item import Item


@dataclass(slots=True)
class MediaCount:
    """Media files, by what became of them.

    Attributes:
        checked: How many were read and found to be what their items mean.
        missing: How many are not there.
        size: How many bytes were read, after decryption.
    """

    checked: int = 0
    missing: int = 0
    size: int = 0


@dataclass(slots=True)
class Verification:
    """What was found sound.

    Attributes:
        format: The name of the dataset's format.
        files: The annotation files, where they are of our own format.
        items: How many items there are; None where that takes the key.
        media: The media files.
        complete: Whether everything was looked into, which takes the key of an encrypted dataset.
    """

    format: str
    files: dict[Path, Verified] = field(default_factory=dict)
    items: int | None = None
    media: MediaCount = field(default_factory=MediaCount)
    complete: bool = True


def verify_path(path: Path, key: Key | None, progress: Progress) -> Verification:
    """Check a file or a dataset.

    Raises:
        DatumpbError: The first thing that is wrong.
    """
    verification = Verification(format_of(path))
    if verification.format == OWN_FORMAT:
        text = key.text if key is not None else None
        files = annotation_files(path)
        for file in progress(files, len(files), "annotations"):
            verification.files[file] = verify_file(file, text)
        if any(found.items is None for found in verification.files.values()):
            verification.complete = False
            return verification
    dataset = open_dataset(path, verification.format, key)
    verification.items = len(dataset)
    _verify_media(dataset, verification.media, progress)
    return verification


def _verify_media(dataset: Dataset, count: MediaCount, progress: Progress) -> None:
    # Many items may show frames of one video; once is enough.
    done: set[str] = set()
    for item in progress(dataset, len(dataset), "media"):
        for ref in _item_refs(item):
            if ref.path is not None and ref.path not in done:
                done.add(ref.path)
                _verify_ref(ref, count)


def _verify_ref(ref: MediaRef, count: MediaCount) -> None:
    try:
        for chunk in ref.chunks():
            count.size += len(chunk)
    except MediaNotFoundError:
        count.missing += 1
    else:
        count.checked += 1


def _item_refs(item: Item) -> list[MediaRef]:
    images = [
        annotation.image for annotation in item.annotations if isinstance(annotation, (DepthMap, ImageAnnotation))
    ]
    return [*media_refs(item.media), *(image.file for image in images if image.file is not None)]
