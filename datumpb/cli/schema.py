"""`datumpb schema`: the schema that a file carries."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from datumpb.cli.places import AnyPlace, LocalPath

if TYPE_CHECKING:
    from pathlib import Path

    from datumpb.storage.location import Location


@click.command()
@click.argument("file", type=AnyPlace())
@click.option(
    "--descriptor-set",
    is_flag=True,
    help="Print the serialized google.protobuf.FileDescriptorSet, as of `protoc --descriptor_set_out`.",
)
@click.option("-o", "--output-dir", type=LocalPath(), metavar="DIR",
              help="Write .proto files into this folder, each to its place, for `protoc -I DIR`.")  # fmt: skip
def schema(*, file: Location, descriptor_set: bool, output_dir: Path | None) -> None:
    """Print the .proto text of the schema that a .datum file carries; no key is needed.

    \b
    datumpb schema out/annotations/train.datum
    datumpb schema out/annotations/train.datum -o schema && protoc -I schema --go_out=. ...
    datumpb schema out/annotations/train.datum --descriptor-set > schema.binpb
    """  # noqa: D301 -- \b keeps click from joining the lines
    from datumpb.container.proto_text import proto_text  # noqa: PLC0415 -- loaded when a command runs
    from datumpb.container.schema import read_schema  # noqa: PLC0415 -- as above
    from datumpb.model.media_path import check_media_path  # noqa: PLC0415 -- as above

    if descriptor_set and output_dir is not None:
        message = "--descriptor-set and --output-dir exclude each other"
        raise click.UsageError(message)
    found = read_schema(file)
    if descriptor_set:
        sys.stdout.buffer.write(found.SerializeToString(deterministic=True))
        return
    for one in found.file:
        text = proto_text(one)
        if output_dir is None:
            click.echo(f"// {one.name}\n\n{text}")
            continue
        check_media_path(one.name)
        place = output_dir / one.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
