"""Inputs worked on some at a time, with the results and errors that there would be one at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

# Enough that sending them to another process costs little, few enough that all workers get some to the end.
BATCH = 64


class Batches:
    """Inputs in batches. An error of the inputs is kept until the batch before it was handed on.

    Attributes:
        error: The error that ended the inputs, when the last batch has been yielded.
    """

    def __init__(self, inputs: Iterable[Any], size: int = BATCH) -> None:
        """Take the inputs, and how many make a batch."""
        self._inputs = iter(inputs)
        self._size = size
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[list[Any]]:
        """Yield the batches; then see whether there was an `error`."""
        while self.error is None:
            batch: list[Any] = []
            try:
                batch.extend(islice(self._inputs, self._size))
            except Exception as error:  # noqa: BLE001 -- raised when the inputs before it are worked through
                self.error = error
            if not batch:
                return
            yield batch


def in_batches(function: Callable[[list[T]], Iterable[R]], inputs: Iterable[T]) -> Iterator[R]:
    """Yield what a function yields for each batch of the inputs; an error of the inputs comes behind that."""
    batches = Batches(inputs)
    for batch in batches:
        yield from function(batch)
    if batches.error is not None:
        raise batches.error
