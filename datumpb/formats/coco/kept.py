"""What is kept about the files of a dataset that came from COCO, as far as it still holds."""

from __future__ import annotations

import dataclasses
import json
import zlib
from typing import TYPE_CHECKING

from datumpb.formats.coco.categories import CategoryTable
from datumpb.formats.coco.difference import KEY
from datumpb.formats.coco.layout import TASKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datumpb.formats.coco.jsonvalues import JsonObject
    from datumpb.model.categories import Categories
    from datumpb.model.meta import Meta


def digest(categories: Categories) -> int:
    """Return a checksum of all labels: what is kept of a file's list of them holds only while they are the same."""
    entries = CategoryTable(categories, "person_keypoints").entries()
    return zlib.crc32(json.dumps(entries, sort_keys=True).encode())


def tasks_of(meta: Meta) -> dict[str, JsonObject]:
    """Return what is kept about each task's file; empty where the dataset does not come from COCO."""
    kept = meta.infos.get(KEY)
    tasks = kept.get("tasks") if isinstance(kept, dict) else None
    if not isinstance(tasks, dict):
        return {}
    return {task: info for task, info in tasks.items() if task in TASKS and isinstance(info, dict)}


def checked_metas(metas: Sequence[Meta]) -> list[Meta]:
    """Return what holds for the subsets of a dataset, without lists of categories that hold no more.

    The list of one file does not hold if labels have changed since; none does if a label would be in no file at all.
    """
    checked = [_without_lists(meta, digest(meta.categories)) if _has_lists(meta) else meta for meta in metas]
    if all(map(_has_lists, checked)) and not _list_all(checked):
        return [_without_lists(meta) for meta in checked]
    return checked


def _has_lists(meta: Meta) -> bool:
    return any("categories" in info for info in tasks_of(meta).values())


def _without_lists(meta: Meta, valid: int | None = None) -> Meta:
    """Leave the lists out, but for those that were kept when the labels had the valid digest."""
    tasks = {
        task: info
        if valid is not None and info.get("labels") == valid
        else {key: value for key, value in info.items() if key not in {"categories", "labels"}}
        for task, info in tasks_of(meta).items()
    }
    return dataclasses.replace(meta, infos={**meta.infos, KEY: {"tasks": {**tasks}}})


def _list_all(metas: Sequence[Meta]) -> bool:
    """Tell whether each label is in one of the files of these subsets."""
    listed: set[int] = set()
    for meta in metas:
        for task, info in tasks_of(meta).items():
            if task != "results":
                table = CategoryTable(meta.categories, task, info.get("categories"))
                listed.update(table.labels[entry["id"]] for entry in table.entries())
    return len(listed) == len(metas[0].categories.labels or ())
