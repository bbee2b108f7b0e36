"""Any files as a dataset in Datumaro's JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.formats import datumaro
from tests.fuzz.datasets import pack, unpack, use
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.support.datasets import memory
from tests.support.exports import export_as
from tests.support.samples import some_items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _run(data: bytes, folder: Path) -> bool:
    unpack(data, folder)
    with OnlyTypedErrors():
        datumaro.detect(folder)
        return use(datumaro.read(folder), folder)
    return False


def _seeds(folder: Path) -> Iterator[bytes]:
    export_as("datumaro", memory(some_items(3), ["cat", "dog", "emu"]), folder / "out")
    yield pack(folder / "out")


TARGET = Target("datumaro", _run, _seeds)
