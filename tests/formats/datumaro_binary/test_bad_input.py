"""Bad files: each gives a typed error that names file and place, whatever is wrong with it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import Fernet

import datumpb as dp
from datumpb.errors import (
    DatasetError,
    DatumpbError,
    InvalidKeyError,
    KeyProblemError,
    MediaMismatchError,
    MissingKeyError,
    SourceFormatError,
    UnexpectedKeyError,
    WrongKeyError,
)
from datumpb.model.media import media_refs
from tests.support import binary
from tests.support.binary import annotation, document, floats, ints, item, text
from tests.support.samples import KEY, OTHER_KEY, one_line

if TYPE_CHECKING:
    from pathlib import Path

FERNET = Fernet(KEY[6:])
LABEL_AND_Z = struct.pack("<ii", 1, 0)
PICTURE = struct.pack("<I", 2) + text("a.png") + struct.pack("<ii", 3, 4)
CLOUD = struct.pack("<I", 6) + text("a.pcd") + struct.pack("<I", 1) + PICTURE
ITEMS = [
    item(
        "a",
        annotation(1, struct.pack("<i", 0), attributes={"x": [1, 2.5]}),
        annotation(2, LABEL_AND_Z + struct.pack("<iiI", 1, 2, 1) + b"2"),
        annotation(3, LABEL_AND_Z + floats(1, 2) + ints(2)),
        annotation(4, LABEL_AND_Z + floats(1, 2, 3, 4, 5, 6)),
        annotation(6, LABEL_AND_Z + floats(1, 2, 3, 4)),
        annotation(7, text("a sentence")),
        media=PICTURE,
        attributes=b'{"b":null}',
    ),
    item("b", annotation(8, struct.pack("<i", 0) + floats(*range(9))), media=CLOUD),
    item("c", media=struct.pack("<I", 5) + text("v.avi") + struct.pack("<III", 1, 0, 5)),
]
CATEGORIES = {"label": {"labels": [{"name": "cat", "parent": ""}, {"name": "dog", "parent": ""}]}}


def small(*, encrypted: bool) -> bytes:
    options: dict[str, Any] = {"proof": FERNET.encrypt(KEY.encode()), "seal": FERNET.encrypt} if encrypted else {}
    return document(ITEMS[0] + ITEMS[1], ITEMS[2], categories=CATEGORIES, infos={"a": 1}, **options)


@pytest.mark.parametrize("encrypted", [False, True])
def test_truncated_at_every_byte(encrypted: bool, tmp_path: Path) -> None:
    data = small(encrypted=encrypted)
    file = binary.write(tmp_path, data) / "annotations" / "t.datum"
    key = KEY if encrypted else None
    assert len(binary.read_whole(tmp_path, key)) == 3
    for size in range(len(data)):
        file.write_bytes(data[:size])
        with pytest.raises(SourceFormatError, match=r"byte \d+") as caught:
            binary.read_whole(tmp_path, key)
        one_line(caught.value, file)


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_blob_that_ends_too_early_at_every_byte(encrypted: bool, tmp_path: Path) -> None:
    whole = b"".join(ITEMS)
    starts = {len(ITEMS[0]), len(ITEMS[0] + ITEMS[1])}
    options: dict[str, Any] = {"proof": FERNET.encrypt(KEY.encode()), "seal": FERNET.encrypt} if encrypted else {}
    file = binary.write(tmp_path, b"") / "annotations" / "t.datum"
    for size in set(range(1, len(whole))) - starts:
        file.write_bytes(document(whole[:size], **options))
        with pytest.raises(SourceFormatError, match=r"byte \d+.*: ends too early: \d+ bytes expected") as caught:
            binary.read_whole(tmp_path, KEY if encrypted else None)
        assert ("decrypted byte" in one_line(caught.value, file)) is encrypted


def test_a_truncated_file_is_told_before_its_items_are_read(tmp_path: Path) -> None:
    data = small(encrypted=False)
    binary.write(tmp_path, data[:-1])
    with pytest.raises(SourceFormatError, match=f"byte {len(data) - 1}: ends too early: the blobs end at {len(data)}"):
        binary.open_dataset(tmp_path).categories()


@pytest.mark.parametrize("encrypted", [False, True])
def test_changed_at_every_byte(encrypted: bool, tmp_path: Path) -> None:
    data = small(encrypted=encrypted)
    file = binary.write(tmp_path, data) / "annotations" / "t.datum"
    for place in range(0, len(data), 3 if encrypted else 1):
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= flip
            file.write_bytes(changed)
            try:
                binary.read_whole(tmp_path, KEY if encrypted else None)
            except (SourceFormatError, KeyProblemError) as error:
                one_line(error, file)


def test_more_data_behind_the_end(tmp_path: Path) -> None:
    data = small(encrypted=False)
    binary.write(tmp_path, data + b"x")
    with pytest.raises(SourceFormatError, match=f"byte {len(data)}: more data behind the last blob"):
        binary.read_whole(tmp_path)


def blob(*annotations: bytes, **options: Any) -> bytes:  # noqa: ANN401 -- of `item`
    return document(item("a", *annotations, **options))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "does not begin with"),
        (b"signature:datumaro_binarx" + bytes(60), "does not begin with"),
        (document(version={"dm_format_version": "2.0"}), "version '2.0' of the format is not known"),
        (document(version={}), "version None of the format"),
        (document(version=b"[]"), "JSON that is not a map"),
        (document(infos=b"{"), "not JSON"),
        (document(infos=b'{"a":NaN}'), "NaN is no JSON number"),
        (document(infos=b"\xff"), "JSON that is not UTF-8"),
        (document(infos=b'{"a":' + b"[" * 100_000), "not JSON"),
        (document(infos=b'{"a":' + b"1" * 100_000 + b"}" * 2), "not JSON"),
        (document(proof=b"x"), "neither empty nor encrypted"),
        (document(media_type=99), "media of the unknown kind 99"),
        (document(seal=lambda data: data + b"\0"), "more than a JSON map"),
        (document().replace(b'"media_type": 2', b'"media_type": ""'[:15]), "JSON"),
        (document(b""), "blob 0 has the size 0"),
        (document(categories={"label": []}), "SKIP"),
        (document(categories={"label": [1]}), r"categories\.label: a map expected, not list"),
        (
            document(categories={"label": {"labels": [{}]}}),
            r"categories\.label\.labels\[0\]\.name: this key is missing",
        ),
        (document(categories={"label": {"labels": [{"name": 3}]}}), r"labels\[0\]\.name: text expected, not int"),
        (
            document(categories={"label": {"label_groups": [{"name": "a", "group_type": "x"}]}}),
            r"label_groups\[0\]\.group_type: unknown type of a group: 'x'",
        ),
        (
            document(categories={"mask": {"colormap": [{"label_id": 0, "r": 256, "g": 0, "b": 0}]}}),
            r"colormap\[0\]\.r: a number from 0 to 255 expected",
        ),
        (
            document(categories={"points": {"items": [{"label_id": 0, "joints": [[1]]}]}}),
            r"items\[0\]\.joints: two numbers of keypoints expected",
        ),
        (
            document(categories={"points": {"items": [{"label_id": 0, "positions": [1, 2, 3]}]}}),
            r"items\[0\]\.positions: pairs of numbers expected",
        ),
        (blob(annotation(0, b"")), "annotation of the unknown type 0"),
        (blob(annotation(12, b"")), "annotation of the unknown type 12"),
        (blob(annotation(1, struct.pack("<i", -1))), "label -1: a label is not negative"),
        (blob(annotation(2, LABEL_AND_Z + struct.pack("<iiI", 2, 2, 1) + b"2")), "RLE does not fit its size"),
        (blob(annotation(2, LABEL_AND_Z + struct.pack("<iiI", -1, -1, 1) + b"1")), "RLE of an impossible size"),
        (blob(annotation(2, LABEL_AND_Z + struct.pack("<iiI", 1, 2, 2**32 - 1) + b"2")), "4294967295 bytes expected"),
        (blob(annotation(3, LABEL_AND_Z + floats(1, 2) + ints())), "0 numbers of visibility for 1 points"),
        (blob(annotation(3, LABEL_AND_Z + floats(1, 2) + ints(-1))), "visibility has to be numbers"),
        (blob(annotation(4, LABEL_AND_Z + floats(1, 2, 3))), "odd coordinate count: 3"),
        (blob(annotation(4, LABEL_AND_Z + struct.pack("<I", 2**32 - 1))), "17179869180 bytes expected"),
        (blob(annotation(6, LABEL_AND_Z + floats(1, 2, 3))), "4 coordinates expected, not 3"),
        (blob(annotation(7, struct.pack("<I", 1) + b"\xff")), "text that is not UTF-8"),
        (blob(annotation(8, struct.pack("<i", 1) + floats(1, 2, 3))), "9 coordinates expected, not 3"),
        (blob(annotation(1, struct.pack("<i", 1), attributes=b"[1]")), "JSON that is not a map"),
        (blob(media=struct.pack("<I", 3)), "media of the unknown kind 3"),
        (blob(media=PICTURE[:-8] + struct.pack("<ii", -1, 4)), "an image of an impossible size: -1 x 4"),
        (blob(media=CLOUD.replace(PICTURE, struct.pack("<I", 5))), "an image of a point cloud expected"),
        (blob(media=struct.pack("<I", 5) + text("v") + struct.pack("<III", 0, 0, 0)), "a video with the step 0"),
        (document(item("a")[:-4] + struct.pack("<I", 2**32 - 1)), "ends too early"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, message: str, tmp_path: Path) -> None:
    binary.write(tmp_path, data)
    if message == "SKIP":  # an empty part is none, as in Datumaro
        assert binary.open_dataset(tmp_path).categories() == dp.Categories()
        return
    with pytest.raises(SourceFormatError, match=message) as caught:
        binary.read_whole(tmp_path)
    one_line(caught.value, tmp_path / "annotations" / "t.datum", "byte")


def test_keys(tmp_path: Path) -> None:
    binary.write(tmp_path / "plain", small(encrypted=False))
    binary.write(tmp_path / "encrypted", small(encrypted=True))
    for folder, key, kind in (
        ("plain", KEY, UnexpectedKeyError),
        ("encrypted", None, MissingKeyError),
        ("encrypted", OTHER_KEY, WrongKeyError),
        ("encrypted", KEY[:-1], InvalidKeyError),
    ):
        with pytest.raises(kind) as caught:
            binary.read_whole(tmp_path / folder, key)
        one_line(caught.value, *([] if kind is InvalidKeyError else [tmp_path / folder]))


def test_a_proof_of_another_key_and_parts_of_this_one(tmp_path: Path) -> None:
    binary.write(tmp_path, document(proof=FERNET.encrypt(OTHER_KEY.encode()), seal=FERNET.encrypt))
    with pytest.raises(WrongKeyError):
        binary.read_whole(tmp_path, KEY)


def test_a_part_of_another_key(tmp_path: Path) -> None:
    other = Fernet(OTHER_KEY[6:])
    binary.write(tmp_path, document(ITEMS[0], proof=FERNET.encrypt(KEY.encode()), seal=other.encrypt))
    with pytest.raises(SourceFormatError, match=r"byte \d+: damaged: this part cannot be decrypted") as caught:
        binary.read_whole(tmp_path, KEY)
    one_line(caught.value)


def encrypted_media(folder: Path, picture: bytes, cloud: bytes) -> list[bytes]:
    (folder / "images" / "t").mkdir(parents=True)
    (folder / "point_clouds" / "t").mkdir(parents=True)
    (folder / "images" / "t" / "a.png").write_bytes(picture)
    (folder / "point_clouds" / "t" / "a.pcd").write_bytes(cloud)
    proof = FERNET.encrypt(KEY.encode())
    # The image of a point cloud is an image in the clear, as Datumaro writes it.
    packed = item("a", media=PICTURE), item("b", media=CLOUD[: -len(PICTURE) - 4] + bytes(4))
    binary.write(folder, document(*packed, proof=proof, seal=FERNET.encrypt))
    return [ref.read() for found in binary.read_whole(folder, KEY) for ref in media_refs(found.media)]


def test_point_clouds_encrypted_or_not(tmp_path: Path) -> None:
    picture, cloud = FERNET.encrypt(b"picture"), FERNET.encrypt(b"cloud")
    assert encrypted_media(tmp_path / "a", picture, b"cloud") == [b"picture", b"cloud"]
    assert encrypted_media(tmp_path / "b", picture, cloud) == [b"picture", b"cloud"]


@pytest.mark.parametrize("picture", [b"picture", b"", FERNET.encrypt(b"x")[:-1], Fernet(OTHER_KEY[6:]).encrypt(b"x")])
def test_a_picture_that_is_not_encrypted_with_this_key(picture: bytes, tmp_path: Path) -> None:
    with pytest.raises(MediaMismatchError, match=r"images/t/a\.png: not encrypted with this dataset's key") as caught:
        encrypted_media(tmp_path, picture, b"cloud")
    one_line(caught.value)


def test_no_annotation_files(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no annotation files"):
        dp.Dataset.import_from(tmp_path, "datumaro_binary")


def test_found_by_its_signature(tmp_path: Path) -> None:
    binary.write(tmp_path / "a", small(encrypted=True))
    assert dp.Dataset.detect(tmp_path / "a") == "datumaro_binary"
    binary.write(tmp_path / "b", b"signature:datumaro_bin")
    with pytest.raises(DatumpbError):
        dp.Dataset.detect(tmp_path / "b")
