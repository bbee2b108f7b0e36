"""ItemAccess: how the items of a subset are asked for, whether they are in one file or in several."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, SupportsIndex, overload

from datumpb.errors import ItemNotFoundError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.model.meta import Meta
    from datumpb.model.values import Value
    from datumpb.storage.location import Location


class ItemAccess(ABC):
    """A sequence of items that can be asked for by id, too; a context manager; closed for good by `close`."""

    @property
    @abstractmethod
    def paths(self) -> list[Location]:
        """The files that hold the items."""

    @property
    @abstractmethod
    def meta(self) -> Meta:
        """What holds for all items: subset, infos, categories, kind of media."""

    @property
    def categories(self) -> Categories:
        """What the numbers in annotations mean."""
        return self.meta.categories

    @property
    def infos(self) -> dict[str, Value]:
        """Anything about the subset."""
        return self.meta.infos

    @abstractmethod
    def __len__(self) -> int:
        """Return how many items there are."""

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> Item: ...

    @overload
    def __getitem__(self, key: slice) -> list[Item]: ...

    def __getitem__(self, key: SupportsIndex | str | slice) -> Item | list[Item]:
        """Return the item at an index (negative: from the end) or of an id, or the items of a slice.

        Raises:
            ItemNotFoundError: There is no such item.
            FileError: A file is damaged, or not the right one.
        """
        if isinstance(key, str):
            item = self._item_of(key)
            if item is None:
                message = f"{self.paths[0]}: {self._holder()} no item with the id {key!r}"
                raise ItemNotFoundError(message)
            return item
        count = len(self)
        if isinstance(key, slice):
            return [self._item_at(index) for index in range(*key.indices(count))]
        index = operator.index(key)
        if not -count <= index < count:
            message = f"{self.paths[0]}: there is no item {index}, {self._holder()} {count}"
            raise ItemNotFoundError(message)
        return self._item_at(index % count)

    @abstractmethod
    def __contains__(self, item_id: object) -> bool:
        """Tell whether there is an item of this id."""

    @abstractmethod
    def close(self) -> None:
        """Close all files; closing again does nothing."""

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all files."""
        self.close()

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take the state of another reader; files are opened when something is asked of them."""
        for name, value in state.items():
            setattr(self, name, value)
        self._set_up()

    @abstractmethod
    def _set_up(self) -> None:
        """Begin with nothing open."""

    @abstractmethod
    def _item_at(self, index: int) -> Item:
        """Return the item at an index from 0."""

    @abstractmethod
    def _item_of(self, item_id: str) -> Item | None:
        """Return the item of an id, if there is one."""

    @abstractmethod
    def _holder(self) -> str:
        """Say who has the items, and that it has them, for messages."""
