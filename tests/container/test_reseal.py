"""Sealing a file anew: every byte of every body stays, also what only a later version knows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb import messages
from datumpb.container import reseal as module
from datumpb.container.bytes_source import BytesSource
from datumpb.container.file_reader import FileReader
from datumpb.container.media_file import read_media, write_media
from datumpb.container.record_writer import RecordStream
from datumpb.container.reseal import Seals, reseal
from datumpb.container.verify import verify_file
from datumpb.messages import ContentType, RecordKind
from tests.support.forge import Forge
from tests.support.item_messages import encode_item
from tests.support.samples import KEY, OTHER_KEY, one_line, some_items, write

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = [
    pytest.param(Seals(KEY, OTHER_KEY), id="rekey"),
    pytest.param(Seals(None, KEY), id="encrypt"),
    pytest.param(Seals(KEY, None), id="decrypt"),
]


def bodies(path: Path, key: str | None) -> list[tuple[int, bytes]]:
    """Return the kinds and compressed bodies of all records but INDEX and FOOTER."""
    with BytesSource(path) as source:
        file = FileReader(source, key, ContentType.CONTENT_TYPE_ANNOTATIONS)
        kept = (record for record in file.records() if record.message.kind not in (6, 7))
        return [(record.message.kind, file.payload(record)) for record in kept]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("seals", CHANGES)
def test_the_same_items_with_another_key(tmp_path: Path, seals: Seals) -> None:
    old, new = write(tmp_path / "old.datum", some_items(50), seals.old), tmp_path / "new.datum"
    reseal(old, new, seals)
    assert bodies(new, seals.new) == bodies(old, seals.old)
    verify_file(new, seals.new)
    with dp.DatumReader(old, seals.old) as before, dp.DatumReader(new, seals.new) as after:
        assert list(after) == list(before) == some_items(50)
        assert after["item-7"] == before["item-7"]
        assert after.statistics == before.statistics
        assert after.encrypted == (seals.new is not None)
        if seals.old is not None and seals.new is not None:
            assert after.header.encryption.salt != before.header.encryption.salt


def test_there_and_back_is_the_same_file(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.datum", some_items(50)), tmp_path / "new.datum"
    reseal(old, new, Seals(None, KEY))
    assert new.read_bytes() != old.read_bytes()
    reseal(new, new, Seals(KEY, OTHER_KEY))
    reseal(new, new, Seals(OTHER_KEY, None))
    assert new.read_bytes() == old.read_bytes()


@pytest.mark.parametrize("seals", CHANGES)
def test_what_a_later_version_wrote_stays(tmp_path: Path, seals: Seals) -> None:
    def later(message: messages.Header | messages.Index | messages.Footer | messages.IndexEntry) -> None:
        message.MergeFromString(b"\x9a\x7d\x05later")

    strange = [(0, 99, b"first"), (1, 200, b""), (1, 99, b"second")]
    forge = Forge([some_items(1)], key=seals.old, header=later, strange=strange, index=later, footer=later, entry=later)
    old, new = tmp_path / "old.datum", tmp_path / "new.datum"
    old.write_bytes(forge.make())
    reseal(old, new, seals)
    kept = bodies(new, seals.new)
    assert kept == bodies(old, seals.old)
    assert [kind for kind, _ in kept] == [3, 99, 4, 200, 99]
    with dp.DatumReader(new, seals.new) as reader:
        for message in (reader.header, reader.footer, reader.footer.index[0]):
            assert b"\x9a\x7d\x05later" in message.SerializeToString()
        assert len(reader) == 1


def test_blocks_may_be_edited_and_the_rest_stays_stored_as_it_was(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.datum", some_items(3)), tmp_path / "new.datum"

    def edit(body: bytes) -> bytes:
        batch = messages.ItemBatch.FromString(body)
        for item in batch.items:
            item.media.image.height = 77
        return batch.SerializeToString(deterministic=True)

    reseal(old, new, Seals(None, KEY), edit)
    with dp.DatumReader(new, KEY) as reader:
        assert [item.media.height for item in reader if isinstance(item.media, dp.Image)] == [77] * 3
        assert [item.annotations for item in reader] == [item.annotations for item in some_items(3)]


def test_the_limit_is_raised_where_encryption_makes_a_record_too_large(tmp_path: Path) -> None:
    item = dp.Item("a", attributes={"noise": os.urandom(3000)})
    body = messages.ItemBatch(items=[encode_item(item)]).ByteSize()
    old, new = tmp_path / "old.datum", tmp_path / "new.datum"
    old.write_bytes(Forge([[item]], limit=body + 40).make())
    reseal(old, new, Seals(None, KEY))
    with dp.DatumReader(new, KEY) as reader:
        assert list(reader) == [item]
        assert body + 40 < reader.header.max_record_size < body + 200
    reseal(new, new, Seals(KEY, OTHER_KEY))
    assert list(dp.DatumReader(new, OTHER_KEY)) == [item]


def test_a_record_that_no_reader_would_accept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = write(tmp_path / "old.datum", some_items(3)), tmp_path / "new.datum"
    monkeypatch.setattr(module, "READER_MAX_RECORD_SIZE", 100)
    with pytest.raises(dp.InvalidItemError, match="readers accept 100"):
        reseal(old, new, Seals(None, KEY))
    assert not new.exists()


@pytest.mark.parametrize("size", [0, 1, 1 << 18, (1 << 18) + 1])
def test_media_files(tmp_path: Path, size: int) -> None:
    path, content = tmp_path / "a.png", os.urandom(size)
    write_media(path, "images/train/a.png", [content], KEY)
    reseal(path, path, Seals(KEY, OTHER_KEY))
    with BytesSource(path) as source:
        assert b"".join(read_media(source, "images/train/a.png", OTHER_KEY)) == content


@pytest.mark.parametrize(
    ("old_key", "seals", "error"),
    [
        (KEY, Seals(OTHER_KEY, KEY), dp.WrongKeyError),
        (KEY, Seals(None, OTHER_KEY), dp.MissingKeyError),
        (None, Seals(KEY, OTHER_KEY), dp.UnexpectedKeyError),
        (None, Seals(None, "datum-"), dp.InvalidKeyError),
    ],
)
def test_keys_that_do_not_fit(tmp_path: Path, old_key: str | None, seals: Seals, error: type[dp.DatumpbError]) -> None:
    path = write(tmp_path / "train.datum", some_items(3), old_key)
    before = path.read_bytes()
    with pytest.raises(error) as caught:
        reseal(path, path, seals)
    one_line(caught.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("no_schema", "small_blocks")
@pytest.mark.parametrize("key", [None, KEY])
def test_a_file_with_any_byte_wrong_is_not_sealed_anew(tmp_path: Path, key: str | None) -> None:
    path, target = write(tmp_path / "old.datum", some_items(4), key), tmp_path / "new.datum"
    data = path.read_bytes()
    for place in range(0, len(data), 3):
        path.write_bytes(data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :])
        with pytest.raises(dp.DatumpbError):
            reseal(path, target, Seals(key, OTHER_KEY))
        assert not target.exists()


@pytest.mark.parametrize("field", ["offset", "size", "crc32", "seq"])
def test_an_index_that_lists_something_else(tmp_path: Path, field: str) -> None:
    def wrong(index: messages.Index) -> None:
        setattr(index.blocks[0], field, getattr(index.blocks[0], field) + 1)

    path, target = tmp_path / "old.datum", tmp_path / "new.datum"
    path.write_bytes(Forge([some_items(2)], index=wrong).make())
    with pytest.raises(dp.DamagedFileError, match="INDEX lists a record that is not there"):
        reseal(path, target, Seals(None, KEY))
    assert not target.exists()


@pytest.mark.parametrize("kind", ["BLOCK", "INDEX", "FOOTER"])
def test_a_new_file_that_is_not_what_was_written_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path, target = write(tmp_path / "old.datum", some_items(4)), tmp_path / "new.datum"
    wanted = RecordKind.Value(f"RECORD_KIND_{kind}")

    def spoiled(kind: RecordKind, body: bytes) -> bytes:
        if kind == RecordKind.RECORD_KIND_BLOCK:
            return body.replace(b"caption", b"Caption")
        if kind == RecordKind.RECORD_KIND_INDEX:
            index = messages.Index.FromString(body)
            index.item_id_crc32[0] ^= 1
            return index.SerializeToString(deterministic=True)
        footer = messages.Footer.FromString(body)
        footer.item_count += 1
        return footer.SerializeToString(deterministic=True)

    encode = RecordStream._encode

    def wrong(stream: RecordStream, kind: RecordKind, body: bytes) -> tuple[bytes, int]:
        return encode(stream, kind, spoiled(kind, body) if kind == wanted else body)

    monkeypatch.setattr(RecordStream, "_encode", wrong)

    def edit(body: bytes) -> bytes:
        return bytes(bytearray(body))  # another object, with the same contents

    with pytest.raises(dp.DamagedFileError, match="does not say what was written"):
        reseal(path, target, Seals(None, KEY), edit)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_the_mode_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "train.datum", some_items(3))
    path.chmod(0o600)
    reseal(path, path, Seals(None, KEY))
    assert path.stat().st_mode & 0o777 == 0o600


def test_keys_are_not_shown() -> None:
    assert KEY not in repr(Seals(KEY, OTHER_KEY))
