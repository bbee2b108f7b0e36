from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.container.index import id_crc32
from tests.support.samples import KEY, OTHER_KEY, one_line, some_items, write

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 30
ALL = range(COUNT)


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def reader(request: pytest.FixtureRequest, tmp_path: Path, small_blocks: None) -> dp.DatumReader:  # noqa: ARG001 -- in force
    path = tmp_path / "annotations" / "train.datum"
    path.parent.mkdir()
    return dp.DatumReader(write(path, some_items(COUNT), request.param), request.param)


def test_iteration(reader: dp.DatumReader) -> None:
    with reader:
        assert list(reader) == some_items(COUNT)
        assert list(reader) == some_items(COUNT)
        left, right = iter(reader), iter(reader)
        assert [(a.id, b.id) for a, b in zip(left, right, strict=True)] == [(f"item-{i}", f"item-{i}") for i in ALL]


def test_block_by_block(reader: dp.DatumReader) -> None:
    with reader:
        items, blocks = some_items(COUNT), range(len(reader.block_starts) - 1)
        assert len(blocks) > 3
        assert [item for block in blocks for item in reader.block(block)] == items
        assert [item_id for block in blocks for item_id in reader.block_ids(block)] == [item.id for item in items]
        found = [item for block in blocks for item in reader.block(block, lambda item_id: item_id.endswith("3"))]
        assert found == [item for item in items if item.id.endswith("3")] != []
        assert [*reader.block(0, lambda _: False)] == []


@pytest.mark.parametrize("index", [0, 1, 7, COUNT - 1, -1, -2, -COUNT, True, np.int64(3), np.uint8(3), np.int32(-1)])
def test_by_index(reader: dp.DatumReader, index: int) -> None:
    with reader:
        assert reader[index].id == f"item-{ALL[int(index)]}"


def test_a_small_numpy_index_into_a_large_file(tmp_path: Path) -> None:
    with dp.DatumReader(write(tmp_path / "a.datum", some_items(300))) as reader:
        assert reader[np.uint8(3)].id == "item-3"
        assert reader[np.int8(-1)].id == "item-299"


@pytest.mark.parametrize("index", [COUNT, COUNT + 1, -COUNT - 1, 2**63, -(2**63), 2**100])
def test_an_index_that_there_is_not(reader: dp.DatumReader, index: int) -> None:
    with reader, pytest.raises(dp.ItemNotFoundError) as caught:
        reader[index]
    one_line(caught.value, reader.path, index, COUNT)
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize("index", [1.0, None, b"item-1", ("item-1",)])
def test_what_is_no_index(reader: dp.DatumReader, index: int) -> None:
    with reader, pytest.raises(TypeError):
        reader[index]


@pytest.mark.parametrize(
    "part",
    [
        slice(None),
        slice(3, 9),
        slice(9, 3),
        slice(9, 3, -1),
        slice(-5, None),
        slice(None, None, 4),
        slice(None, None, -7),
        slice(20, 1000),
        slice(-1000, 5),
    ],
)
def test_slices(reader: dp.DatumReader, part: slice) -> None:
    with reader:
        assert reader[part] == some_items(COUNT)[part]


def test_by_id(reader: dp.DatumReader) -> None:
    with reader:
        assert [reader[f"item-{index}"] for index in ALL] == some_items(COUNT)
        assert all(f"item-{index}" in reader for index in ALL)


@pytest.mark.parametrize("item_id", ["", "item", "item-30", "ITEM-1", "item-1 ", "\ud800", "x\n\x1b[31m", "é" * 1000])
def test_an_id_that_there_is_not(reader: dp.DatumReader, item_id: str) -> None:
    with reader:
        assert item_id not in reader
        with pytest.raises(dp.ItemNotFoundError) as caught:
            reader[item_id]
    one_line(caught.value, reader.path)


@pytest.mark.parametrize("other", [3, None, b"item-3", dp.Item("item-3")])
def test_only_ids_are_in_a_reader(reader: dp.DatumReader, other: object) -> None:
    with reader:
        assert other not in reader


