"""Whether an export has worker processes, and how many."""

from __future__ import annotations

import multiprocessing
import os
from contextlib import nullcontext
from typing import TYPE_CHECKING

from datumpb.dataset.derived import most_items
from datumpb.dataset.source import is_divided
from datumpb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from datumpb.dataset.export import Export
    from datumpb.dataset.source import DatasetSource
    from datumpb.dataset.workers import Workers

# Below, starting processes takes longer than they save (docs/decisions/0022-worker-processes.md).
FEW_ITEMS = 4000


def chosen_workers(num_workers: int, items: int) -> int:
    """Return how many workers there shall be.

    Args:
        num_workers: What was asked for; 0: one for each core, and 1 where there are few items.
        items: How many items there are.

    Raises:
        OptionError: It is no such number.
    """
    if type(num_workers) is not int or num_workers < 0:
        message = f"num_workers is 0 (as many as there are cores) or more, not {num_workers!r}"
        raise OptionError(message)
    if num_workers:
        return num_workers
    # A process that is itself a worker of something leaves the cores to the others.
    alone = items < FEW_ITEMS or multiprocessing.current_process().daemon
    return 1 if alone else _cores()


def begin(source: DatasetSource, options: Mapping[str, object], writer: str) -> AbstractContextManager[Workers | None]:
    """Start worker processes before the source is read, where it is clear already that they will be needed.

    They load what they need while this process looks through the source.

    Args:
        source: What will be read.
        options: What the export is asked for; `num_workers` as in `chosen_workers`.
        writer: The module whose functions they will be asked for.

    Raises:
        OSError: A process cannot be started.
    """
    asked = options.get("num_workers", 1)
    if type(asked) is int and asked >= 0 and is_divided(source) and source.is_large():
        count = chosen_workers(asked, FEW_ITEMS)
        if count > 1:
            return _started(count, writer, source)
    return nullcontext()


def workers_for(
    source: DatasetSource, export: Export, num_workers: int, writer: str
) -> AbstractContextManager[Workers | None]:
    """Return the worker processes that read a source and make what is written of it; None where it is read here.

    Args:
        source: What is read, if need be to see how many items there are.
        export: Has the workers that `begin` has started, which end with what they were started for.
        num_workers: As in `chosen_workers`.
        writer: As in `begin`.

    Raises:
        OptionError: There is no such number of workers.
        OSError: A process cannot be started.
    """
    divided = is_divided(source)
    count = chosen_workers(num_workers, most_items(source) if divided else 0)
    if export.workers is not None:
        return nullcontext(export.workers)
    return _started(count, writer, source) if divided and count > 1 else nullcontext()


def _started(count: int, writer: str, source: DatasetSource) -> Workers:
    from datumpb.dataset.workers import Workers  # noqa: PLC0415 -- most exports are too small for them

    return Workers(count, [writer, type(source).__module__])


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
