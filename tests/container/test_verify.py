from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from conformance.suite import load
from datumpb.container.media_file import write_media
from datumpb.container.verify import Verified, verify_file
from tests.support.forge import Forge
from tests.support.samples import KEY, OTHER_KEY, one_line, some_items, write

if TYPE_CHECKING:
    from pathlib import Path

    from google.protobuf.message import Message

    from datumpb.messages import Footer, Index


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("key", [None, KEY])
def test_what_a_sound_file_holds(tmp_path: Path, key: str | None) -> None:
    path = write(tmp_path / "file", some_items(30), key)
    with dp.DatumReader(path, key) as reader:
        records = reader.footer.record_count + 2
    assert records > 10
    size = path.stat().st_size
    assert verify_file(path, key) == Verified(size, records, items=30, annotations=60)
    assert verify_file(path, key.encode() if key else None).items == 30


def test_without_the_key_only_the_outside_is_verified(tmp_path: Path) -> None:
    path = write(tmp_path / "file", some_items(2), KEY)
    assert verify_file(path) == Verified(path.stat().st_size, 7, items=None, annotations=None)


def test_an_encrypted_media_file_can_be_verified_without_its_key(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    write_media(path, "images/a.jpg", [b"picture"], KEY)
    assert verify_file(path).records == 6
    with pytest.raises(dp.DamagedFileError, match="expected annotations, the file holds a media file"):
        verify_file(path, KEY)


@pytest.mark.parametrize(
    ("written", "given", "error"),
    [(KEY, OTHER_KEY, dp.WrongKeyError), (None, KEY, dp.UnexpectedKeyError), (KEY, "datum-", dp.InvalidKeyError)],
)
def test_keys_that_do_not_fit(tmp_path: Path, written: str | None, given: str, error: type[Exception]) -> None:
    path = write(tmp_path / "file", some_items(2), written)
    with pytest.raises(error) as caught:
        verify_file(path, given)
    one_line(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(dp.FileError) as caught:
        verify_file(tmp_path / "none")
    one_line(caught.value, tmp_path / "none", "No such file")


def test_memory_of_the_file_is_given_back(tmp_path: Path) -> None:
    path = write(tmp_path / "file", some_items(2))
    verify_file(path)
    path.unlink()
    assert not list(tmp_path.iterdir())


def test_fields_that_a_later_version_added_to_the_lists_are_no_difference(tmp_path: Path) -> None:
    def add(*parts: Message) -> None:
        for part in parts:
            part.MergeFromString(b"\xc0\x3e\x07")  # a varint in field 1000

    def index(message: Index) -> None:
        add(*message.blocks, message)

    def footer(message: Footer) -> None:
        add(*message.index, *message.statistics.types, message.statistics, message)

    path = tmp_path / "file"
    path.write_bytes(Forge([some_items(2), some_items(4)[2:]], index=index, footer=footer).make())
    assert verify_file(path).items == 4


def test_an_id_that_is_listed_in_the_index_before_that_of_its_block_is_noticed() -> None:
    (case,) = (case for case in load() if case.name == "index-ids-shifted")
    with pytest.raises(dp.DamagedFileError, match="ids of other items"):
        verify_file(case.file)


@pytest.mark.usefixtures("unchecked_masks")
def test_a_mask_whose_runs_do_not_fit_is_noticed(tmp_path: Path) -> None:
    sound, damaged = (
        dp.Item(name, annotations=[dp.Mask(4, 4, counts)]) for name, counts in (("a", b"0`0"), ("b", b"04"))
    )
    assert verify_file(write(tmp_path / "sound.datum", [sound])).items == 1
    with pytest.raises(dp.DamagedFileError, match="item 'b' has a damaged mask"):
        verify_file(write(tmp_path / "damaged.datum", [sound, damaged]))
