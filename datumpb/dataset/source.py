"""The interface between datasets and formats: a format's reader is a `DatasetSource`, a format's writer takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeGuard, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datumpb.model.item import Item
    from datumpb.model.meta import Meta


class DatasetSource(Protocol):
    """A dataset somewhere. Nothing is read before it is asked for."""

    def subsets(self) -> list[str]:
        """Return the names of the subsets, in a fixed order."""
        ...

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items of a subset."""
        ...

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset in their order. Can be called again."""
        ...

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
        """
        ...

    def count(self, subset: str) -> int:
        """Return how many items a subset has."""
        ...


class SourcePart(Protocol):
    """Some successive items of a subset: where they are, so that another process can read them.

    It can be pickled.
    """

    def items(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Item]:
        """Yield the items in their order.

        Args:
            wanted: Tells by an id whether the item is wanted; None: all are. Others are not decoded where that can be
                helped.
        """
        ...

    def ids(self) -> Iterator[str]:
        """Yield the ids of the items in their order; nothing else of them is decoded where that can be helped."""
        ...


@runtime_checkable
class DividedSource(DatasetSource, Protocol):
    """A source whose items can also be read part by part, by any number of processes; see `is_divided`."""

    @property
    def divided(self) -> bool:
        """Tell whether they can: one that is made of other sources says what those say."""
        ...

    def is_large(self) -> bool:
        """Tell, without reading anything, whether it has some thousand items, so that other processes pay."""
        ...

    def parts(self, subset: str) -> Iterator[SourcePart]:
        """Yield the parts of a subset in their order; their items are those of `items`."""
        ...


def is_divided(source: DatasetSource) -> TypeGuard[DividedSource]:
    """Tell whether a source can be read part by part."""
    return isinstance(source, DividedSource) and source.divided
