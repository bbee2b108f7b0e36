"""What stands in for worker processes in tests: their work, done in this process."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class HereWorkers:
    """Does what workers do; everything is pickled on its way.

    Attributes:
        sent: How many parts were sent so far.
    """

    def __init__(self) -> None:
        self.sent = 0

    def map_batches(
        self, function: Callable[[list[Any]], Iterable[Any]], inputs: Iterable[Any], size: int
    ) -> Iterator[Any]:
        """Yield what a function yields for one part after the other."""
        assert size == 1
        for one in inputs:
            self.sent += 1
            work, part = pickle.loads(pickle.dumps((function, one)))  # noqa: S301 -- our own
            yield from pickle.loads(pickle.dumps([*work([part])]))  # noqa: S301 -- our own
