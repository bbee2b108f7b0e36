"""Dataset: the subsets of a dataset, whatever its format; nothing is read before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from datumpb.dataset.destination import write_to
from datumpb.dataset.export import Export, SaveMedia
from datumpb.dataset.losses import LossReport
from datumpb.dataset.memory import MemorySource
from datumpb.dataset.progress import Progress, no_progress
from datumpb.dataset.registry import detect_format, find_format, on_hand
from datumpb.dataset.scratch import scratch_beside
from datumpb.dataset.subset import DatasetSubset, through_arrow
from datumpb.dataset.transforms.labels import RelabelledSource
from datumpb.dataset.transforms.merge import MergedSource
from datumpb.dataset.transforms.names import check_known
from datumpb.dataset.transforms.selection import SelectedSource
from datumpb.dataset.transforms.split import SplitSource
from datumpb.errors import DatasetError, OptionError
from datumpb.model.categories import Categories
from datumpb.model.media import MediaType
from datumpb.storage.location import location

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import pyarrow as pa
    from typing_extensions import Self

    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item
    from datumpb.model.values import Value
    from datumpb.storage.location import RemotePath


_SAVE_MEDIA = {False: SaveMedia.NO, True: SaveMedia.COPY, "copy": SaveMedia.COPY, "link": SaveMedia.LINK}


class Dataset:
    """A dataset: subsets of items.

    dataset = Dataset.import_from("coco128", "coco")
    dataset.export("out", "datumpb", save_media=True)
    """

    def __init__(self, source: DatasetSource, reports: Sequence[LossReport] = ()) -> None:
        """Wrap a source, and the reports of its transforms; `import_from` and `from_iterable` are the usual ways."""
        self._source = source
        self._reports = tuple(reports)

    @classmethod
    def import_from(
        cls,
        path: str | os.PathLike[str] | RemotePath,
        format: str | None = None,  # noqa: A002 -- Datumaro's name for it
        **options: object,
    ) -> Self:
        """Open a dataset. Nothing is read yet but what is needed to know its format.

        Args:
            path: Its folder or file, or the URL of one: the datumpb format is read there, others are copied first.
            format: The name of its format; None: it is detected.
            **options: Options of the format, such as `encryption_key`.

        Raises:
            UnknownFormatError: There is no such format, or none or several fit the path.
            OptionError: The format has no such option.
            DatasetError: There is no dataset at the path.
        """
        named = None if format is None else find_format(format)
        place = on_hand(path, format)
        chosen = detect_format(place) if named is None else named
        if not place.exists():
            message = f"{place}: no such file or folder"
            raise DatasetError(message)
        return cls(chosen.read(place, options))

    @classmethod
    def from_iterable(
        cls,
        items: Iterable[Item],
        *,
        infos: dict[str, Value] | None = None,
        categories: Categories | Iterable[str] | None = None,
        media_type: MediaType = MediaType.IMAGE,
    ) -> Self:
        """Make a dataset of items in memory.

        Args:
            items: The items, of any subsets.
            infos: Anything about the dataset.
            categories: What the numbers in annotations mean, or just the names of labels.
            media_type: The kind of media that items have.

        Raises:
            DuplicateItemError: Two items of a subset have the same id.
        """
        if categories is None:
            categories = Categories()
        elif not isinstance(categories, Categories):
            categories = Categories.from_labels(categories)
        return cls(MemorySource(items, {} if infos is None else infos, categories, media_type))

    @staticmethod
    def detect(path: str | os.PathLike[str] | RemotePath) -> str:
        """Return the name of a dataset's format.

        Raises:
            UnknownFormatError: None or several fit the path.
        """
        return detect_format(on_hand(path)).name

    def export(  # noqa: PLR0913 -- one for each option, by name
        self,
        path: str | os.PathLike[str] | RemotePath,
        format: str,  # noqa: A002 -- Datumaro's name for it
        *,
        save_media: bool | Literal["copy", "link"] = False,
        overwrite: bool = False,
        strict: bool = False,
        progress: Progress = no_progress,
        **options: object,
    ) -> LossReport:
        """Write the dataset. The output appears whole or not at all; behind a URL, annotations appear last.

        Args:
            path: The folder to write, or its URL; it must not exist or be empty.
            format: The name of a format.
            save_media: Whether media files are copied (True, "copy") or linked ("link": hard links, for files of the
                same disk; what is no plain file of its own is copied).
            overwrite: Whether what is in the folder already is replaced.
            strict: Whether it is an error if the format cannot hold everything.
            progress: Is told how far the work is.
            **options: Options of the format, such as `encryption` and `encryption_key`.

        Returns:
            What the format could not hold, and what `relabel`, `merge` and `split` could not keep.

        Raises:
            UnknownFormatError: There is no such format.
            OptionError: The format has no such option, or options contradict each other.
            OutputExistsError: The folder is not empty.
            LossyConversionError: The export is strict, and the format cannot hold everything.
            DatumpbError: The dataset cannot be read, or holds what the format cannot.
            OSError: A file cannot be written.
        """
        if save_media not in _SAVE_MEDIA:
            message = f"save_media has to be False, True, 'copy' or 'link', not {save_media!r}"
            raise OptionError(message)
        losses = LossReport(strict=strict)
        target, place = find_format(format), location(path)
        with scratch_beside(place), target.begun(self._source, options) as workers:
            export = Export(_SAVE_MEDIA[save_media], overwrite, progress, losses, workers=workers)
            self.categories()
            for report in self._reports:
                len(self)  # what transforms find out about ids, they have found out then
                losses.update(report)
            write_to(place, target, self._source, export, options)
        return losses

    def select(
        self,
        *,
        subsets: Collection[str] | None = None,
        labels: Collection[str] | None = None,
        ids: Collection[str] | None = None,
        attributes: Mapping[str, str] | None = None,
        drop_others: bool = False,
    ) -> Self:
        """Return the dataset of those items that fit all that is asked; see `SelectedSource`.

        Args:
            subsets: Names of subsets, one of which an item has to be of.
            labels: Names of labels, one of which an annotation of it has to have.
            ids: Patterns, one of which its id has to match, such as "street/*".
            attributes: Values by names, which it, or an annotation of it, has to have.
            drop_others: Whether those annotations of an item that do not fit are left out.

        Raises:
            OptionError: There is no such subset or label. As nothing is read yet, this comes when something is.
        """
        source = SelectedSource(
            self._source, subsets=subsets, labels=labels, ids=ids, attributes=attributes, drop_others=drop_others
        )
        return type(self)(source, self._reports)

    def relabel(
        self,
        rename: Mapping[str, str] | None = None,
        *,
        drop: Collection[str] = (),
        keep: Collection[str] | None = None,
    ) -> Self:
        """Return the dataset with other labels; see `RelabelledSource`.

        Args:
            rename: New names of labels, by the old ones; labels that get one name become one.
            drop: The labels that go, with their annotations.
            keep: The only labels that stay, by their old names; None: all.

        Raises:
            OptionError: The arguments contradict each other; or, when something is read, there is no such label.
        """
        source = RelabelledSource(self._source, rename, drop, keep)
        return type(self)(source, (*self._reports, source.report))

    def split(
        self,
        ratios: Mapping[str, float],
        *,
        seed: int = 0,
        stratify: bool = False,
        on_duplicate: str = "error",
    ) -> Self:
        """Return the dataset with its items dealt out to new subsets; see `SplitSource`.

        Args:
            ratios: The share of each new subset, such as ``{"train": 0.8, "val": 0.2}``; together they are 1.
            seed: The same seed gives the same split, on every machine; another one another.
            stratify: Whether each label gets its share of items in every subset, as near as can be.
            on_duplicate: "error", or "rename" the later of items of one id that go to the same new subset.

        Raises:
            OptionError: The ratios are not positive, or do not sum to 1.
        """
        source = SplitSource(self._source, ratios, seed, stratify=stratify, on_duplicate=on_duplicate)
        return type(self)(source, (*self._reports, source.report))

    @classmethod
    def merge(cls, datasets: Mapping[str, Dataset] | Sequence[Dataset], *, on_duplicate: str = "error") -> Self:
        """Return several datasets as one, labels united by name; see `MergedSource`.

        Args:
            datasets: The datasets, by the names that messages shall have for them; without names, they are numbered.
            on_duplicate: Of items with the same id and subset, "rename" the later ones, keep the "first", or "error".

        Raises:
            OptionError: There is no dataset.
            DuplicateItemError: When something is read: there are such items.
        """
        if not isinstance(datasets, Mapping):
            datasets = {f"dataset {number}": dataset for number, dataset in enumerate(datasets, 1)}
        source = MergedSource([(name, one._source) for name, one in datasets.items()], on_duplicate)  # noqa: SLF001 -- its own class
        reports = [report for one in datasets.values() for report in one._reports]  # noqa: SLF001 -- its own class
        return cls(source, (*reports, source.report))

    def subsets(self) -> dict[str, DatasetSubset]:
        """Return the subsets by their names."""
        return {name: DatasetSubset(self._source, name) for name in self._source.subsets()}

    def __len__(self) -> int:
        """Return how many items all subsets have."""
        return sum(map(self._source.count, self._source.subsets()))

    def __iter__(self) -> Iterator[Item]:
        """Iterate over the items of all subsets, one subset after the other."""
        for subset in self._source.subsets():
            yield from self._source.items(subset)

    def get(self, item_id: str, subset: str | None = None) -> Item | None:
        """Return the item of an id, or None where there is none.

        Args:
            item_id: The id.
            subset: The subset to look into; None: the first one that has such an item.
        """
        subsets = self.subsets()
        chosen = subsets.values() if subset is None else [subsets[subset]] if subset in subsets else []
        return next((item for one in chosen if (item := one.get(item_id)) is not None), None)

    def categories(self) -> Categories:
        """Return what the numbers in annotations mean, in all subsets alike.

        Raises:
            DatasetError: Two subsets have different categories.
        """
        subsets = self._source.subsets()
        first = self._source.meta(subsets[0]).categories
        for subset in subsets[1:]:
            if self._source.meta(subset).categories != first:
                message = f"subsets {subsets[0]!r} and {subset!r} have different categories: open them one by one"
                raise DatasetError(message)
        return first

    def infos(self, subset: str | None = None) -> dict[str, Value]:
        """Return what is known about a subset, or about all of them: where they differ, the first one counts.

        Args:
            subset: The subset; None: all.

        Raises:
            OptionError: There is no such subset.
        """
        names = self._source.subsets()
        check_known("subset", [] if subset is None else [subset], names)
        joined: dict[str, Value] = {}
        for name in names if subset is None else [subset]:
            joined = {**self._source.meta(name).infos, **joined}
        return joined

    def media_type(self) -> MediaType:
        """Return the kind of media that items have; MIXED where subsets differ."""
        kinds = {self._source.meta(subset).media_type for subset in self._source.subsets()}
        return kinds.pop() if len(kinds) == 1 else MediaType.MIXED

    def to_arrow(self, *, batch_size: int = 1024) -> pa.RecordBatchReader:
        """Return all items as Arrow record batches (docs/arrow.md has the columns), made while they are read.

        Needs the extra `datumpb[arrow]`. The reader can be read once; errors of the dataset come while it is read.

        Args:
            batch_size: How many items a batch has at most; fewer, where they are large.

        Raises:
            MissingExtraError: pyarrow is not installed.
            DatumpbError: The dataset cannot be read.
        """
        return through_arrow(self._source, self._source.subsets(), batch_size)

    def __repr__(self) -> str:
        """Name the subsets."""
        return f"Dataset({', '.join(self._source.subsets())})"
