"""Writing a source as a dataset of a format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datumpb.dataset.dataset import Dataset

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource


def export_as(format_name: str, source: DatasetSource, path: Path, **options: Any) -> LossReport:  # noqa: ANN401 -- any option
    """Write a source and return what the format could not hold."""
    return Dataset(source).export(path, format_name, **options)
