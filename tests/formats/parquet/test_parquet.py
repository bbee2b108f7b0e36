from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datumpb as dp
from datumpb.formats import parquet
from datumpb.model.values import identical
from tests.support import strategies
from tests.support.coco import ListSource
from tests.support.exports import export_as
from tests.support.pictures import picture
from tests.support.samples import one_line, some_items

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")

if TYPE_CHECKING:
    from collections.abc import Sequence


def write(folder: Path, items: Sequence[dp.Item], **options: Any) -> Path:  # noqa: ANN401 -- any option
    """Write items of the subset train and return its file."""
    export_as("parquet", ListSource(list(items), dp.Meta("train")), folder, **options)
    return folder / "annotations" / "train.parquet"


def placed(items: list[dp.Item], folder: Path) -> list[dp.Item]:
    """Return items as the format of this library keeps them, whose losslessness has tests of its own."""
    export_as("datumpb", ListSource(items, dp.Meta("train")), folder)
    return list(dp.Dataset.import_from(folder, "datumpb"))


@given(st.lists(strategies.ITEMS, max_size=3, unique_by=lambda item: item.id), strategies.METAS)
@settings(max_examples=25)
def test_nothing_is_lost(items: list[dp.Item], meta: dp.Meta) -> None:
    meta.subset = "train"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        losses = export_as("parquet", ListSource(items, meta), folder / "parquet")
        assert not losses
        source = parquet.read(folder / "parquet")
        assert identical(source.meta("train"), meta)
        expected = placed(items, folder / "datumpb")
        assert identical(list(source.items("train")), expected)
        assert source.count("train") == len(items)
        for item in expected:
            assert source.item(item.id, "train") == item


def test_there_and_back_gives_the_same_file(tmp_path: Path) -> None:
    dp.Dataset.from_iterable(some_items(50)).export(tmp_path / "one", "datumpb")
    dp.Dataset.import_from(tmp_path / "one").export(tmp_path / "two", "parquet")
    dp.Dataset.import_from(tmp_path / "two").export(tmp_path / "three", "datumpb")
    one, three = (tmp_path / name / "annotations" / "train.datum" for name in ("one", "three"))
    assert one.read_bytes() == three.read_bytes()


