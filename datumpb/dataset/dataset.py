"""Dataset: the subsets of a dataset, whatever its format; nothing is read before it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.dataset.memory import MemorySource
from datumpb.dataset.progress import Progress, no_progress
from datumpb.dataset.registry import detect_format, find_format
from datumpb.errors import DatasetError, ItemNotFoundError
from datumpb.model.categories import Categories
from datumpb.model.media import MediaType

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self

    from datumpb.dataset.losses import LossReport
    from datumpb.dataset.source import DatasetSource
    from datumpb.model.item import Item
    from datumpb.model.values import Value


class DatasetSubset:
    """One subset of a dataset: its items, in order or by id."""

    def __init__(self, source: DatasetSource, name: str) -> None:
        """Name a subset of a source."""
        self._source = source
        self.name = name

    def __len__(self) -> int:
        """Return how many items it has."""
        return self._source.count(self.name)

    def __iter__(self) -> Iterator[Item]:
        """Iterate over its items in their order."""
        return self._source.items(self.name)

    def get(self, item_id: str) -> Item | None:
        """Return the item of an id, or None."""
        try:
            return self._source.item(item_id, self.name)
        except ItemNotFoundError:
            return None

    def infos(self) -> dict[str, Value]:
        """Return what is known about the subset."""
        return self._source.meta(self.name).infos

    def categories(self) -> Categories:
        """Return what the numbers in annotations mean."""
        return self._source.meta(self.name).categories

    def __repr__(self) -> str:
        """Name the subset."""
        return f"DatasetSubset({self.name!r})"


class Dataset:
    """A dataset: subsets of items.

    dataset = Dataset.import_from("coco128", "coco")
    dataset.export("out", "datumpb", save_media=True)
    """

    def __init__(self, source: DatasetSource) -> None:
        """Wrap a source; `import_from` and `from_iterable` are the usual ways to get one."""
        self._source = source

    @classmethod
    def import_from(cls, path: str | os.PathLike[str], format: str | None = None, **options: object) -> Self:  # noqa: A002 -- Datumaro's name for it
        """Open a dataset. Nothing is read yet but what is needed to know its format.

        Args:
            path: Its folder or file.
            format: The name of its format; None: it is detected.
            **options: Options of the format, such as `encryption_key`.

        Raises:
            UnknownFormatError: There is no such format, or none or several fit the path.
            OptionError: The format has no such option.
            DatasetError: There is no dataset at the path.
        """
        path = Path(path)
        chosen = detect_format(path) if format is None else find_format(format)
        if not path.exists():
            message = f"{path}: no such file or folder"
            raise DatasetError(message)
        return cls(chosen.read(path, options))

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
    def detect(path: str | os.PathLike[str]) -> str:
        """Return the name of a dataset's format.

        Raises:
            UnknownFormatError: None or several fit the path.
        """
        return detect_format(path).name

    def export(
        self,
        path: str | os.PathLike[str],
        format: str,  # noqa: A002 -- Datumaro's name for it
        *,
        save_media: bool = False,
        overwrite: bool = False,
        progress: Progress = no_progress,
        **options: object,
    ) -> LossReport:
        """Write the dataset. The output appears whole or not at all.

        Args:
            path: The folder to write; it must not exist or be empty.
            format: The name of a format.
            save_media: Whether media files are copied.
            overwrite: Whether what is in the folder already is replaced.
            progress: Is told how far the work is.
            **options: Options of the format, such as `encryption` and `encryption_key`.

        Returns:
            What the format could not hold.

        Raises:
            UnknownFormatError: There is no such format.
            OptionError: The format has no such option, or options contradict each other.
            OutputExistsError: The folder is not empty.
            DatumpbError: The dataset cannot be read, or holds what the format cannot.
            OSError: A file cannot be written.
        """
        common = {"save_media": save_media, "overwrite": overwrite, "progress": progress}
        self.categories()
        return find_format(format).write(self._source, Path(path), {**common, **options})

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
            DatasetError: There is no such subset.
        """
        names = self._source.subsets()
        if subset is not None and subset not in names:
            message = f"there is no subset {subset!r}; there are: {', '.join(names)}"
            raise DatasetError(message)
        joined: dict[str, Value] = {}
        for name in names if subset is None else [subset]:
            joined = {**self._source.meta(name).infos, **joined}
        return joined

    def media_type(self) -> MediaType:
        """Return the kind of media that items have; MIXED where subsets differ."""
        kinds = {self._source.meta(subset).media_type for subset in self._source.subsets()}
        return kinds.pop() if len(kinds) == 1 else MediaType.MIXED

    def __repr__(self) -> str:
        """Name the subsets."""
        return f"Dataset({', '.join(self._source.subsets())})"
