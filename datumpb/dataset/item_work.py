"""Work on each item of a subset: in this process, or in worker processes that read the items, too."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypeVar

from datumpb.dataset.source import is_divided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from datumpb.dataset.source import DatasetSource, SourcePart
    from datumpb.dataset.workers import Workers
    from datumpb.model.item import Item

R = TypeVar("R")


def for_each(work: Callable[[Item], R], source: DatasetSource, subset: str, workers: Workers | None) -> Iterator[R]:
    """Yield what a function returns for each item of a subset, in their order.

    Args:
        work: The function; with workers it is pickled, and so is what it returns.
        source: Has the items.
        subset: The subset.
        workers: The processes that do it, where the source can be divided; None: this one does it.

    Raises:
        WorkerError: A worker ended.
        DatumpbError: The items cannot be read, or the function raised it.
        OSError: The same.
    """
    if workers is None or not is_divided(source):
        return map(work, source.items(subset))
    return workers.map_batches(functools.partial(_for_each_of, work), source.parts(subset), 1)


def _for_each_of(work: Callable[[Item], R], parts: Iterable[SourcePart]) -> Iterator[R]:
    for part in parts:
        yield from map(work, part.items())