def test_ids_with_the_same_checksum_are_told_apart(tmp_path: Path) -> None:
    # Two pairs of which zlib says the same.
    ids = ["plumless", "other", "buckeroo", "more"]
    assert id_crc32("plumless") == id_crc32("buckeroo")
    path = write(tmp_path / "a.datum", [dp.Item(item_id) for item_id in ids])
    with dp.DatumReader(path) as reader:
        assert [reader[item_id].id for item_id in ids] == ids
    with dp.DatumReader(write(path, [dp.Item("plumless")])) as reader:
        assert "buckeroo" not in reader
        with pytest.raises(dp.ItemNotFoundError):
            reader["buckeroo"]


def test_what_is_known_about_a_file(reader: dp.DatumReader) -> None:
    with reader:
        assert len(reader) == COUNT
        assert reader.subset == reader.meta.subset == "train"
        assert reader.infos == {"from": "a test"}
        assert reader.categories == dp.Categories.from_labels(["cat", "dog", "emu"])
        assert reader.statistics.annotation_count == 2 * COUNT
        assert reader.footer.item_count == COUNT
        assert reader.header.format_major == 1
        assert reader.encrypted is (reader._key is not None)
        assert [message.id for message in reader.messages()] == [f"item-{index}" for index in ALL]


@pytest.mark.parametrize("key", [None, KEY])
def test_an_empty_file(tmp_path: Path, key: str | None) -> None:
    with dp.DatumReader(write(tmp_path / "a.datum", [], key), key) as reader:
        assert len(reader) == 0
        assert list(reader) == reader[:] == list(reader.messages()) == []
        assert "a" not in reader
        assert reader.subset == "train"
        for missing in (0, -1, "a"):
            with pytest.raises(dp.ItemNotFoundError):
                reader[missing]


@pytest.mark.parametrize("path", ["none.datum", "none/none.datum", "/", "\0"])
def test_the_constructor_touches_nothing(path: str) -> None:
    reader = dp.DatumReader(path, "no key at all")
    assert repr(reader) == f"DatumReader({str(Path(path))!r})"
    reader.close()


def test_a_file_may_appear_after_its_reader(tmp_path: Path) -> None:
    with dp.DatumReader(tmp_path / "a.datum") as reader:
        with pytest.raises(dp.FileError) as caught:
            len(reader)
        one_line(caught.value, tmp_path / "a.datum", "cannot open")
        write(tmp_path / "a.datum", some_items(2))
        assert len(reader) == 2


def test_after_close(reader: dp.DatumReader) -> None:
    iterator = iter(reader)
    assert next(iterator).id == "item-0"
    assert reader.subset == "train"
    assert reader[3].id == "item-3"
    reader.close()
    reader.close()
    uses: list[Callable[[], object]] = [
        lambda: len(reader),
        lambda: reader[0],
        lambda: reader[-1],
        lambda: reader["item-3"],
        lambda: reader[:2],
        lambda: "item-3" in reader,
        lambda: next(iterator),
        lambda: next(iter(reader)),
        lambda: next(reader.messages()),
        lambda: reader.meta,
        lambda: reader.subset,
        lambda: reader.categories,
        lambda: reader.infos,
        lambda: reader.header,
        lambda: reader.footer,
        lambda: reader.statistics,
        lambda: reader.encrypted,
    ]
    for use in uses:
        with pytest.raises(dp.ClosedError) as caught:
            use()
        one_line(caught.value, reader.path, "closed")


def test_a_reader_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    reader = dp.DatumReader(tmp_path / "none")
    reader.close()
    with pytest.raises(dp.ClosedError):
        len(reader)


def test_leaving_the_context_closes(reader: dp.DatumReader) -> None:
    with reader as same:
        assert same is reader
        assert len(reader) == COUNT
        file = reader._records().source._file
        assert not file.closed
    assert file.closed


def test_a_reader_that_cannot_open_keeps_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.datum"
    path.write_bytes(b"no datum")
    open_files = Path("/proc/self/fd")
    if not open_files.exists():
        pytest.skip("no /proc here")
    before = len(list(open_files.iterdir()))
    for _ in range(20):
        with pytest.raises(dp.NotADatumFileError):
            len(dp.DatumReader(path))
    gc.collect()
    assert len(list(open_files.iterdir())) == before


