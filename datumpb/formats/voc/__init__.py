"""The PASCAL VOC format: XML files of objects, pictures of masks, and lists of the items of each task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.voc import layout

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource

WORKER_MODULE = "datumpb.formats.voc.writer"


def detect(path: Path) -> str | None:
    """Return why a path looks like a VOC dataset, or None where it does not."""
    roots = layout.find_roots(path)
    if not roots:
        return None
    named = f"{roots[0].name}/" if roots[0] != path else ""
    return f"lists in {named}{layout.LISTS}, and folders of what they name"


def read(path: Path, *, task: str | None = None, one_based: bool = False) -> DatasetSource:
    """Open a VOC dataset: the folder with `ImageSets`, or the one that has exactly one such folder.

    Args:
        path: The folder.
        task: What to read: "classification", "detection", "segmentation", "layout" or "action". None: all that is
            there.
        one_based: Whether pixels count from 1 and the last is part of the box, as in VOC's own files: x is xmin - 1,
            the width xmax - xmin + 1. Otherwise, as in files of Datumaro and most others, x is xmin, the width
            xmax - xmin; and so for y and the height.

    Raises:
        OptionError: There is no such task.
        SourceFormatError: There is no VOC dataset, or its labels cannot be read.
    """
    from datumpb.formats.voc.reader import VocSource  # noqa: PLC0415 -- detection needs neither numpy nor XML

    return VocSource(path, task=task, one_based=one_based)


def write(  # noqa: PLR0913 -- the options of the format, by name
    source: DatasetSource,
    path: Path,
    export: Export,
    *,
    task: str | None = None,
    one_based: bool = False,
    num_workers: int = 1,
) -> None:
    """Write a dataset as VOC.

    Args:
        source: The dataset.
        path: The folder to make.
        export: What is asked of the export.
        task: What to write: "classification", "detection", "segmentation", "layout" or "action". None: all of them.
        one_based: Whether pixels count from 1 and the last is part of the box, as in VOC's own files: xmin is x + 1,
            xmax is x + width. Otherwise xmin is x, and xmax x + width; and so for y and the height.
        num_workers: How many processes read and draw items, where the source can be divided; 1: this one; 0: as many
            as there are cores, and this one where there are few items. The output is the same.

    Raises:
        OptionError: There is no such task, or number of workers.
        OutputExistsError: The folder is not empty.
        MediaError: The size of a picture to draw masks for is not known, or a path leads out of the folder.
        InvalidItemError: A coordinate is not finite, a name cannot be written, or items of two subsets have one id and
            differ.
        WorkerError: A worker process ended.
    """
    from datumpb.formats.voc.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    write_dataset(source, path, export, task=task, one_based=one_based, num_workers=num_workers)
