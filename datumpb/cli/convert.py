"""`datumpb convert`: from one format to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import datumpb as dp
from datumpb.cli.endings import naming, warn
from datumpb.cli.format_options import CommandWithFormatOptions, format_options
from datumpb.cli.keys import Key, chosen_key, key_options
from datumpb.cli.progress import terminal_progress
from datumpb.cli.text import counted, number, percent, printable, size
from datumpb.dataset.registry import detect_format, find_format

if TYPE_CHECKING:
    from datumpb.cli.folder_sizes import FolderSizes
    from datumpb.dataset.registry import Format

_MOST_NAMES = 5


@click.command(cls=CommandWithFormatOptions)
@click.option("-i", "--input-path", type=click.Path(path_type=Path), required=True, help="The dataset to read.")
@click.option("-if", "--input-format", metavar="FORMAT", help="Its format; found out where left out.")
@click.option("-o", "--output-path", "--output-dir", type=click.Path(path_type=Path), required=True,
              help="The folder to write, which must be empty or new.")  # fmt: skip
@click.option("-f", "--format", "--output-format", "output_format", metavar="FORMAT", required=True,
              help="The format to write; `datumpb formats` lists them.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace what the output folder holds.")
@click.option("--save-media", is_flag=True, help="Copy pictures and other media, too.")
@click.option("--encryption", is_flag=True, help="Encrypt the output, with the key given or a new one.")
@click.option("--no-media-encryption", is_flag=True, help="With --encryption: leave media plain.")
@click.option("--save-dataset-meta", is_flag=True, help="Write dataset_meta.json, a plain list of the labels.")
@key_options
def convert(  # noqa: PLR0913 -- one for each option
    *,
    input_path: Path,
    input_format: str | None,
    output_path: Path,
    output_format: str,
    overwrite: bool,
    save_media: bool,
    encryption: bool,
    no_media_encryption: bool,
    save_dataset_meta: bool,
    encryption_key: str | None,
    key_file: Path | None,
) -> None:
    """Convert a dataset from one format to another.

    \b
    datumpb convert -i coco/ -o out/ -f datumpb --save-media
    datumpb convert -i coco/ -o out/ -f datumpb --save-media --encryption --key-file my.key
    datumpb convert -i out/ -o back/ -f coco --save-media --key-file my.key

    A key opens an encrypted input and, with --encryption, also encrypts the output. With --encryption and no key a new
    one is made and written to secret_key.txt in the output folder, or to FILE of --key-file where that does not exist.

    Options of the formats stand behind `--` (docs/formats.md has them): those of the output's format, or of the input's
    where that one alone has it; --input-NAME is always the input's.

    \b
    datumpb convert -i coco/ -o out/ -f yolo --save-media -- --task segment
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.cli.folder_sizes import folder_sizes  # noqa: PLC0415 -- loaded when a command runs

    if no_media_encryption and not encryption:
        message = "--no-media-encryption needs --encryption"
        raise click.UsageError(message)
    source = find_format(input_format) if input_format is not None else detect_format(input_path)
    new_key_file = key_file if encryption and key_file is not None and not key_file.exists() else None
    key = chosen_key(encryption_key, key_file, new_key_file=new_key_file)
    read, options = format_options(source, find_format(output_format))
    read |= _read_options(input_path, source, key, encryption)
    dataset = dp.Dataset.import_from(input_path, source.name, **read)
    if encryption:
        options |= {"encryption": True, "no_media_encryption": no_media_encryption}
    if save_dataset_meta:
        options["save_dataset_meta"] = True
    if encryption and key is not None:
        options["encryption_key"] = key.text
    if new_key_file is not None:
        options["key_file"] = new_key_file
    progress = terminal_progress()
    size_before = folder_sizes(input_path)
    with naming(output_path):
        losses = dataset.export(
            output_path, output_format, save_media=save_media, overwrite=overwrite, progress=progress, **options
        )
    for line in losses.lines():
        warn(f"{output_format} cannot hold everything: {line}")
    if encryption and key is None:
        _warn_of_key(output_path, new_key_file)
    before = f"{input_path} ({source.name})"
    after = f"{output_path} ({output_format}{', encrypted' if encryption else ''})"
    click.echo(f"{printable(before)} -> {printable(after)}")
    for line in _summary(dataset, size_before, folder_sizes(output_path), save_media=save_media):
        click.echo(f"  {line}")


def _read_options(path: Path, source: Format, key: Key | None, encryption: bool) -> dict[str, Any]:
    """Return the options for reading: the key, where the input is encrypted.

    Raises:
        UnexpectedKeyError: It is not encrypted, and the key is of no other use.
    """
    if key is None:
        return {}
    if source.is_encrypted(path):
        return {"encryption_key": key.text}
    if not encryption:
        message = f"{path}: not encrypted, but a key was given ({key.origin}); leave it out, or add --encryption"
        raise dp.UnexpectedKeyError(message)
    return {}


def _warn_of_key(output: Path, key_file: Path | None) -> None:
    from datumpb.dataset.layout import SECRET_KEY  # noqa: PLC0415 -- loaded when a command runs

    if key_file is not None:
        warn(f"a new key was written to {key_file}: without it, nobody can read {output}")
    else:
        warn(f"a new key was written to {output / SECRET_KEY}: whoever has the folder has the key; keep them apart")


def _summary(dataset: dp.Dataset, before: FolderSizes, after: FolderSizes, *, save_media: bool) -> list[str]:
    subsets = dataset.subsets()
    names = f" ({', '.join(subsets)})" if len(subsets) <= _MOST_NAMES else ""
    annotations = f"{size(before.annotations)} -> {size(after.annotations)}"
    lines = [
        f"items        {number(len(dataset))} in {counted(len(subsets), 'subset')}{names}",
        f"annotations  {annotations} ({percent(after.annotations, before.annotations)})",
    ]
    if save_media:
        lines.append(f"media        {size(before.media)} -> {size(after.media)}")
    return [printable(line) for line in lines]
