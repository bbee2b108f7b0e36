"""Progress of long work: the library reports it, whoever calls decides whether to show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class Progress(Protocol):
    """Wraps an iterable and passes its elements on, counting them (as tqdm does)."""

    def __call__(self, iterable: Iterable[T], total: int | None, description: str) -> Iterable[T]:
        """Return an iterable of the same elements.

        Args:
            iterable: What the work goes through.
            total: How many elements it has; None: it would take as long as the work to find out.
            description: What the work is, in a word or two.
        """
        ...


def no_progress(iterable: Iterable[T], total: int | None, description: str) -> Iterable[T]:  # noqa: ARG001 -- a Progress
    """Show nothing."""
    return iterable