def test_media_are_saved_and_found(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(picture())
    image = dp.Image.from_file(str(tmp_path / "elsewhere.png"), 10, 15)
    inline = dp.Image.from_bytes(picture())
    items = [dp.Item("a/b", "train", image), dp.Item("c", "train", inline)]
    write(tmp_path / "out", items, save_media=True)
    assert (tmp_path / "out/images/train/a/b.png").read_bytes() == picture()
    for item in dp.Dataset.import_from(tmp_path / "out"):
        assert isinstance(item.media, dp.Image)
        assert item.media.pixels().shape[0] > 0
    alone = dp.Dataset.import_from(tmp_path / "out/annotations/train.parquet").get("a/b")
    assert alone is not None
    assert isinstance(alone.media, dp.Image)
    assert alone.media.file is not None
    assert alone.media.file.read() == picture()


def test_an_encrypted_dataset_becomes_plain_and_back(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    key = dp.generate_key()
    dataset = dp.Dataset.from_iterable([dp.Item("a", "train", dp.Image.from_file(str(tmp_path / "a.png")))])
    dataset.export(tmp_path / "secret", "datumpb", save_media=True, encryption=True, encryption_key=key)
    secret = dp.Dataset.import_from(tmp_path / "secret", encryption_key=key)
    secret.export(tmp_path / "plain", "parquet", save_media=True)
    (item,) = dp.Dataset.import_from(tmp_path / "plain")
    assert isinstance(item.media, dp.Image)
    assert item.media.file is not None
    assert not item.media.file.encrypted
    assert item.media.file.read() == picture()


def test_row_groups_are_bounded(tmp_path: Path) -> None:
    file = pq.ParquetFile(write(tmp_path / "out", [dp.Item(str(number), "train") for number in range(5000)]))
    groups = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
    assert groups == [4096, 904]
    dataset = dp.Dataset.import_from(tmp_path / "out")
    assert len(dataset) == 5000
    for item_id in ("0", "4095", "4096", "4999"):
        assert dataset.get(item_id) == dp.Item(item_id, "train")
    assert dataset.get("5000") is None


def test_how_it_is_known(tmp_path: Path) -> None:
    file = write(tmp_path / "out", some_items(1))
    assert parquet.detect(tmp_path / "out") == "train.parquet is a Parquet file with the metadata of datumpb"
    assert parquet.detect(file) is not None
    assert dp.Dataset.detect(file) == dp.Dataset.detect(tmp_path / "out") == "parquet"
    pq.write_table(pq.read_table(file).replace_schema_metadata(), tmp_path / "other.parquet")
    assert parquet.detect(tmp_path / "other.parquet") is None
    for content in (b"", b"PAR1", b"\xff" * 20 + b"PAR1", b"x" * 100):
        (tmp_path / "other.parquet").write_bytes(content)
        assert parquet.detect(tmp_path / "other.parquet") is None


def test_the_level_of_compression(tmp_path: Path) -> None:
    items = some_items(500)
    fast = write(tmp_path / "fast", items, compression_level=1).stat().st_size
    small = write(tmp_path / "small", items, compression_level=19).stat().st_size
    assert small != fast
    for level in (0, 23, -1):
        with pytest.raises(dp.OptionError, match="compression_level has to be from 1 to 22"):
            write(tmp_path / "none", items, compression_level=level)
    assert not (tmp_path / "none").exists()


def test_overwriting_drops_the_old_subsets(tmp_path: Path) -> None:
    dp.Dataset.from_iterable([dp.Item("a", "old"), dp.Item("b", "train")]).export(tmp_path, "parquet")
    write(tmp_path, some_items(1), overwrite=True)
    assert list(dp.Dataset.import_from(tmp_path).subsets()) == ["train"]


def test_what_another_program_wrote_anew_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "out", items := some_items(20))
    table = pq.read_table(file)
    place = table.schema.get_field_index("id")
    table = table.set_column(place, "id", table.column("id").cast("large_string")).select(reversed(table.column_names))
    pq.write_table(table.append_column("more", [[1] * 20]), file, compression="snappy")
    with pytest.warns(dp.UnknownDataWarning, match="column 'more'"):
        assert identical(list(dp.Dataset.import_from(tmp_path / "out")), items)


def test_a_file_in_the_place_of_another(tmp_path: Path) -> None:
    file = write(tmp_path / "out", some_items(1))
    file.rename(file.with_name("val.parquet"))
    with pytest.raises(dp.SourceFormatError, match="holds the subset 'train': it was renamed"):
        list(dp.Dataset.import_from(tmp_path / "out"))
    alone = dp.Dataset.import_from(tmp_path / "out" / "annotations" / "val.parquet")
    assert list(alone.subsets()) == ["train"]


def test_ids_that_are_there_twice(tmp_path: Path) -> None:
    write(tmp_path / "out", [*some_items(2), *some_items(1)])
    with pytest.raises(dp.SourceFormatError, match="the id 'item-0' is there twice"):
        dp.Dataset.import_from(tmp_path / "out").get("item-1")


@pytest.mark.parametrize("column", ["id", "annotations"])
def test_a_column_that_is_missing_or_of_another_type(tmp_path: Path, column: str) -> None:
    file = write(tmp_path / "out", some_items(3))
    table = pq.read_table(file)
    pq.write_table(table.drop_columns([column]), file)
    with pytest.raises(dp.SourceFormatError, match=f"train.parquet: {column}: this column is missing"):
        list(dp.Dataset.import_from(tmp_path / "out"))
    place = table.schema.get_field_index(column)
    pq.write_table(table.set_column(place, column, [[[1.5]] * 3]), file)
    with pytest.raises(dp.SourceFormatError, match=r"train.parquet: "):
        list(dp.Dataset.import_from(tmp_path / "out"))


def test_two_subsets_in_one_file(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a", "train"), dp.Item("b", "val")])
    pq.write_table(dataset.to_arrow().read_all(), tmp_path / "both.parquet")
    with pytest.raises(dp.SourceFormatError, match="2 subsets in one file"):
        dp.Dataset.import_from(tmp_path / "both.parquet").subsets()


def test_what_asks_for_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "out", some_items(100))
    monkeypatch.setattr("datumpb.formats.parquet.file._LARGEST_GROUP", 1000)
    with pytest.raises(dp.LimitError, match=r"train.parquet: row group 0 has 100 rows of \d+ bytes"):
        list(dp.Dataset.import_from(file))


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_a_typed_error_with_the_file(tmp_path: Path, seed: int) -> None:
    file = write(tmp_path / "out", items := some_items(30))
    data = file.read_bytes()
    draw = random.Random(seed)
    refused = 0
    for _ in range(150):
        damaged = bytearray(data)
        kind = draw.random()
        if kind < 0.2:
            del damaged[draw.randrange(len(data)) :]
        else:
            start = draw.randrange(4 if kind < 0.6 else len(data) // 2, len(data))
            for _ in range(draw.choice([1, 1, 8])):
                damaged[start % len(data)] ^= 1 << draw.randrange(8)
                start += draw.randrange(1, 40)
        file.write_bytes(damaged)
        try:
            source = parquet.read(tmp_path / "out")
            read = list(source.items("train"))
            source.item("item-3", "train")
        except (dp.SourceFormatError, dp.LimitError) as error:
            refused += one_line(error, file) != ""
        except dp.ItemNotFoundError:
            assert len(read) != len(items) or read != items
    assert refused > 90


def test_without_pyarrow_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "out", some_items(1))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005 -- its interface
    assert dp.Dataset.detect(file) == "parquet"
    with pytest.raises(dp.MissingExtraError, match=r"reading Parquet needs pyarrow: pip install 'datumpb\[arrow\]'"):
        dp.Dataset.import_from(file)
    with pytest.raises(dp.MissingExtraError, match="writing Parquet needs pyarrow"):
        dp.Dataset.from_iterable([]).export(tmp_path / "none", "parquet")
    assert not (tmp_path / "none").exists()


def test_arrays_are_not_parts_of_the_batch(tmp_path: Path) -> None:
    write(tmp_path / "out", [dp.Item("a", "train", annotations=[dp.Polygon(np.zeros((3, 2)))])])
    (item,) = dp.Dataset.import_from(tmp_path / "out")
    (polygon,) = item.annotations
    assert isinstance(polygon, dp.Polygon)
    polygon.points[0, 0] = 1  # its own, and writable
    shutil.rmtree(tmp_path / "out")
    assert polygon.points[0, 0] == 1
