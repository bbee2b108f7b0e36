from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.formats import datumpb
from tests.support.exports import export_as
from tests.support.samples import KEY, OTHER_KEY, some_items, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("key", [None, KEY])
def test_how_a_dataset_is_known(tmp_path: Path, key: str | None) -> None:
    (tmp_path / "annotations").mkdir()
    assert datumpb.detect(tmp_path) is None
    path = write(tmp_path / "annotations" / "train.datum", some_items(1), key)
    assert datumpb.detect(tmp_path) == "train.datum is a .datum file of datumpb"
    assert datumpb.detect(path) == "train.datum is a .datum file of datumpb"
    (tmp_path / "annotations" / "other.json").write_text("{}")
    assert datumpb.detect(tmp_path) is not None


@pytest.mark.parametrize("content", [b"", b"signature:datumaro_binary" + bytes(50), b"{}"])
def test_other_files_of_the_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "annotations").mkdir()
    path = tmp_path / "annotations" / "train.datum"
    path.write_bytes(content)
    assert datumpb.detect(path) is None
    assert datumpb.detect(tmp_path) is None
    write(tmp_path / "annotations" / "val.datum", [])
    assert datumpb.detect(tmp_path) is None  # some are, some are not
    assert datumpb.detect(tmp_path / "none") is None


def test_a_dataset_is_written_and_read(tmp_path: Path) -> None:
    source = dp.Dataset.from_iterable(some_items(3))._source
    assert not export_as("datumpb", source, tmp_path / "out", encryption=True, encryption_key=KEY)
    folder = datumpb.read(tmp_path / "out", encryption_key=KEY)
    assert folder.subsets() == ["train"]
    assert list(folder.items("train")) == some_items(3)
    assert folder.item("item-1", "train") == some_items(3)[1]
    assert folder.count("train") == 3
    assert folder.meta("train").subset == "train"
    with pytest.raises(dp.ItemNotFoundError):
        folder.item("item-3", "train")
    with pytest.raises(dp.WrongKeyError):
        datumpb.read(tmp_path / "out", encryption_key=OTHER_KEY).count("train")
