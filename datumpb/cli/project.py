"""`datumpb create`, `import`, `export` and `project info`: datasets listed in a project and merged when exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from datumpb.cli.changes import label_options, selection_options
from datumpb.cli.endings import naming, warn
from datumpb.cli.format_options import CommandWithFormatOptions, format_options
from datumpb.cli.keys import chosen_key, key_options
from datumpb.cli.merge import duplicate_option, merge_inputs
from datumpb.cli.outputs import Output, output_options, write_output
from datumpb.cli.places import LocalPath
from datumpb.cli.text import number, table
from datumpb.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.cli.changes import LabelChanges, Selection
    from datumpb.dataset.project import Project

_project_option = click.option(
    "-p",
    "--project",
    "folder",
    type=LocalPath(),
    default=Path(),
    help="The project's folder; else this one.",
)


@click.command()
@_project_option
def create(*, folder: Path) -> None:
    """Make a project: a text file, in a folder, that lists datasets.

    \b
    datumpb create -p streets
    datumpb import -p streets --format coco path/to/coco
    datumpb import -p streets --format datumpb secret -- --encryption-key datum-...
    datumpb project info -p streets
    datumpb export -p streets -f datumpb -o all -- --save-media
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.dataset.project import PROJECT_FILE, Project  # noqa: PLC0415 -- loaded when a command runs

    with naming(folder):
        Project.create(folder)
    click.echo(f"made {folder / PROJECT_FILE}")


@click.command("import", cls=CommandWithFormatOptions)
@click.argument("path", type=LocalPath())
@click.option("-f", "--format", "format_name", metavar="FORMAT", help="Its format; found out where left out.")
@click.option("-n", "--name", help="Its name in the project; that of its folder where left out.")
@_project_option
@key_options
def import_(  # noqa: PLR0913 -- one for each option
    *,
    path: Path,
    format_name: str | None,
    name: str | None,
    folder: Path,
    encryption_key: str | None,
    key_file: Path | None,
) -> None:
    """Add a dataset to a project. It stays where it is, and nothing of it is copied.

    The key of an encrypted dataset is needed to look into it, and is not kept. Options for reading it stand behind `--`
    and are kept.
    """
    from datumpb.cli.inputs import encrypted_paths  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.dataset.project import Project  # noqa: PLC0415 -- as above
    from datumpb.dataset.registry import detect_format, find_format  # noqa: PLC0415 -- as above

    project = Project.open(folder)
    source = detect_format(path) if format_name is None else find_format(format_name)
    options, _ = format_options(source, None)
    key = chosen_key(encryption_key, key_file)
    if key is not None and path.exists() and encrypted_paths([path], [source], key, needed=True):
        options["encryption_key"] = key.text
    with naming(folder):
        added = project.add(path, source.name, name=name, **options)
    click.echo(f"added {added.name!r}: {added.path} ({added.format})")


@click.group("project")
def project_group() -> None:
    """Look into a project."""


@project_group.command("info")
@_project_option
@key_options
def info(*, folder: Path, encryption_key: str | None, key_file: Path | None) -> None:
    """List the datasets of a project."""
    from datumpb.dataset.project import Project  # noqa: PLC0415 -- loaded when a command runs

    project = Project.open(folder)
    key = chosen_key(encryption_key, key_file)
    rows = [_row(project, name, None if key is None else key.text) for name in project.sources]
    for line in table(("name", "format", "path", "subsets", "items"), rows, left=range(4)):
        click.echo(line)


def _row(project: Project, name: str, key: str | None) -> tuple[str, ...]:
    import datumpb as dp  # noqa: PLC0415 -- loaded when a command runs

    source = project.sources[name]
    try:
        dataset = project.open_source(name, key)
        counts = ", ".join(dataset.subsets()), number(len(dataset))
    except dp.MissingKeyError:
        counts = "-", "encrypted"
    except dp.DatumpbError as error:
        warn(f"{name}: {error}")
        counts = "-", "-"
    return name, source.format, source.path, *counts


@click.command("export", cls=CommandWithFormatOptions)
@_project_option
@output_options(format_required=True)
@selection_options
@label_options
@duplicate_option
@click.option("--source-key-file", "source_keys", metavar="NAME=FILE", multiple=True,
              help="The file with the key of one source, where it is not that of --key-file.")  # fmt: skip
def export(  # noqa: PLR0913 -- one for each option
    *,
    folder: Path,
    output: Output,
    selection: Selection,
    changes: LabelChanges,
    on_duplicate: str,
    source_keys: tuple[str, ...],
) -> None:
    """Merge all datasets of a project and write them.

    A key opens those that are encrypted and, with --encryption, encrypts the output. Options of the output's format
    stand behind `--`.
    """
    from datumpb.cli.inputs import Input, encrypted_paths  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.dataset.project import Project  # noqa: PLC0415 -- as above
    from datumpb.dataset.registry import find_format  # noqa: PLC0415 -- as above

    project = Project.open(folder)
    if not project.sources:
        message = f"{folder}: the project has no datasets; `datumpb import` adds one"
        raise DatasetError(message)
    assert output.format is not None
    target = find_format(output.format)
    _, options = format_options(None, target)
    key = output.key()
    if key is not None:
        paths = [project.folder / one.path for one in project.sources.values()]
        formats = [find_format(one.format) for one in project.sources.values()]
        encrypted_paths(paths, formats, key, needed=not output.encryption)
    keys = dict.fromkeys(project.sources, None if key is None else key.text) | _source_keys(project, source_keys)
    inputs = [
        Input(one.name, project.folder / one.path, one.format, project.open_source(one.name, keys[one.name]))
        for one in project.sources.values()
    ]
    dataset = changes.apply(selection.apply(merge_inputs(inputs, on_duplicate)))
    write_output(dataset, inputs, output, target, options)


def _source_keys(project: Project, given: Iterable[str]) -> dict[str, str]:
    from datumpb.crypto.keys import read_key_file  # noqa: PLC0415 -- loaded when a command runs

    found = {}
    for text in given:
        name, equals, file = text.partition("=")
        if not equals or name not in project.sources:
            message = f"--source-key-file {text!r}: NAME=FILE expected, of: {', '.join(project.sources) or 'no source'}"
            raise click.UsageError(message)
        found[name] = read_key_file(Path(file))
    return found
