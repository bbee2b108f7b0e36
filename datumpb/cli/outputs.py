"""The dataset that a command writes: its options, its writing, and what is told about it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import click

from datumpb.cli.endings import naming, warn
from datumpb.cli.keys import Key, chosen_key, key_options
from datumpb.cli.places import AnyPlace
from datumpb.cli.progress import terminal_progress
from datumpb.cli.text import counted, number, percent, printable, size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import datumpb as dp
    from datumpb.cli.folder_sizes import FolderSizes
    from datumpb.cli.inputs import Input
    from datumpb.dataset.registry import Format
    from datumpb.storage.location import Location

    _Command = TypeVar("_Command", bound=Callable[..., Any])

_MOST_NAMES = 5
_OPTIONS = (
    click.option("-o", "--output-path", "--output-dir", type=AnyPlace(), required=True,
                 help="The folder to write, which must be empty or new."),
    click.option("--overwrite", is_flag=True, help="Replace what the output folder holds."),
    click.option("--save-media", is_flag=True, help="Copy pictures and other media, too."),
    click.option("--link-media", is_flag=True, help="Link them instead (hard links, on the same disk)."),
    click.option("--strict", is_flag=True, help="Fail, and write nothing, where the format cannot hold everything."),
    click.option("--encryption", is_flag=True, help="Encrypt the output, with the key given or a new one."),
    click.option("--no-media-encryption", is_flag=True, help="With --encryption: leave media plain."),
    click.option("--num-shards", type=int, metavar="N", help="Write each subset in N files (format datumpb)."),
    click.option("--shard-size", metavar="SIZE",
                 help="Write each subset in files of at most SIZE, such as 100MB (format datumpb)."),
    click.option("--num-workers", type=click.IntRange(min=0), metavar="N",
                 help="Processes that make the output (formats datumpb, coco, voc, yolo); "
                      "left out: all cores, one for few items."),
    click.option("--save-dataset-meta", is_flag=True, help="Write dataset_meta.json, a plain list of the labels."),
    key_options,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Output:
    """What the options of a command say about its output; each attribute is the option of its name."""

    output_path: Location
    format: str | None
    overwrite: bool
    save_media: bool
    link_media: bool
    strict: bool
    encryption: bool
    no_media_encryption: bool
    num_shards: int | None
    shard_size: str | None
    num_workers: int | None
    save_dataset_meta: bool
    encryption_key: str | None
    key_file: Path | None

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.no_media_encryption and not self.encryption:
            message = "--no-media-encryption needs --encryption"
            raise click.UsageError(message)

    @property
    def new_key_file(self) -> Path | None:
        """The file that a new key shall be written to; None: it exists, or none was named."""
        return self.key_file if self.encryption and self.key_file is not None and not self.key_file.exists() else None

    def key(self) -> Key | None:
        """Return the key that the user gave, or None.

        Raises:
            InvalidKeyError: It is not a key, or its file cannot be read.
        """
        return chosen_key(self.encryption_key, self.key_file, new_key_file=self.new_key_file)


def output_options(*, format_required: bool) -> Callable[[_Command], _Command]:
    """Return what adds the options of `Output` to a command, which gets them as its argument `output`.

    Args:
        format_required: Whether the format has to be named; else it is that of the first input.
    """
    default = "`datumpb formats` lists them." if format_required else "that of the input where left out."
    format_option = click.option(
        "-f", "--format", "--output-format", "format", metavar="FORMAT", required=format_required,
        help=f"The format to write; {default}",
    )  # fmt: skip

    def add(command: _Command) -> _Command:
        @functools.wraps(command)
        def packed(**values: Any) -> object:  # noqa: ANN401 -- values of all options
            output = Output(**{field.name: values.pop(field.name) for field in fields(Output)})
            return command(output=output, **values)

        result: Any = packed
        for option in reversed((_OPTIONS[0], format_option, *_OPTIONS[1:])):
            result = option(result)
        return result  # type: ignore[no-any-return]  # what click's decorators return

    return add


def write_output(
    dataset: dp.Dataset, inputs: Sequence[Input], output: Output, target: Format, options: dict[str, Any]
) -> None:
    """Write a dataset, warn of what was lost, and print a summary.

    Args:
        dataset: What is written.
        inputs: Where it comes from.
        output: What the options say.
        target: The format to write.
        options: Options of the format.

    Raises:
        DatumpbError: It cannot be written.
    """
    from datumpb.cli.folder_sizes import folder_sizes  # noqa: PLC0415 -- loaded when a command runs

    path, encryption = output.output_path, _encryption(output)
    own = {"num_shards": output.num_shards, "shard_size": output.shard_size, "num_workers": output.num_workers}
    if "num_workers" in target.write_options() and own["num_workers"] is None:
        own["num_workers"] = 0
    options = {**options, **{name: value for name, value in own.items() if value is not None}}
    before = [folder_sizes(one.path) for one in inputs]
    with naming(path):
        losses = dataset.export(
            path,
            target.name,
            save_media="link" if output.link_media else output.save_media,
            overwrite=output.overwrite,
            strict=output.strict,
            progress=terminal_progress(),
            **{**options, **encryption},
        )
    for line in losses.lines():
        warn(f"not kept: {line}")
    if output.encryption and "encryption_key" not in encryption:
        _warn_of_key(output)
    after = f"{path} ({target.name}{', encrypted' if output.encryption else ''})"
    click.echo(f"{printable(' + '.join(map(str, inputs)))} -> {printable(after)}")
    for line in _summary(dataset, before, folder_sizes(path), media=output.save_media or output.link_media):
        click.echo(f"  {printable(line)}")


def _encryption(output: Output) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if output.save_dataset_meta:
        options["save_dataset_meta"] = True
    if output.encryption:
        options |= {"encryption": True, "no_media_encryption": output.no_media_encryption}
        key = output.key()
        if key is not None:
            options["encryption_key"] = key.text
        elif output.new_key_file is not None:
            options["key_file"] = output.new_key_file
    return options


def _warn_of_key(output: Output) -> None:
    from datumpb.dataset.layout import SECRET_KEY  # noqa: PLC0415 -- loaded when a command runs

    if output.key_file is not None:
        warn(f"a new key was written to {output.key_file}: without it, nobody can read {output.output_path}")
    else:
        file = output.output_path / SECRET_KEY
        warn(f"a new key was written to {file}: whoever has the folder has the key; keep them apart")


def _summary(dataset: dp.Dataset, before: Sequence[FolderSizes], after: FolderSizes, *, media: bool) -> list[str]:
    subsets = dataset.subsets()
    names = f" ({', '.join(subsets)})" if len(subsets) <= _MOST_NAMES else ""
    annotations = sum(sizes.annotations for sizes in before)
    lines = [
        f"items        {number(len(dataset))} in {counted(len(subsets), 'subset')}{names}",
        f"annotations  {size(annotations)} -> {size(after.annotations)} ({percent(after.annotations, annotations)})",
    ]
    if media:
        lines.append(f"media        {size(sum(sizes.media for sizes in before))} -> {size(after.media)}")
    return lines
