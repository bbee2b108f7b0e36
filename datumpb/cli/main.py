"""The command `datumpb`: its subcommands. Each is light to import and loads what it works with when it runs."""

from __future__ import annotations

import io
import os
import sys

import click

from datumpb.cli.cat import cat
from datumpb.cli.convert import convert
from datumpb.cli.detect import detect
from datumpb.cli.endings import ending
from datumpb.cli.filter import filter_
from datumpb.cli.formats import formats
from datumpb.cli.info import info
from datumpb.cli.keygen import keygen
from datumpb.cli.merge import merge
from datumpb.cli.project import create, export, import_, project_group
from datumpb.cli.query import query
from datumpb.cli.recover import recover
from datumpb.cli.rekey import decrypt, encrypt, rekey
from datumpb.cli.schema import schema
from datumpb.cli.split import split
from datumpb.cli.stats import stats
from datumpb.cli.verify import verify
from datumpb.version import __version__


class _Commands(click.Group):
    """A group whose commands all end in the same way, listed as they were added."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        with ending():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's interface
        """Return the names of the commands."""
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="datumpb", message="%(prog)s %(version)s")
def commands() -> None:
    """Convert, look into and check datasets of the datumpb format."""


for _command in (
    convert,
    merge,
    split,
    filter_,
    info,
    stats,
    query,
    cat,
    verify,
    recover,
    encrypt,
    decrypt,
    rekey,
    schema,
    detect,
    formats,
    keygen,
    create,
    import_,
    project_group,
    export,
):
    commands.add_command(_command)


def _open_streams() -> None:
    """Open what whoever started this has closed: the next files would get the numbers that are taken for a terminal."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115 -- until the process ends
            os.set_inheritable(stream.fileno(), True)  # noqa: FBT003 -- of the system
            setattr(sys, name, stream)


def main() -> None:
    """Run the command line."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # file names need not be text
    # numpy is loaded later. Nobody multiplies matrices, but it would keep all cores busy
    # for a while with threads that wait for some.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    commands(prog_name="datumpb")
