"""What a dataset holds, gathered for `datumpb info`: from the statistics that files keep, or by counting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.cli.files import OWN_FORMAT, fetched, files_by_subset, format_of, open_dataset, read_header
from datumpb.cli.folder_sizes import FolderSizes, file_size, folder_sizes
from datumpb.container.reader import DatumReader
from datumpb.messages import AnnotationType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.cli.keys import Key
    from datumpb.dataset.dataset import Dataset
    from datumpb.model.categories import Categories
    from datumpb.model.item import Item
    from datumpb.storage.location import Location


@dataclass(slots=True)
class FileSummary:
    """One annotation file. What an encrypted one tells only with its key is None without it.

    Attributes:
        path: The file.
        size: In bytes.
        version: Of the format, as "major.minor".
        writer: Name and version of the program that wrote it.
        encrypted: Whether it is.
        features: The names of its required and optional features.
        records: How many records it has, FOOTER and TRAILER included.
        subset: The subset it belongs to.
        shard: Which shard of it the file is, from 0; None where it holds the whole subset, too.
        items: How many items it holds.
        annotations: How many annotations they have.
    """

    path: Location
    size: int
    version: str
    writer: str
    encrypted: bool
    features: list[str]
    records: int | None = None
    subset: str | None = None
    shard: int | None = None
    items: int | None = None
    annotations: int | None = None


@dataclass(slots=True)
class Contents:
    """What items hold.

    Attributes:
        items: How many there are, by subset.
        annotations: How many there are, by subset.
        types: How many annotations there are, by type.
        labels: How many annotations there are, by label.
        unlabelled: How many annotations have no label.
    """

    items: Counter[str] = field(default_factory=Counter)
    annotations: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    unlabelled: int = 0

    def add_file(self, reader: DatumReader) -> None:
        """Add what the statistics of a file say."""
        statistics = reader.statistics
        self.items[reader.subset] += len(reader)
        self.annotations[reader.subset] += statistics.annotation_count
        for entry in statistics.types:
            self.types[_type_name(entry.type)] += entry.count
        for label in statistics.labels:
            self.labels[_label_name(reader.categories, label.label_index)] += label.count
        self.unlabelled += statistics.unlabelled_count

    def add_items(self, items: Iterable[Item], categories: Categories) -> None:
        """Add items one by one."""
        for item in items:
            self.items[item.subset] += 1
            self.annotations[item.subset] += len(item.annotations)
            for annotation in item.annotations:
                self.types[type(annotation).__name__] += 1
                if annotation.label is None:
                    self.unlabelled += 1
                else:
                    self.labels[_label_name(categories, annotation.label)] += 1


@dataclass(frozen=True, slots=True)
class Summary:
    """All about a file or a dataset.

    Attributes:
        path: Where it is.
        format: The name of its format.
        files: Its annotation files, where they are of our own format.
        contents: What its items hold; None where that takes a key and none was given.
        sizes: How much room it takes.
    """

    path: Location
    format: str
    files: list[FileSummary]
    contents: Contents | None
    sizes: FolderSizes


def summarize(path: Location, key: Key | None) -> Summary:
    """Gather what there is to tell.

    Raises:
        DatumpbError: The dataset cannot be read, or the key does not open it.
    """
    place = fetched(path)
    name = format_of(place)
    if name == OWN_FORMAT:
        files, contents = _summarize_files(place, key.text if key is not None else None)
        return Summary(path, name, files, contents, folder_sizes(place))
    return Summary(path, name, [], _summarize_dataset(open_dataset(place, name, key)), folder_sizes(place))


def _summarize_files(path: Location, key: str | None) -> tuple[list[FileSummary], Contents | None]:
    files, contents = [], Contents()
    subsets = files_by_subset(path)
    for subset in subsets:
        subset.refuse_faults()
    for file in (file for subset in subsets for file in subset.files):
        summary = _summarize_header(file)
        files.append(summary)
        if summary.encrypted and key is None:
            continue
        with DatumReader(file, key) as reader:
            summary.records = reader.footer.record_count + 2
            summary.subset = reader.subset
            summary.shard = reader.meta_message.shard.index if reader.meta_message.HasField("shard") else None
            summary.items = len(reader)
            summary.annotations = reader.statistics.annotation_count
            contents.add_file(reader)
    locked = any(summary.items is None for summary in files)
    return files, None if locked else contents


def _summarize_dataset(dataset: Dataset) -> Contents:
    contents = Contents()
    for name in dataset.subsets():
        contents.items[name] = contents.annotations[name] = 0
    contents.add_items(dataset, dataset.categories())
    return contents


def _summarize_header(path: Location) -> FileSummary:
    header = read_header(path)
    return FileSummary(
        path=path,
        size=file_size(path),
        version=f"{header.format_major}.{header.format_minor}",
        writer=f"{header.writer_name} {header.writer_version}".strip(),
        encrypted=header.HasField("encryption"),
        features=[*header.required_features, *header.optional_features],
    )


def _type_name(number: int) -> str:
    """Return the class that a type stands for; a newer writer may know more types."""
    if number not in AnnotationType.values():
        return f"type {number}"
    words = AnnotationType.Name(number).removeprefix("ANNOTATION_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)


def _label_name(categories: Categories, index: int) -> str:
    known = categories.labels is not None and index < len(categories.labels)
    return categories.labels[index].name if known and categories.labels is not None else f"label {index}"
