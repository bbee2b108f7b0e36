"""A batch of items decoded together; or, where one of them is damaged, one by one up to that one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from datumpb.codec.collector import paused_collector
from datumpb.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


def all_or_each(
    batch: Sequence[bytes], together: Callable[[Sequence[bytes]], Sequence[T]], alone: Callable[[bytes], T]
) -> Iterator[T]:
    """Yield what items are decoded to.

    Of many faults, another one may be met first together than alone: it is the one alone that is told.

    Args:
        batch: The items, serialized.
        together: Decodes all of them.
        alone: Decodes one, and finds every fault that `together` finds.

    Raises:
        FileError: An item is damaged; those before it have been yielded.
    """
    try:
        with paused_collector():
            decoded = together(batch)
    except FileError:
        for data in batch:
            yield alone(data)
    else:
        yield from decoded
