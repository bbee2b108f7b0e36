"""Subsets in shards, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import datumpb as dp
from tests.support.samples import some_items

if TYPE_CHECKING:
    from pathlib import Path


def sharded(folder: Path, count: int = 20, key: str | None = None, first: int = 0, **options: Any) -> Path:  # noqa: ANN401 -- options of the format
    """Write a dataset of one subset, train, in shards (four where nothing else is said); return its folder."""
    if not {"num_shards", "shard_size"} & options.keys():
        options["num_shards"] = 4
    if key is not None:
        options |= {"encryption": True, "encryption_key": key}
    dataset = dp.Dataset.from_iterable(some_items(first + count)[first:], categories=["cat", "dog", "emu"])
    dataset.export(folder, "datumpb", **options)
    return folder


def shard(folder: Path, index: int, count: int = 4) -> Path:
    """Return the path of a shard."""
    return folder / "annotations" / f"train-{index:05}-of-{count:05}.datum"


def shards(folder: Path) -> list[Path]:
    """Return the paths of all shards, in order."""
    return sorted((folder / "annotations").iterdir())
