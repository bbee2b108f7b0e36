"""What every target shares: a folder of its own for each input, and the promise that is tried out."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datumpb.errors import DatumpbError, UnknownDataWarning
from tests.support.samples import one_line

if TYPE_CHECKING:
    import random

Mutate = Callable[[bytes, int], bytes]
"""Changes bytes a little, to no more than so many: libFuzzer's own way, where a target mutates by parts."""


@dataclass(frozen=True)
class Target:
    """A way into the library for bytes that somebody else made.

    Attributes:
        name: Its name on the command line, and of its folders with inputs.
        run: Uses the library on an input, in an empty folder; returns whether anything was read, and raises where a
            promise is broken.
        seeds: Makes sound inputs to start from, small ones.
        more_seeds: A folder of the project with more of them, some sound and some not.
        mutate: Makes another input of one, its checksums, seals and lengths right again; None: libFuzzer does.
    """

    name: str
    run: Callable[[bytes, Path], bool]
    seeds: Callable[[Path], Iterator[bytes]]
    more_seeds: tuple[str, ...] = ()
    mutate: Callable[[bytes, int, random.Random, Mutate], bytes] | None = None


def try_input(target: Target, data: bytes) -> bool:
    """Give a target an input; return whether anything was read.

    What the library warns of besides data of later versions is a fault, too.
    """
    with tempfile.TemporaryDirectory(prefix="datumpb-fuzz-") as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UnknownDataWarning)
        return target.run(data, Path(folder))


class OnlyTypedErrors:
    """Lets the library refuse what it is given, by an error of its tree, in one line and without the key."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        """Take an error of the library, having looked at its text."""
        if isinstance(error, DatumpbError):
            one_line(error)
            return True
        return False
