"""Files that nobody writes by accident, their checksums right: what HEADER and the envelopes of records may say."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.container.ends import trailer
from datumpb.container.record import encode_record
from datumpb.container.varint import encode_varint
from datumpb.container.verify import verify_file
from datumpb.messages import Aead, Header, Record, RecordKind
from tests.support.forge import Forge, record
from tests.support.refusal import TWO, keys, read_all, refuse
from tests.support.samples import KEY, one_line
from tests.support.walker import split, varint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_schema")


@keys
def test_a_sound_file_made_by_hand_is_accepted(tmp_path: Path, key: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(Forge(TWO, dp.Meta("train"), key).make())
    read_all(path, key)
    verified = verify_file(path, key)
    assert (verified.items, verified.records, verified.annotations) == (4, 8, 8)
    assert verified.size == path.stat().st_size
    assert verify_file(path).records == 8


def change(**values: object) -> Callable[[Header], None]:
    def set_fields(header: Header) -> None:
        for name, value in values.items():
            setattr(header, name, value)

    return set_fields


def require(*features: str) -> Callable[[Header], None]:
    return lambda header: header.required_features.extend(features)


@keys
@pytest.mark.parametrize(
    ("header", "error", "text"),
    [
        (require("sharding-of-2031"), dp.UnsupportedFileError, "'sharding-of-2031'"),
        (require("first", "second"), dp.UnsupportedFileError, "'first'"),
        (require("line\nbreak\x1b[31m"), dp.UnsupportedFileError, r"'line\nbreak\x1b[31m'"),
        (change(format_major=2, format_minor=7), dp.UnsupportedFileError, "2.7"),
        (change(format_major=2**32 - 1), dp.UnsupportedFileError, "newer"),
        (change(format_major=0), dp.DamagedFileError, "HEADER"),
        (change(max_record_size=0), dp.DamagedFileError, "HEADER"),
        (change(max_record_size=(1 << 28) + 1), dp.LimitError, "268435457"),
        (change(max_record_size=2**64 - 1), dp.LimitError, "18446744073709551615"),
        (change(content=0), dp.DamagedFileError, "unknown"),
        (change(content=2), dp.DamagedFileError, "media"),
        (change(content=9), dp.DamagedFileError, "unknown"),
    ],
)
def test_headers_that_a_reader_refuses(
    tmp_path: Path, key: str | None, header: Callable[[Header], None], error: type[dp.FileError], text: str
) -> None:
    caught = refuse(tmp_path, Forge(TWO, key=key, header=header).make(), key, text, "(at byte 37)")
    assert type(caught) is error


def test_the_major_version_is_looked_at_first(tmp_path: Path) -> None:
    def header(message: Header) -> None:
        message.format_major = 2
        message.required_features.append("other")
        message.max_record_size = 0

    assert "version 2.0" in str(refuse(tmp_path, Forge(TWO, header=header).make()))


def test_no_version_is_refused_before_features_are_looked_at(tmp_path: Path) -> None:
    def header(message: Header) -> None:
        message.format_major = 0
        message.required_features.append("other")

    assert type(refuse(tmp_path, Forge(TWO, header=header).make(), None, "version")) is dp.DamagedFileError


def test_what_a_later_minor_version_adds_is_no_obstacle(tmp_path: Path) -> None:
    def header(message: Header) -> None:
        message.format_minor = 99
        message.optional_features.extend(["anything", "else"])

    path = tmp_path / "file"
    path.write_bytes(Forge(TWO, header=header).make())
    read_all(path, None)
    assert verify_file(path).items == 4


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"aead": 0}, dp.UnsupportedFileError),
        ({"aead": 7}, dp.UnsupportedFileError),
        ({"salt": b""}, dp.DamagedFileError),
        ({"salt": bytes(31)}, dp.DamagedFileError),
        ({"commitment": bytes(33)}, dp.DamagedFileError),
    ],
)
def test_encryption_that_a_reader_refuses(tmp_path: Path, values: dict[str, object], error: type[dp.FileError]) -> None:
    def header(message: Header) -> None:
        assert message.encryption.aead == Aead.AEAD_AES_256_GCM
        for name, value in values.items():
            setattr(message.encryption, name, value)

    assert type(refuse(tmp_path, Forge(TWO, key=KEY, header=header).make(), KEY)) is error


def test_a_stripped_encryption_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(Forge(TWO).make())  # what an attacker puts there
    for use in (read_all, verify_file):
        with pytest.raises(dp.UnexpectedKeyError) as caught:
            use(path, KEY)
        one_line(caught.value, path)


def test_a_plain_record_in_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    forge = Forge(TWO, key=KEY)
    records = split(forge.make())
    records[2] = encode_record(forge.sync, RecordKind.RECORD_KIND_META, 2, b"\x0a\x01a", None)[0]
    start = b"".join(records[:-1])
    data = start + trailer(forge.sync, len(start) - len(records[-2]), len(records[-2]))
    assert type(refuse(tmp_path, data, KEY, "plain record")) is dp.AuthenticationError


def test_an_edited_header_spoils_every_record(tmp_path: Path) -> None:
    path = tmp_path / "file"
    forge = Forge(TWO, key=KEY)
    records = split(forge.make())
    body = Header()
    prefix = varint(records[1], 0)[1]
    body.MergeFromString(Record.FromString(records[1][prefix:]).payload)
    body.writer_name = "DATUMPB"
    records[1] = encode_record(forge.sync, RecordKind.RECORD_KIND_HEADER, 1, body.SerializeToString(), None)[0]
    path.write_bytes(b"".join(records))
    for use in (read_all, verify_file):
        with pytest.raises(dp.AuthenticationError):
            use(path, KEY)


@keys
@pytest.mark.parametrize("behind", [0, 1, 2])
@pytest.mark.parametrize("kind", [9, 100, 255])
def test_records_of_unknown_kinds_are_skipped(tmp_path: Path, key: str | None, behind: int, kind: int) -> None:
    path = tmp_path / "file"
    strange = [(behind, kind, b"whatever"), (behind, kind, b"")]
    path.write_bytes(Forge(TWO, dp.Meta("train"), key, strange=strange).make())
    read_all(path, key)
    assert verify_file(path, key).records == 10
    assert verify_file(path).records == 10


def test_the_codec_of_an_unknown_kind_does_not_matter(tmp_path: Path) -> None:
    forge = Forge(TWO)
    put = forge.put

    def put_strange(kind: int, body: bytes) -> tuple[int, int, int, int]:
        if kind != 77:
            return put(kind, body)
        data = record(forge.sync, kind, forge.seq, body, codec=200, raw_size=12345)
        forge.data += encode_varint(len(data)) + data
        forge.seq += 1
        forge.checksums += struct.pack("<I", Record.FromString(data).crc32)
        return 0, 0, 0, 0

    forge.put = put_strange  # type: ignore[method-assign]  # on purpose
    forge.strange = [(1, 77, b"of a codec to come")]
    path = tmp_path / "file"
    path.write_bytes(forge.make())
    read_all(path, None)
    assert verify_file(path).items == 4


@keys
@pytest.mark.parametrize(
    ("kind", "behind"),
    [
        (kind, behind)
        for kind in range(1, 9)
        for behind in range(3)
        if (kind, behind) != (RecordKind.RECORD_KIND_INDEX, 2)
    ],
)
def test_known_kinds_out_of_place_are_refused(tmp_path: Path, key: str | None, kind: int, behind: int) -> None:
    body = b"" if kind != RecordKind.RECORD_KIND_META else b"\x0a\x01a"
    data = Forge(TWO, key=key, strange=[(behind, kind, body)]).make()
    refuse(tmp_path, data, key, verify_only=True)
