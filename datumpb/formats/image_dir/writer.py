"""Writing a folder of pictures: everything but the pictures is counted as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.derived import known_count
from datumpb.dataset.image_files import extension_of
from datumpb.dataset.media_copy import copy_image
from datumpb.dataset.output import OutputFolder
from datumpb.dataset.plain_losses import count_categories, count_item_attributes
from datumpb.dataset.subset_names import check_plain_name, is_usual_subset
from datumpb.errors import OptionError
from datumpb.model.item import DEFAULT_SUBSET

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource


def write_dataset(source: DatasetSource, path: Path, export: Export) -> None:
    """Write a folder of pictures; see `datumpb.formats.image_dir.write`."""
    if not export.save_media:
        message = "a folder of pictures has nothing but pictures: save media"
        raise OptionError(message)
    losses = export.losses
    subsets = source.subsets()
    for subset in subsets:
        check_plain_name("subset", subset)
    categories = source.meta(subsets[0]).categories
    count_categories(categories, losses)
    for label in categories.labels or []:
        losses.add("label", label.name)
    with OutputFolder(path, export) as output:
        for subset in subsets:
            for key in source.meta(subset).infos:
                losses.add("info of the dataset", f"{subset}: {key}")
            if not is_usual_subset(subset):
                losses.add("subset, whose name becomes part of the ids", subset)
            folder = "" if subsets == [DEFAULT_SUBSET] else f"{subset}/"
            for item in export.progress(source.items(subset), known_count(source, subset), subset):
                count_item_attributes(item, losses)
                for annotation in item.annotations:
                    losses.add(f"annotation of type {type(annotation).__name__}", item.id)
                copied = copy_image(item, output.folder, f"{folder}{item.id}{extension_of(item.media)}", export)
                if not copied and item.media is None:
                    losses.add("item without a picture", item.id)
