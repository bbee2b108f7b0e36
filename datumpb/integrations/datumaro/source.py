"""A dataset of Datumaro's as a source of ours: its items are converted while they are iterated over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.dataset.dataset import Dataset
from datumpb.dataset.losses import LossReport
from datumpb.errors import ItemNotFoundError
from datumpb.integrations.datumaro.annotations_in import annotations_from_datumaro
from datumpb.integrations.datumaro.categories import categories_from_datumaro
from datumpb.integrations.datumaro.media_in import MediaIn, media_type_from_datumaro
from datumpb.integrations.datumaro.told import ToldLosses
from datumpb.integrations.datumaro.values_in import values_from_datumaro
from datumpb.model.item import DEFAULT_SUBSET, Item
from datumpb.model.meta import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumaro.components.dataset import Dataset as DatumaroDataset

    from datumpb.integrations.datumaro.foreign import Foreign


def from_datumaro(dataset: DatumaroDataset, *, losses: LossReport | None = None) -> Dataset:
    """Return a dataset with the items of one of Datumaro's.

    Items are converted when they are asked for. Images that Datumaro holds in memory are encoded when somebody wants
    their bytes: as PNG, where they are arrays.

    Args:
        dataset: The dataset, or whatever else is an `IDataset` of Datumaro's.
        losses: Counts what datumpb cannot hold, while items are converted. None: each kind of loss is told once, as a
            `LossWarning`.
    """
    return Dataset(DatumaroSource(dataset, ToldLosses() if losses is None else losses))


class DatumaroSource:
    """A dataset of Datumaro's (a `DatasetSource`). What datumpb cannot hold is counted once for each item."""

    def __init__(self, dataset: DatumaroDataset, losses: LossReport) -> None:
        """Take a dataset, and the report of what datumpb cannot hold."""
        self._dataset = dataset
        self._losses = losses
        self._counted: set[tuple[str, str]] = set()
        self._media = MediaIn()
        self._meta: Meta | None = None

    def subsets(self) -> list[str]:
        """Return the names of the subsets; of an empty dataset, that of the default one."""
        return list(self._dataset.subsets()) or [DEFAULT_SUBSET]

    def meta(self, subset: str) -> Meta:
        """Return what holds for all items."""
        if self._meta is None:
            infos = values_from_datumaro(self._dataset.infos() or {}, "infos", self._losses)
            categories = categories_from_datumaro(self._dataset.categories() or {}, self._losses)
            self._meta = Meta(subset, infos, categories, media_type_from_datumaro(self._dataset.media_type()))
        return Meta(subset, self._meta.infos, self._meta.categories, self._meta.media_type)

    def items(self, subset: str) -> Iterator[Item]:
        """Yield the items of a subset."""
        for item in self._dataset.get_subset(subset) if subset in self._dataset.subsets() else ():
            yield self._convert(item)

    def item(self, item_id: str, subset: str) -> Item:
        """Return one item.

        Raises:
            ItemNotFoundError: There is none with this id in this subset.
        """
        item = self._dataset.get(item_id, subset)
        if item is None:
            message = f"no item {item_id!r} in subset {subset!r}"
            raise ItemNotFoundError(message)
        return self._convert(item)

    def count(self, subset: str) -> int:
        """Return how many items a subset has."""
        return len(self._dataset.get_subset(subset)) if subset in self._dataset.subsets() else 0

    def _convert(self, item: Foreign) -> Item:
        key = item.subset, item.id
        losses = LossReport() if key in self._counted else self._losses
        self._counted.add(key)
        return Item(
            item.id,
            item.subset,
            self._media.convert(item.media, item.id, losses),
            values_from_datumaro(item.attributes, item.id, losses),
            annotations_from_datumaro(item.annotations, self._media, item.id, losses),
        )
