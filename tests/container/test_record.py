"""The envelope has one form only, and no value in it can change unnoticed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.container.bytes_source import BytesSource
from datumpb.container.record import (
    Seal,
    _shortest_size,
    encode_record,
    open_body,
    parse_envelope,
    read_stored,
    record_context,
)
from datumpb.container.varint import encode_varint
from datumpb.crypto.aead import FileKey
from datumpb.errors import AuthenticationError, DamagedFileError, LimitError, TruncatedFileError
from datumpb.messages import Record, RecordKind
from tests.support.forge import record
from tests.support.samples import one_line
from tests.support.walker import fields, varint

if TYPE_CHECKING:
    from pathlib import Path

SYNC = b"eightsyn"
BLOCK = RecordKind.RECORD_KIND_BLOCK
LIMIT = 10_000


@pytest.fixture
def seal() -> Seal:
    return Seal(FileKey.derive(bytes(32), bytes(32)), bytes(32))


def stored(tmp_path: Path, data: bytes, offset: int = 0, limit: int = LIMIT, size: int | None = None) -> bytes:
    """Read a record of a file back to its body."""
    path = tmp_path / "file"
    path.write_bytes(data)
    with BytesSource(path) as source:
        return open_body(read_stored(source, offset, limit, size), None, limit, source)


def test_the_context_is_24_bytes() -> None:
    assert record_context(4, 2, 0x0102, 0x0304).hex() == "445450420104020000000000000001020000000000000304"


def test_a_record_on_the_wire() -> None:
    data, crc32 = encode_record(SYNC, BLOCK, 300, b"body", None)
    assert data[0] == len(data) - 1
    assert data[1:10] == b"\x09" + SYNC
    assert data[10:] == b"\x10\x04\x18\xac\x02\x20\x01\x28\x04\x35" + crc32.to_bytes(4, "little") + b"\x42\x04body"
    assert crc32 == zlib.crc32(record_context(4, 1, 300, 4) + b"body")


def test_an_empty_body_has_no_payload() -> None:
    data, _ = encode_record(SYNC, BLOCK, 3, b"", None)
    assert set(fields(data[1:])) == {1, 2, 3, 4, 5, 6}


def test_a_sealed_record(seal: Seal) -> None:
    data, crc32 = encode_record(SYNC, BLOCK, 3, b"body" * 100, seal)
    envelope = fields(data[varint(data, 0)[1] :])
    (nonce,), (payload,) = envelope[7], envelope[8]
    assert envelope[5] == [400]
    assert len(nonce) == 12
    assert crc32 == zlib.crc32(record_context(4, 2, 3, 400) + nonce + payload)
    assert b"body" not in data


@pytest.mark.parametrize("body", [b"", b"x", bytes(5000), b"offset"])
def test_what_is_written_is_read(tmp_path: Path, body: bytes) -> None:
    data, _ = encode_record(SYNC, BLOCK, 3, body, None)
    assert stored(tmp_path, data) == body
    assert stored(tmp_path, b"before" + data + b"behind", 6) == body
    assert stored(tmp_path, b"before" + data + b"behind", 6, size=len(data)) == body


GOOD = record(SYNC, 4, 3, b"body")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x09",
        b"\x80" * 30,
        GOOD[9:],  # no sync
        GOOD.replace(b"\x18\x03", b""),  # no seq
        GOOD.replace(b"\x20\x01", b""),  # no codec
        GOOD.replace(b"\x28\x04", b""),  # no raw_size
        GOOD.replace(b"\x10\x04", b""),  # no kind
        GOOD.replace(b"\x10\x04", b"\x10\x84\x00"),  # padded
        GOOD.replace(b"\x10\x04", b"\x10\x05\x10\x04"),  # repeated
        GOOD + b"\x42\x04body",
        GOOD + b"\x3a\x00",  # an empty nonce
        GOOD + b"\x48\x01",  # an unknown field
        GOOD + b"\x4a\x00",
        b"\x48\x01" + GOOD,
        GOOD.replace(b"\x28\x04", b"\x28\x05"),
        GOOD.replace(b"\x18\x03", b"\x18\x04"),
        GOOD.replace(b"body", b"bodY"),
        record(SYNC, 0, 3, b"body"),
        record(SYNC, 4, 3, b"body", codec=0),
    ],
)
def test_any_other_form_is_refused(data: bytes) -> None:
    parse_envelope(GOOD)
    with pytest.raises(DamagedFileError):
        parse_envelope(data)


@pytest.mark.parametrize("field", [b"\x28\x00", b"\x18\x00"], ids=["raw_size", "seq"])
def test_a_number_that_is_0_has_to_be_there(field: bytes) -> None:
    # Left out, it has the same value, and the checksum is right.
    data = record(SYNC, 6, 0, b"")
    assert data.count(field) == 1
    parse_envelope(data)
    with pytest.raises(DamagedFileError, match="well-formed"):
        parse_envelope(data.replace(field, b""))


NUMBERS = st.integers(0, 2**64 - 1) | st.integers(0, 300)


@given(st.integers(1, 255), st.integers(1, 255), NUMBERS, NUMBERS, st.binary(max_size=300), st.binary(max_size=300))
def test_the_shortest_form_has_the_size_that_protobuf_says(
    kind: int, codec: int, seq: int, raw_size: int, nonce: bytes, payload: bytes
) -> None:
    message = Record(sync=0, kind=kind, seq=seq, codec=codec, raw_size=raw_size, crc32=0, nonce=nonce, payload=payload)  # type: ignore[arg-type]  # numbers
    assert _shortest_size(message, len(payload)) == message.ByteSize()


def test_kinds_above_a_byte_are_refused() -> None:
    data = GOOD.replace(b"\x10\x04", b"\x10\x84\x02")
    with pytest.raises(DamagedFileError, match="well-formed"):
        parse_envelope(data)


def test_every_flipped_bit_of_an_empty_record_is_noticed(tmp_path: Path) -> None:
    # The raw_size of 0: as an unknown field it would leave all values as they are.
    data, _ = encode_record(SYNC, RecordKind.RECORD_KIND_INDEX, 3, b"", None)
    for bit in range(8 * 10, 8 * len(data)):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DamagedFileError):
            stored(tmp_path, bytes(damaged))


@pytest.mark.parametrize(
    ("prefix", "error"),
    [
        (bytes([len(GOOD) | 128, 0]), DamagedFileError),  # padded
        (b"\xff" * 5, DamagedFileError),
        (encode_varint(2**35), DamagedFileError),
        (encode_varint(2**35 - 1), LimitError),
        (encode_varint(LIMIT + 1), LimitError),
        (encode_varint(LIMIT), TruncatedFileError),
        (encode_varint(len(GOOD) + 1), TruncatedFileError),
        (encode_varint(len(GOOD) - 1), DamagedFileError),
    ],
)
def test_a_wrong_length(tmp_path: Path, prefix: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        stored(tmp_path, b"12345" + prefix + GOOD, 5)
    assert type(caught.value) is error
    one_line(caught.value, tmp_path / "file", "(at byte ")


@pytest.mark.parametrize("rest", [b"", b"\x80", b"\xff\xff\xff\xff"])
def test_a_length_that_is_cut_off(tmp_path: Path, rest: bytes) -> None:
    with pytest.raises(TruncatedFileError, match="cut off"):
        stored(tmp_path, b"12345" + rest, 5)


@pytest.mark.parametrize("size", [0, 1, len(GOOD), len(GOOD) + 2])
def test_a_size_that_is_not_the_listed_one(tmp_path: Path, size: int) -> None:
    with pytest.raises(DamagedFileError):
        stored(tmp_path, encode_varint(len(GOOD)) + GOOD + b"behind", size=size)


@pytest.mark.parametrize("size", [LIMIT + 6, 2**63, 2**64 - 1])
def test_a_listed_size_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path, size: int) -> None:
    with pytest.raises(LimitError, match=f"{size} bytes"):
        stored(tmp_path, encode_varint(len(GOOD)) + GOOD, size=size)


@pytest.mark.parametrize("raw_size", [LIMIT + 1, 2**32, 2**63, 2**64 - 1])
def test_a_body_beyond_the_limit_is_refused(tmp_path: Path, raw_size: int) -> None:
    data = record(SYNC, 4, 3, b"body", raw_size=raw_size)
    with pytest.raises(LimitError, match=f"a body of {raw_size} bytes"):
        stored(tmp_path, encode_varint(len(data)) + data)


def test_sealed_and_plain_records_are_not_taken_for_each_other(tmp_path: Path, seal: Seal) -> None:
    path = tmp_path / "file"

    def opened(data: bytes, with_seal: Seal | None) -> bytes:
        path.write_bytes(data)
        with BytesSource(path) as source:
            return open_body(read_stored(source, 0, LIMIT), with_seal, LIMIT, source)

    sealed, _ = encode_record(SYNC, BLOCK, 3, b"body", seal)
    plain, _ = encode_record(SYNC, BLOCK, 3, b"body", None)
    assert opened(sealed, seal) == opened(plain, None) == b"body"
    with pytest.raises(DamagedFileError, match="not encrypted"):
        opened(sealed, None)
    with pytest.raises(AuthenticationError, match="plain record"):
        opened(plain, seal)
    for kind in (RecordKind.RECORD_KIND_PREAMBLE, RecordKind.RECORD_KIND_HEADER, RecordKind.RECORD_KIND_TRAILER):
        with pytest.raises(AuthenticationError, match="plain record"):  # no kind is exempt
            opened(encode_record(SYNC, kind, 3, b"body", None)[0], seal)
    short = record(SYNC, 4, 3, b"p" * 15, nonce=b"n" * 12)
    with pytest.raises(AuthenticationError, match="plain record"):
        opened(encode_varint(len(short)) + short, seal)
    other = Seal(seal.file_key, b"another header".ljust(32))
    with pytest.raises(AuthenticationError, match="does not authenticate"):
        opened(sealed, other)


@pytest.mark.parametrize("change", [{"kind": 6}, {"seq": 4}, {"codec": 2}, {"raw_size": 5}])
def test_the_envelope_of_a_sealed_record_is_authenticated(tmp_path: Path, seal: Seal, change: dict[str, int]) -> None:
    data, _ = encode_record(SYNC, BLOCK, 3, b"body", seal)
    envelope = fields(data[1:])
    values = {"kind": 4, "seq": 3, "codec": 1, "raw_size": 4, **change}
    forged = record(
        SYNC,
        values["kind"],
        values["seq"],
        envelope[8][0],
        codec=values["codec"],
        raw_size=values["raw_size"],
        nonce=envelope[7][0],
    )
    path = tmp_path / "file"
    path.write_bytes(encode_varint(len(forged)) + forged)
    with BytesSource(path) as source, pytest.raises(AuthenticationError) as caught:
        open_body(read_stored(source, 0, LIMIT), seal, LIMIT, source)
    one_line(caught.value, path, "(at byte 0)")
