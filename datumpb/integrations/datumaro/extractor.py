"""A dataset for Datumaro: its items are converted while they are iterated over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumaro.components.contexts.importer import NullImportContext
from datumaro.components.dataset import Dataset as DatumaroDataset
from datumaro.components.dataset_base import DatasetBase, DatasetItem
from datumaro.components.media import MediaElement

from datumpb.dataset.losses import LossReport
from datumpb.errors import InvalidItemError
from datumpb.integrations.datumaro.annotations_out import annotations_to_datumaro
from datumpb.integrations.datumaro.categories import categories_to_datumaro
from datumpb.integrations.datumaro.media_out import TYPES, MediaOut
from datumpb.integrations.datumaro.told import ToldLosses
from datumpb.model.item import DEFAULT_SUBSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datumpb.dataset.dataset import Dataset
    from datumpb.dataset.subset import DatasetSubset
    from datumpb.integrations.datumaro.foreign import Foreign
    from datumpb.model.item import Item


def to_datumaro(dataset: Dataset, *, losses: LossReport | None = None) -> DatumaroDataset:
    """Return a dataset of Datumaro's with the same items.

    Items are converted when Datumaro asks for them, which keeps them then; media are read when somebody wants their
    pixels or bytes.

    Args:
        dataset: The dataset.
        losses: Counts what Datumaro cannot hold, while items are converted. None: each kind of loss is told once, as a
            `LossWarning`.

    Raises:
        InvalidItemError: While items are converted: Datumaro refuses an id; while categories are: a label's name is
            there twice.
        DatasetError: Subsets have different categories.
        MediaError: While items are converted: the path of a medium leads out of the dataset.
    """
    return DatumaroDataset.from_extractors(Extractor(dataset, ToldLosses() if losses is None else losses))


class Extractor(DatasetBase):  # type: ignore[misc]  # Datumaro has no types
    """A dataset as Datumaro's extensions see one. What it cannot hold is counted once for each item."""

    def __init__(self, dataset: Dataset, losses: LossReport, *, ctx: Foreign = None) -> None:
        """Take a dataset, the report of what Datumaro cannot hold, and what Datumaro wants to be told of progress."""
        super().__init__(
            subsets=list(dataset.subsets()),
            media_type=TYPES.get(dataset.media_type(), MediaElement),
            ctx=ctx or NullImportContext(),
        )
        self._dataset = dataset
        self._losses = losses
        self._counted: set[tuple[str, str]] = set()
        self._media = MediaOut()
        self._known_infos: dict[str, Foreign] | None = None
        self._known_categories: dict[Foreign, Foreign] | None = None

    @property
    def is_stream(self) -> bool:
        """Tell that items are made on demand, so that Datumaro's `StreamDataset` takes it, too."""
        return True

    def __iter__(self) -> Iterator[DatasetItem]:
        """Convert all items, one subset after the other."""
        for item in self._ctx.progress_reporter.iter(self._dataset, desc="Reading items"):
            yield self.convert(item)

    def __len__(self) -> int:
        """Return how many items there are; none is read for it."""
        return len(self._dataset)

    def get(self, id: str, subset: str | None = None) -> DatasetItem | None:  # noqa: A002 -- Datumaro's name for it
        """Return one item, without reading the others, or None."""
        item = self._dataset.get(id, subset or DEFAULT_SUBSET)
        return None if item is None else self.convert(item)

    def get_subset(self, name: str) -> Foreign:
        """Return the part of one subset."""
        return SubsetExtractor(self, self._dataset.subsets()[name])

    def infos(self) -> dict[str, Foreign]:
        """Return what is known about the dataset; where subsets differ, the first one counts."""
        if self._known_infos is None:
            self._known_infos = dict(self._dataset.infos())
            for name in self._dataset.subsets():
                for key, value in self._dataset.infos(name).items():
                    if value != self._known_infos[key]:
                        self._losses.add("info that differs between subsets", f"{name}: {key}")
        return self._known_infos

    def categories(self) -> dict[Foreign, Foreign]:
        """Return what the numbers in annotations mean."""
        if self._known_categories is None:
            self._known_categories = categories_to_datumaro(self._dataset.categories(), self._losses)
        return self._known_categories

    def convert(self, item: Item) -> DatasetItem:
        """Convert an item.

        Raises:
            InvalidItemError: Datumaro refuses its id.
            MediaError: The path of a medium leads out of the dataset.
        """
        key = item.subset, item.id
        losses = LossReport() if key in self._counted else self._losses
        self._counted.add(key)
        where = f"{item.subset}/{item.id}"
        annotations = annotations_to_datumaro(item.annotations, self._media, where, losses)
        try:
            converted = DatasetItem(
                item.id,
                subset=item.subset,
                media=self._media.convert(item.media, where, losses),
                annotations=annotations,
                attributes=dict(item.attributes),
            )
        except (AssertionError, ValueError) as error:  # what Datumaro's checks of ids raise
            message = f"item {item.id!r} of {item.subset!r}: Datumaro refuses it: {error or 'the id is empty'}"
            raise InvalidItemError(message) from error
        if (converted.id, converted.subset) != (item.id, item.subset):
            losses.add("id or subset with a backslash or without a name, which Datumaro changes", where)
        return converted


class SubsetExtractor(DatasetBase):  # type: ignore[misc]  # Datumaro has no types
    """One subset of a dataset."""

    def __init__(self, whole: Extractor, subset: DatasetSubset) -> None:
        """Take the dataset and the subset."""
        super().__init__(length=len(subset), subsets=[subset.name], media_type=whole.media_type())
        self._whole = whole
        self._subset = subset

    def __iter__(self) -> Iterator[DatasetItem]:
        """Convert the items of the subset."""
        for item in self._subset:
            yield self._whole.convert(item)

    def get(self, id: str, subset: str | None = None) -> DatasetItem | None:  # noqa: A002 -- Datumaro's name for it
        """Return one item, or None."""
        return self._whole.get(id, subset or self._subset.name)

    def get_subset(self, name: str) -> Foreign:
        """Return the part of one subset."""
        return self._whole.get_subset(name)

    def infos(self) -> dict[str, Foreign]:
        """Return what is known about the dataset."""
        return self._whole.infos()

    def categories(self) -> dict[Foreign, Foreign]:
        """Return what the numbers in annotations mean."""
        return self._whole.categories()
