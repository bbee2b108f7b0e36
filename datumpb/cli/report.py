"""The report of `datumpb info`, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.cli.keys import VARIABLE
from datumpb.cli.text import counted, number, printable, size, table

if TYPE_CHECKING:
    from datumpb.cli.summary import Contents, FileSummary, Summary

MOST_LABELS = 20


def report(summary: Summary, most_labels: int | None) -> list[str]:
    """Lay out a summary.

    Args:
        summary: What there is to tell.
        most_labels: How many labels to list, the most frequent ones; None: all.
    """
    kind = f"{summary.format} {'file' if summary.path.is_file() else 'dataset'}"
    lines = [printable(f"{summary.path}: {kind}{_encryption(summary.files)}"), ""]
    contents, sizes = summary.contents, summary.sizes
    if contents is not None:
        lines.append(f"items        {number(contents.items.total())} in {counted(len(contents.items), 'subset')}")
        lines.append(f"annotations  {number(contents.annotations.total())}")
    lines += dict.fromkeys(map(_version, summary.files))
    media = f", {size(sizes.media)} in {counted(sizes.media_count, 'media file')}" if sizes.media_count else ""
    lines += [f"size         {size(sizes.annotations)} of annotations{media}", ""]
    if summary.files:
        lines += _file_table(summary.files)
    elif contents is not None:
        lines += _subset_table(contents)
    if contents is None:
        return [*lines, "", f"To see more, give the key: --key-file, --encryption-key or ${VARIABLE}."]
    return lines + _type_table(contents) + _label_table(contents, most_labels)


def _encryption(files: list[FileSummary]) -> str:
    encrypted = sum(file.encrypted for file in files)
    if not encrypted:
        return ""
    return ", encrypted" if encrypted == len(files) else f", {encrypted} of {len(files)} files encrypted"


def _version(file: FileSummary) -> str:
    features = f", features: {', '.join(file.features)}" if file.features else ""
    return printable(f"version      {file.version}, written by {file.writer}{features}")


def _file_table(files: list[FileSummary]) -> list[str]:
    def shown(count: int | None) -> str:
        return "?" if count is None else number(count)

    rows = [
        (file.path.name, shown(file.items), shown(file.annotations), shown(file.records), size(file.size))
        for file in files
    ]
    return table(("file", "items", "annotations", "records", "size"), rows)


def _subset_table(contents: Contents) -> list[str]:
    rows = [(subset, number(items), number(contents.annotations[subset])) for subset, items in contents.items.items()]
    return table(("subset", "items", "annotations"), rows)


def _type_table(contents: Contents) -> list[str]:
    rows = [(name, number(count)) for name, count in contents.types.most_common()]
    return ["", *table(("type", "annotations"), rows)] if rows else []


def _label_table(contents: Contents, most: int | None) -> list[str]:
    rows = [(name, number(count)) for name, count in contents.labels.most_common(most)]
    if not rows:
        return []
    left = len(contents.labels) - len(rows)
    if left:
        shown = sum(count for _, count in contents.labels.most_common(most))
        rows.append((f"({left} more: --all-labels)", number(contents.labels.total() - shown)))
    if contents.unlabelled:
        rows.append(("(no label)", number(contents.unlabelled)))
    return ["", *table(("label", "annotations"), rows)]
