from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datumpb as dp
from datumpb.container import block_cutter
from datumpb.container.header import DEFAULT_MAX_RECORD_SIZE
from datumpb.container.varint import encode_varint
from datumpb.container.verify import verify_file
from tests.support.item_messages import encode_item
from tests.support.samples import KEY, OTHER_KEY, one_line, some_items, write
from tests.support.walker import kinds, split, walk

if TYPE_CHECKING:
    from collections.abc import Callable


BODY_LIMIT = DEFAULT_MAX_RECORD_SIZE - 128


def test_equal_input_gives_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.block_cutter.BLOCK_SIZE", 256)
    first = write(tmp_path / "a.datum", some_items(30))
    second = write(tmp_path / "b.datum", some_items(30))
    assert first.read_bytes() == second.read_bytes()


def test_a_plain_file_depends_on_nothing_of_the_process(tmp_path: Path) -> None:
    here = write(tmp_path / "here.datum", some_items(5))
    script = "from pathlib import Path; from tests.support.samples import some_items, write; import sys; "
    script += "write(Path(sys.argv[1]), some_items(5))"
    there = tmp_path / "there.datum"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, str(there)], check=True, env=environment, cwd=root)
    assert there.read_bytes() == here.read_bytes()


def test_an_encrypted_file_is_never_the_same_twice(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.datum", some_items(3), KEY).read_bytes() for name in "ab"]
    first, second = map(split, files)
    assert all(left != right for left, right in zip(first, second, strict=True))
    assert walk(files[0], KEY).items == walk(files[1], KEY).items or kinds(files[0]) == kinds(files[1])


def test_the_sync_bytes_of_different_files_differ(tmp_path: Path) -> None:
    with dp.DatumWriter(tmp_path / "a", subset="a"), dp.DatumWriter(tmp_path / "b", subset="b"):
        pass
    assert (tmp_path / "a").read_bytes()[2:10] != (tmp_path / "b").read_bytes()[2:10]


def sized(item_id: str, size: int) -> dp.Item:
    """An item that takes exactly so many bytes of a block."""
    items = (dp.Item(item_id, attributes={"data": bytes(size - padding)}) for padding in range(100))
    return next(item for item in items if framed_size(item) == size)


def framed_size(item: dp.Item) -> int:
    size = encode_item(item).ByteSize()
    return 1 + len(encode_varint(size)) + size


@pytest.mark.parametrize(("more", "blocks"), [(-1, 1), (0, 1), (1, 2)])
def test_a_block_ends_where_it_is_full(tmp_path: Path, more: int, blocks: int) -> None:
    half = block_cutter.BLOCK_SIZE // 2
    items = [sized("first", half), sized("second", half + more)]
    path = write(tmp_path / "a.datum", items)
    assert kinds(path.read_bytes()).count("BLOCK") == blocks
    with dp.DatumReader(path) as reader:
        assert [item.id for item in reader] == ["first", "second"]


@pytest.mark.parametrize("key", [None, KEY])
def test_an_item_that_is_larger_than_a_block_has_its_own(tmp_path: Path, key: str | None) -> None:
    small = some_items(2)
    path = write(tmp_path / "a.datum", [small[0], sized("large", block_cutter.BLOCK_SIZE + 1), small[1]], key)
    assert kinds(path.read_bytes()).count("BLOCK") == 3
    assert verify_file(path, key).items == 3


@pytest.mark.parametrize("key", [None, KEY])
def test_the_largest_item(tmp_path: Path, key: str | None) -> None:
    path = write(tmp_path / "a.datum", [sized("large", BODY_LIMIT)], key)
    assert verify_file(path, key).items == 1
    noise = np.random.default_rng(1).bytes(BODY_LIMIT - 100)
    path = write(tmp_path / "a.datum", [dp.Item("noise", attributes={"data": noise})], key)
    assert max(map(len, split(path.read_bytes()))) <= DEFAULT_MAX_RECORD_SIZE + 5
    assert verify_file(path, key).items == 1


def test_an_item_larger_than_a_record_is_refused_and_the_rest_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.datum"
    with dp.DatumWriter(path) as writer:
        writer.write(dp.Item("one"))
        with pytest.raises(dp.InvalidItemError) as caught:
            writer.write(sized("large", BODY_LIMIT + 1))
        writer.write(dp.Item("two"))
        one_line(caught.value, "'large'", BODY_LIMIT + 1, BODY_LIMIT, "max_record_size")
        with pytest.raises(dp.ItemNotFoundError), dp.DatumReader(write(tmp_path / "b", [])) as reader:
            reader["large"]
    with dp.DatumReader(path) as reader:
        assert [item.id for item in reader] == ["one", "two"]
    with dp.DatumWriter(path, max_record_size=2 * BODY_LIMIT) as writer:
        writer.write(sized("large", BODY_LIMIT + 1))
    assert verify_file(path).items == 1


@pytest.mark.parametrize("size", [-1, 0, 1, DEFAULT_MAX_RECORD_SIZE - 1, (1 << 28) + 1, 2**64])
def test_a_record_size_that_readers_would_not_take_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(dp.InvalidItemError, match="max_record_size"):
        dp.DatumWriter(tmp_path / "a.datum", max_record_size=size)
    assert not list(tmp_path.iterdir())


def test_large_categories_raise_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.datum"
    names = [f"{index:5000}" for index in range(1000)]
    with dp.DatumWriter(path, categories=dp.Categories.from_labels(names)) as writer:
        writer.write(dp.Item("a", annotations=[dp.Label(label=999)]))
    with dp.DatumReader(path) as reader:
        assert reader.header.max_record_size > DEFAULT_MAX_RECORD_SIZE
        assert len(reader.categories.labels or ()) == 1000
    assert verify_file(path).items == 1


@pytest.mark.usefixtures("small_blocks")
def test_many_index_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datumpb.container.index.ITEMS_PER_RECORD", 20)
    path = write(tmp_path / "a.datum", some_items(100))
    assert 4 <= kinds(path.read_bytes()).count("INDEX") <= 6
    monkeypatch.setattr("datumpb.container.index.BLOCKS_PER_RECORD", 1)
    by_block = write(tmp_path / "b.datum", some_items(100))
    assert kinds(by_block.read_bytes()).count("INDEX") == kinds(by_block.read_bytes()).count("BLOCK")
    for file in (path, by_block):
        assert verify_file(file).items == 100
        with dp.DatumReader(file) as reader:
            assert [reader[index].id for index in range(100)] == [f"item-{index}" for index in range(100)]
            assert all(reader[f"item-{index}"].attributes == {"number": index} for index in range(100))


ODD: Any = object()
BAD_ITEMS: list[tuple[dp.Item, type[Exception], str]] = [
    (dp.Item("taken"), dp.DuplicateItemError, "'taken' is there twice"),
    (dp.Item(""), dp.InvalidItemError, "id"),
    (dp.Item("a\ud800"), dp.InvalidItemError, "surrogate"),
    (dp.Item("a", subset="val"), dp.InvalidItemError, "'val'"),
    (dp.Item("a", annotations=[dp.Label(label=3)]), dp.InvalidItemError, "label 3 is not one of the 3"),
    (dp.Item("a", annotations=[dp.Label(label=2**32)]), dp.InvalidItemError, "annotation 0"),
    (dp.Item("a", media=dp.Image(dp.MediaRef("../a"))), dp.MediaPathError, "'a'"),
    (dp.Item("a", attributes={"a": ODD}), dp.InvalidItemError, "'a'"),
]


@pytest.mark.parametrize(("item", "error", "text"), BAD_ITEMS)
def test_an_item_that_cannot_be_held(tmp_path: Path, item: dp.Item, error: type[Exception], text: str) -> None:
    path = tmp_path / "a.datum"
    labels = dp.Categories.from_labels(["a", "b", "c"])
    with dp.DatumWriter(path, subset="train", categories=labels) as writer:
        writer.write(dp.Item("taken"))
        with pytest.raises(error) as caught:
            writer.write(item)
        assert text in str(caught.value)
        writer.write(dp.Item("other", subset="train", annotations=[dp.Label(label=2)]))
    assert verify_file(path).items == 2  # nothing of the bad one is left


def test_without_categories_any_label_is_fine(tmp_path: Path) -> None:
    with dp.DatumWriter(tmp_path / "a.datum") as writer:
        writer.write(dp.Item("a", annotations=[dp.Label(label=2**32 - 1)]))
    assert verify_file(tmp_path / "a.datum").annotations == 1


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: dp.DatumWriter(path, subset=""), dp.InvalidItemError),
        (lambda path: dp.DatumWriter(path, infos={"a": ODD}), dp.InvalidItemError),
        (lambda path: dp.DatumWriter(path, key="no key"), dp.InvalidKeyError),
        (lambda path: dp.DatumWriter(path, key=b""), dp.InvalidKeyError),
        (lambda path: dp.DatumWriter(path / "none" / "a"), FileNotFoundError),
    ],
)
def test_a_writer_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, make: Callable[[Path], dp.DatumWriter], error: type[Exception]
) -> None:
    with pytest.raises(error):
        make(tmp_path / "a.datum")
    assert not list(tmp_path.iterdir())


def test_after_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.datum"
    writer = dp.DatumWriter(path)
    writer.write(dp.Item("a"))
    writer.close()
    before = path.read_bytes()
    writer.close()
    with pytest.raises(dp.ClosedError, match="closed"):
        writer.write(dp.Item("b"))
    writer.abort()
    assert path.read_bytes() == before


def test_giving_up(tmp_path: Path) -> None:
    writer = dp.DatumWriter(tmp_path / "a.datum")
    writer.write(dp.Item("a"))
    writer.abort()
    writer.abort()
    writer.close()
    with pytest.raises(dp.ClosedError):
        writer.write(dp.Item("b"))
    assert not list(tmp_path.iterdir())


def test_a_key_may_be_text_or_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.datum", some_items(1), KEY)
    with dp.DatumReader(path, KEY.encode()) as reader:
        assert len(reader) == 1
    with dp.DatumWriter(path, key=KEY.encode()) as writer:
        writer.write(dp.Item("a"))
    assert verify_file(path, KEY).items == 1
    with pytest.raises(dp.WrongKeyError) as caught:
        verify_file(path, OTHER_KEY)
    one_line(caught.value, path)
