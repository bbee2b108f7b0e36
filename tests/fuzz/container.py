"""Any bytes as an annotation file: read in order and at random, verified, recovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import datumpb as dp
from datumpb.container.recover import recover_file
from datumpb.container.verify import inspect_file, verify_file
from datumpb.messages import ContentType
from tests.fuzz.harness import OnlyTypedErrors, Target
from tests.fuzz.records import mutate
from tests.support.samples import KEY, some_items, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ANNOTATIONS = ContentType.CONTENT_TYPE_ANNOTATIONS


def _run(data: bytes, folder: Path) -> bool:
    path = folder / "train.datum"
    path.write_bytes(data)
    read = False
    for key in (None, KEY):
        items: list[dp.Item] | None = None
        with OnlyTypedErrors(), dp.DatumReader(path, key) as reader:
            items = list(reader)
            assert len(items) == len(reader)
        with OnlyTypedErrors():
            _at_random(path, key)
        sound = False
        with OnlyTypedErrors():
            found = inspect_file(path, key, content=_ANNOTATIONS)
            sound = found.opened and not found.faults
        assert items is not None or not sound
        with OnlyTypedErrors():
            rescued = folder / "rescued.datum"
            recover_file(path, rescued, key)
            verify_file(rescued, key)
            with dp.DatumReader(rescued, key) as reader:
                assert not sound or list(reader) == items
            rescued.unlink()
        read |= items is not None
    return read


def _at_random(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        assert reader.meta.subset
        count = len(reader)
        for index in {0, count // 2, count - 1} if count else ():
            item = reader[index]
            assert reader[index - count] == reader[index : index + 1][0] == item
            assert reader[item.id].id == item.id


def _seeds(folder: Path) -> Iterator[bytes]:
    for key in (None, KEY):
        yield write(folder / "seed.datum", some_items(3), key).read_bytes()


TARGET = Target("container", _run, _seeds, ("conformance/valid", "conformance/invalid"), mutate)
