"""The YOLO formats: a text file of numbers beside each picture; Darknet's lists and Ultralytics' data.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats.yolo import detection

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource

WORKER_MODULE = "datumpb.formats.yolo.writer"


def detect(path: Path) -> str | None:
    """Return why a path looks like a YOLO dataset, or None where it does not."""
    return detection.looks_like(path)


def read(path: Path, *, task: str | None = None) -> DatasetSource:
    """Open a YOLO dataset: its folder, its `.data` file or its YAML file.

    Args:
        path: The folder or file.
        task: What the numbers of a line mean: "detect", "segment", "obb" or "pose". None: "pose" where the YAML has
            `kpt_shape`, else what its `task` says, else "segment", where boxes may stand, too.

    Raises:
        OptionError: There is no such task.
        SourceFormatError: The files that say where everything is are missing or not what they should be.
    """
    from datumpb.formats.yolo.layout import discover  # noqa: PLC0415 -- detection needs no YAML
    from datumpb.formats.yolo.reader import YoloSource  # noqa: PLC0415 -- as above

    return YoloSource(discover(path), task)


def write(  # noqa: PLR0913 -- the options of the format, by name
    source: DatasetSource,
    path: Path,
    export: Export,
    *,
    layout: str = "ultralytics",
    task: str = "detect",
    num_workers: int = 1,
) -> None:
    """Write a dataset as YOLO.

    Args:
        source: The dataset.
        path: The folder to make.
        export: What every format is asked.
        layout: "ultralytics" or "darknet".
        task: What to write of each object: "detect" a box, "segment" its outline, "obb" a turned box, "pose" a box and
            keypoints.
        num_workers: How many processes read items and make lines of them, where the source can be divided; 1: this
            one; 0: as many as there are cores, and this one where there are few items. The output is the same.

    Raises:
        OptionError: There is no such layout, task or number of workers, or Darknet does not know the task.
        OutputExistsError: The folder is not empty.
        MediaError: The size of a picture with objects is not known, or the path of a picture leads out of the folder.
        InvalidItemError: A coordinate is not finite, or a name cannot be written.
        WorkerError: A worker process ended.
    """
    from datumpb.formats.yolo.writer import write_dataset  # noqa: PLC0415 -- reading does not need it

    write_dataset(source, path, export, layout=layout, task=task, num_workers=num_workers)
