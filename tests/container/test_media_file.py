from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import datumpb as dp
from datumpb import messages
from datumpb.container.bytes_source import BytesSource
from datumpb.container.ends import trailer
from datumpb.container.media_file import RECORD_SIZE, EncryptedMediaFolder, read_media, write_media
from datumpb.container.varint import encode_varint
from datumpb.messages import Record, RecordKind
from tests.support.forge import Forge, record
from tests.support.samples import KEY, OTHER_KEY, one_line, write
from tests.support.walker import split, varint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = "images/train/a b/é.jpg"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an encrypted picture."""
    (tmp_path / PLACE).parent.mkdir(parents=True)
    write_media(tmp_path / PLACE, PLACE, [b"pic", b"ture"], KEY)
    return tmp_path


def read(folder: Path, place: str = PLACE, key: str | None = KEY, *, encrypted: bool = True, **known: Any) -> bytes:  # noqa: ANN401 -- size, crc32
    source = EncryptedMediaFolder(folder, key)
    return dp.MediaRef(place, encrypted=encrypted, source=source, **known).read()


@pytest.mark.parametrize("size", [0, 1, RECORD_SIZE - 1, RECORD_SIZE, RECORD_SIZE + 1, 5 * RECORD_SIZE])
@pytest.mark.parametrize("piece", [1000, RECORD_SIZE, 3 * RECORD_SIZE + 7])
def test_what_is_written_is_read(tmp_path: Path, size: int, piece: int) -> None:
    body = os.urandom(size)
    path = tmp_path / "a"
    write_media(path, "a", (body[at : at + piece] for at in range(0, size, piece)), KEY)
    with BytesSource(path) as source:
        pieces = list(read_media(source, "a", KEY))
    assert b"".join(pieces) == body
    assert all(0 < len(part) <= RECORD_SIZE for part in pieces)


def test_a_media_file_is_read_in_pieces_only_as_far_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_media(path, "a", [bytes(4 * RECORD_SIZE)], KEY)
    with BytesSource(path) as source:
        assert len(next(read_media(source, "a", KEY))) == RECORD_SIZE


def test_reading_from_a_folder(folder: Path) -> None:
    assert read(folder) == read(folder, size=7) == b"picture"
    assert b"picture" not in (folder / PLACE).read_bytes()
    copy = pickle.loads(pickle.dumps(dp.MediaRef(PLACE, encrypted=True, source=EncryptedMediaFolder(folder, KEY))))  # noqa: S301 -- made here
    assert copy.read() == b"picture"


@pytest.mark.parametrize("known", [{"size": 6}, {"size": 8}, {"crc32": 1}, {"size": 0}])
def test_another_size_or_checksum(folder: Path, known: dict[str, Any]) -> None:
    with pytest.raises(dp.MediaMismatchError) as caught:
        read(folder, **known)
    one_line(caught.value, PLACE)


def test_a_file_that_was_moved_is_refused(folder: Path) -> None:
    (folder / PLACE).rename(folder / "moved.jpg")
    with pytest.raises(dp.MediaMismatchError, match="moved here"):
        read(folder, "moved.jpg")


def test_files_that_were_swapped_are_refused(folder: Path) -> None:
    write_media(folder / "other.jpg", "other.jpg", [b"picture"], KEY)
    (folder / "other.jpg").rename(folder / "third")
    (folder / PLACE).rename(folder / "other.jpg")
    (folder / "third").rename(folder / PLACE)
    for place in (PLACE, "other.jpg"):
        with pytest.raises(dp.MediaMismatchError) as caught:
            read(folder, place)
        one_line(caught.value, folder / place)


@pytest.mark.parametrize("data", [b"picture", b"", b"\x89DATUMPB\r\n\x1a\n"])
def test_a_plain_file_in_the_place_of_an_encrypted_one_is_refused(folder: Path, data: bytes) -> None:
    (folder / PLACE).write_bytes(data)
    with pytest.raises(dp.MediaMismatchError) as caught:
        read(folder)
    one_line(caught.value, folder / PLACE)


@pytest.mark.parametrize("key", [None, KEY])
def test_an_annotation_file_in_the_place_of_media_is_refused(folder: Path, key: str | None) -> None:
    write(folder / PLACE, [], key)
    with pytest.raises((dp.MediaMismatchError, dp.UnexpectedKeyError)) as caught:
        read(folder)
    one_line(caught.value, folder / PLACE)


def test_keys_that_do_not_fit(folder: Path) -> None:
    with pytest.raises(dp.MediaMismatchError) as caught:
        read(folder, key=OTHER_KEY)
    one_line(caught.value, folder / PLACE)
    with pytest.raises(dp.MediaMismatchError, match="without the key") as missing:
        read(folder, key=None)
    one_line(missing.value, PLACE)


def test_encrypted_bytes_are_not_handed_out_for_plain_ones(folder: Path) -> None:
    with pytest.raises(dp.MediaMismatchError):
        read(folder, encrypted=False, size=7)


def test_a_file_that_is_not_there(folder: Path) -> None:
    for place in ("none.jpg", "images", "x" * 300, f"{PLACE}/none"):
        for encrypted in (True, False):
            with pytest.raises(dp.MediaNotFoundError) as caught:
                read(folder, place, encrypted=encrypted)
            one_line(caught.value, folder / place, "cannot read this media file")


def test_a_path_that_is_not_given() -> None:
    with pytest.raises(dp.MediaNotFoundError, match="not part of the dataset"):
        dp.MediaRef(encrypted=True, source=EncryptedMediaFolder("none", KEY)).read()


@pytest.mark.parametrize("encrypted", [True, False])
@pytest.mark.parametrize(
    "place", ["../secret", "/etc/passwd", "images/../../secret", "C:secret", "a\\b", "a//b", "./a"]
)
def test_a_path_that_leads_out_is_refused(folder: Path, place: str, encrypted: bool) -> None:
    (folder.parent / "secret").write_bytes(b"secret")
    with pytest.raises(dp.MediaPathError) as caught:
        read(folder, place, encrypted=encrypted)
    one_line(caught.value)


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_link_that_leads_out_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, encrypted: bool
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write_media(outside / "file", "link/file", [b"secret"], KEY)
    write_media(outside / "single", "single", [b"secret"], KEY)
    (folder / "link").symlink_to(outside)
    (folder / "single").symlink_to(outside / "single")
    (folder / "circle").symlink_to(folder / "circle")
    for place in ("link/file", "single", "circle", "circle/a"):
        with pytest.raises(dp.MediaError) as caught:
            read(folder, place, encrypted=encrypted)
        assert "through a link" in str(caught.value) or place.startswith("circle")
    (folder / "plain").write_bytes(b"fine")
    (folder / "inside").symlink_to(folder / "plain")
    assert read(folder, "inside", encrypted=False) == b"fine"


def test_a_dataset_may_itself_be_reached_through_a_link(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(folder)
    assert read(link) == b"picture"


def test_the_key_is_not_shown(folder: Path) -> None:
    assert KEY not in repr(EncryptedMediaFolder(folder, KEY))
    assert KEY not in repr(dp.MediaRef(PLACE, encrypted=True, source=EncryptedMediaFolder(folder, KEY)))


@pytest.mark.parametrize("key", ["", "datum-", KEY[:-1]])
def test_a_key_that_is_none_leaves_no_file(tmp_path: Path, key: str) -> None:
    with pytest.raises(dp.InvalidKeyError):
        write_media(tmp_path / "a", "a", [b"picture"], key)
    assert not list(tmp_path.iterdir())


def test_a_source_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"some"
        yield (tmp_path / "none").read_bytes()

    with pytest.raises(FileNotFoundError):
        write_media(tmp_path / "a", "a", failing(), KEY)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_last_bytes_come_only_when_the_file_was_found_right(folder: Path, *, encrypted: bool) -> None:
    (folder / "plain.jpg").write_bytes(b"picture")
    place = PLACE if encrypted else "plain.jpg"
    ref = dp.MediaRef(place, encrypted=encrypted, crc32=1, source=EncryptedMediaFolder(folder, KEY))
    given: list[bytes] = []
    with pytest.raises(dp.MediaMismatchError):
        given.extend(ref.chunks())
    chunks = ref.chunks()
    with pytest.raises(dp.MediaMismatchError):
        next(chunks)


def _of_media(header: messages.Header) -> None:
    header.content = messages.ContentType.CONTENT_TYPE_MEDIA


@pytest.mark.parametrize("theirs", [OTHER_KEY, None])
def test_a_file_that_the_key_of_the_dataset_does_not_open_is_not_what_the_item_means(
    folder: Path, theirs: str | None
) -> None:
    if theirs is None:
        (folder / PLACE).write_bytes(Forge(header=_of_media).make())
    else:
        (folder / PLACE).unlink()
        write_media(folder / PLACE, PLACE, [b"picture"], theirs)
    with pytest.raises(dp.MediaMismatchError, match="replaced by another") as caught:
        read(folder)
    one_line(caught.value, folder / PLACE)


def test_a_piece_that_was_made_a_record_of_a_later_version_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_media(path, "a", [bytes(RECORD_SIZE), b"end"], KEY)
    records = split(path.read_bytes())
    message = Record.FromString(records[3][varint(records[3], 0)[1] :])
    assert message.kind == RecordKind.RECORD_KIND_MEDIA
    sync, sizes = message.sync.to_bytes(8, "little"), {"codec": int(message.codec), "raw_size": message.raw_size}
    forged = record(sync, 200, message.seq, message.payload, nonce=message.nonce, **sizes)
    start = b"".join([*records[:3], encode_varint(len(forged)) + forged, *records[4:-1]])
    path.write_bytes(start + trailer(sync, len(start) - len(records[-2]), len(records[-2])))
    with BytesSource(path) as source:
        pieces = read_media(source, "a", KEY)
        with pytest.raises(dp.AuthenticationError):
            next(pieces)
