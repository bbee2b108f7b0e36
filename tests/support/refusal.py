"""Forged files, read in each way, which have to be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container.verify import verify_file
from tests.support.samples import KEY, one_line, some_items

if TYPE_CHECKING:
    from pathlib import Path

TWO = [some_items(2), some_items(4)[2:]]
keys = pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])


def read_all(path: Path, key: str | None) -> None:
    with dp.DatumReader(path, key) as reader:
        assert len(list(reader)) == len(reader)
        assert [reader[index].id for index in range(len(reader))]


def refuse(
    tmp_path: Path, data: bytes, key: str | None = None, *names: object, verify_only: bool = False
) -> dp.FileError:
    """Check that a file is refused by each way of reading; return the verifier's error."""
    path = tmp_path / "file"
    path.write_bytes(data)
    if not verify_only:
        with pytest.raises(dp.FileError) as caught:
            read_all(path, key)
        one_line(caught.value, path)
    with pytest.raises(dp.FileError) as caught:
        verify_file(path, key)
    one_line(caught.value, path, *names)
    assert caught.value.offset is not None
    return caught.value
