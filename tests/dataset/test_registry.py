from __future__ import annotations

from pathlib import Path

import pytest

import datumpb as dp
from datumpb.dataset.registry import FORMATS, Format, detect_formats, find_format


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_its_functions(name: str, tmp_path: Path) -> None:
    format_ = find_format(name)
    assert format_.name == name
    assert format_.description
    assert "\n" not in format_.description
    assert format_.detect(tmp_path) is None
    assert not {"source", "path", "export"} & format_.write_options().keys()
    assert "path" not in format_.read_options()


def test_options_of_our_own_format() -> None:
    assert find_format("datumpb").read_options().keys() == {"encryption_key"}
    assert find_format("datumpb").write_options().keys() == {
        "encryption",
        "encryption_key",
        "key_file",
        "no_media_encryption",
        "num_shards",
        "num_workers",
        "save_dataset_meta",
        "shard_size",
    }


def test_what_fits_more_than_one_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dp.Dataset.from_iterable([dp.Item("a")]).export(tmp_path, "datumpb")
    monkeypatch.setitem(FORMATS, "twin", Format("twin", "The same again", "datumpb.formats.datumpb"))
    assert list(detect_formats(tmp_path)) == ["datumpb", "twin"]
    with pytest.raises(dp.UnknownFormatError, match=r"could be any of: datumpb \(default.datum .*\); twin \("):
        dp.Dataset.detect(tmp_path)
    assert len(dp.Dataset.import_from(tmp_path, "twin")) == 1


def test_a_format_is_loaded_when_it_is_used() -> None:
    nowhere = Format("nowhere", "Not there", "datumpb.formats.nowhere")
    with pytest.raises(ModuleNotFoundError):
        nowhere.read(Path(), {})