@pytest.mark.parametrize("use", ["len", "iter", "index", "id", "meta", "header"])
@pytest.mark.parametrize(
    ("written", "given", "error"),
    [
        (KEY, None, dp.MissingKeyError),
        (KEY, OTHER_KEY, dp.WrongKeyError),
        (None, KEY, dp.UnexpectedKeyError),
        (KEY, KEY[:-1], dp.InvalidKeyError),
        (None, "secret", dp.InvalidKeyError),
    ],
)
def test_keys_that_do_not_fit(
    tmp_path: Path, use: str, written: str | None, given: str | None, error: type[dp.KeyProblemError]
) -> None:
    path = write(tmp_path / "a.datum", some_items(2), written)
    uses: dict[str, Callable[[dp.DatumReader], object]] = {
        "len": len,
        "iter": list,
        "index": lambda reader: reader[0],
        "id": lambda reader: reader["item-1"],
        "meta": lambda reader: reader.meta,
        "header": lambda reader: reader.header,
    }
    with dp.DatumReader(path, given) as reader, pytest.raises(error) as caught:
        uses[use](reader)
    text = one_line(caught.value, *([] if error is dp.InvalidKeyError else [path]))
    assert "secret" not in text
    assert given is None or given not in text


@pytest.mark.parametrize("name", [None, "other"])
def test_where_media_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None) -> None:
    folder = tmp_path / "dataset"
    item = dp.Item("a", media=dp.Image(dp.MediaRef("images/a")))
    (folder / "annotations").mkdir(parents=True)
    (folder / "images").mkdir()
    (folder / "images" / "a").write_bytes(b"picture")
    write(folder / "annotations" / "train.datum", [item])
    write(folder / "alone.datum", [item])
    root = None if name is None else tmp_path / name

    def read(path: str | Path) -> bytes:
        with dp.DatumReader(path, media_root=root) as reader:
            media = reader["a"].media
            assert isinstance(media, dp.Image)
            assert media.file is not None
            return media.file.read()

    if root is not None:
        with pytest.raises(dp.MediaNotFoundError, match="other"):
            read(folder / "alone.datum")
        return
    assert read(folder / "annotations" / "train.datum") == b"picture"
    assert read(folder / "alone.datum") == b"picture"
    monkeypatch.chdir(folder / "annotations")
    assert read("train.datum") == b"picture"
    monkeypatch.chdir(folder)
    assert read("alone.datum") == b"picture"
    assert read("annotations/train.datum") == b"picture"


def peak(path: Path) -> int:
    """Return the most memory that iterating over a file takes."""
    gc.collect()
    tracemalloc.start()
    try:
        with dp.DatumReader(path) as reader:
            for _ in reader:
                pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_iteration_takes_the_same_memory_for_any_number_of_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1 << 14)
    text = "x" * 400
    few, many = (
        write(tmp_path / f"{count}", (dp.Item(f"{index}", attributes={"text": text}) for index in range(count)))
        for count in (500, 10_000)
    )
    peak(few)  # what is loaded once
    assert peak(many) - peak(few) < 200_000  # the file holds 4 MB; INDEX, of 4 bytes an item, is all that grows


def test_random_access_takes_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 1)
    monkeypatch.setattr("datumpb.container.block_cache.MAX_SIZE", 400_000)
    items = [dp.Item(f"item-{index}", annotations=[dp.Polygon(np.arange(20_000.0))]) for index in range(40)]
    with dp.DatumReader(write(tmp_path / "a", items)) as reader:
        for index in range(40):
            assert reader[index].id == f"item-{index}"
        tracemalloc.start()
        try:
            for index in range(40):
                assert reader[index] is not None
            assert tracemalloc.get_traced_memory()[1] < 2_000_000  # the points of all items take 6.4 MB
        finally:
            tracemalloc.stop()


def test_what_a_caller_does_to_an_item_changes_no_other(tmp_path: Path) -> None:
    polygons = [dp.Polygon(np.arange(20.0) + index) for index in range(2)]
    with dp.DatumReader(write(tmp_path / "a", [dp.Item("a", annotations=list(polygons)), dp.Item("b")])) as reader:
        for _ in range(3):
            item = reader[0]
            assert item.annotations == polygons
            item.annotations[0].points[:] = -1  # type: ignore[attr-defined]  # a polygon
            assert item.annotations[1] == polygons[1]
