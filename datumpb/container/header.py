"""HEADER: what a reader has to know before anything else, and the refusal of what it cannot read right."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from datumpb.container.ends import PREAMBLE_SIZE, SYNC_SIZE, preamble, read_preamble
from datumpb.container.record import Seal, expect, open_body, read_stored
from datumpb.crypto.aead import COMMITMENT_SIZE, SALT_SIZE, FileKey, new_salt
from datumpb.crypto.keys import parse_key
from datumpb.errors import (
    DamagedFileError,
    LimitError,
    MissingKeyError,
    UnexpectedKeyError,
    UnsupportedFileError,
    WrongKeyError,
)
from datumpb.messages import Aead, ContentType, Encryption, Header, RecordKind, file_descriptor_set
from datumpb.version import __version__

if TYPE_CHECKING:
    from datumpb.container.bytes_source import BytesSource
    from datumpb.container.record import StoredRecord

FORMAT_MAJOR = 1
FORMAT_MINOR = 0
HEADER_SEQ = 1
HEADER_LIMIT = 1 << 20
DEFAULT_MAX_RECORD_SIZE = (4 << 20) - 1
READER_MAX_RECORD_SIZE = 1 << 28
KNOWN_FEATURES: frozenset[str] = frozenset()
WRITER_NAME = "datumpb"


@dataclass(frozen=True, slots=True)
class FileHead:
    """What the start of a file says.

    Attributes:
        sync: The number in every record's `sync`.
        header: The body of HEADER.
        header_hash: SHA-256 of the file from its start to the end of HEADER.
        end: The offset behind HEADER.
        crc32: HEADER's checksum.
    """

    sync: bytes
    header: Header
    header_hash: bytes
    end: int
    crc32: int

    @property
    def sync_number(self) -> int:
        """The sync bytes as the number that `Record.sync` holds."""
        return int.from_bytes(self.sync, "little")


def new_header(content: ContentType, max_record_size: int, key: str | bytes | None) -> tuple[Header, FileKey | None]:
    """Make the HEADER of a new file.

    Args:
        content: What the file will hold.
        max_record_size: The largest record and body, in bytes.
        key: The user's key; None: the file is not encrypted.

    Raises:
        InvalidKeyError: The key is not one.
    """
    header = Header(
        format_major=FORMAT_MAJOR,
        format_minor=FORMAT_MINOR,
        content=content,
        max_record_size=max_record_size,
        writer_name=WRITER_NAME,
        writer_version=__version__,
    )
    if content == ContentType.CONTENT_TYPE_ANNOTATIONS:
        header.file_descriptor_set = file_descriptor_set()
    return header, set_key(header, key)


def set_key(header: Header, key: str | bytes | None) -> FileKey | None:
    """Let HEADER say that the file is encrypted, with a new salt, or that it is not; return how.

    Raises:
        InvalidKeyError: The key is not one.
    """
    header.ClearField("encryption")
    if key is None:
        return None
    salt = new_salt()
    file_key = FileKey.derive(parse_key(key), salt)
    encryption = Encryption(aead=Aead.AEAD_AES_256_GCM, salt=salt, commitment=file_key.commitment)
    header.encryption.CopyFrom(encryption)
    return file_key


def sync_bytes(header: bytes, meta: bytes, *, encrypted: bool) -> bytes:
    """Choose a file's eight sync bytes: a hash, so that equal input gives equal files.

    META takes part where it is no secret; an encrypted file differs by its salt, which is in HEADER.
    """
    return hashlib.sha256(b"datumpb/v1/sync" + header + (b"" if encrypted else meta)).digest()[:SYNC_SIZE]


def read_head(source: BytesSource) -> FileHead:
    """Read PREAMBLE and HEADER, and refuse what this reader cannot read right.

    Raises:
        NotADatumFileError: The file is something else.
        UnsupportedFileError: It needs a newer reader.
        LimitError: It asks for larger records than this reader accepts.
        DamagedFileError: It is damaged.
    """
    sync = read_preamble(source)
    return parse_head(sync, read_stored(source, PREAMBLE_SIZE, HEADER_LIMIT), source)


def parse_head(sync: bytes, record: StoredRecord, source: BytesSource) -> FileHead:
    """Read HEADER, and refuse what this reader cannot read right.

    Args:
        sync: The file's sync bytes.
        record: The record where HEADER belongs.
        source: The file.

    Raises:
        UnsupportedFileError: The file needs a newer reader.
        LimitError: It asks for larger records than this reader accepts.
        DamagedFileError: It is damaged.
    """
    expect(record, RecordKind.RECORD_KIND_HEADER, HEADER_SEQ, int.from_bytes(sync, "little"), source)
    body = open_body(record, None, HEADER_LIMIT, source)
    try:
        header = Header.FromString(body)
    except DecodeError as error:
        message = "HEADER cannot be parsed"
        raise DamagedFileError(message, source.path, PREAMBLE_SIZE) from error
    _check(header, source)
    # PREAMBLE is the same in all files but for the sync bytes, so that a damaged one does not matter here.
    digest = hashlib.sha256(preamble(sync) + source.read_at(record.offset, record.size)).digest()
    return FileHead(sync, header, digest, record.end, record.message.crc32)


def unlock(head: FileHead, key: str | bytes | None, source: BytesSource) -> Seal | None:
    """Return how the file's records are encrypted, or None where they are not.

    Raises:
        MissingKeyError: The file is encrypted, and there is no key.
        UnexpectedKeyError: There is a key, and the file is not encrypted.
        InvalidKeyError: The key is not one.
        WrongKeyError: The file was encrypted with another key.
    """
    encrypted = head.header.HasField("encryption")
    if key is None:
        if encrypted:
            message = f"{source.path!s}: the file is encrypted: give its key"
            raise MissingKeyError(message)
        return None
    raw_key = parse_key(key)
    if not encrypted:
        message = f"{source.path!s}: a key was given, but the file is not encrypted; was it replaced by another?"
        raise UnexpectedKeyError(message)
    encryption = head.header.encryption
    file_key = FileKey.derive(raw_key, encryption.salt)
    if not file_key.committed_to(encryption.commitment):
        message = f"{source.path!s}: wrong key: the file was encrypted with another one"
        raise WrongKeyError(message)
    return Seal(file_key, head.header_hash)


def _check(header: Header, source: BytesSource) -> None:
    place = (source.path, PREAMBLE_SIZE)
    if header.format_major > FORMAT_MAJOR:
        message = f"format version {header.format_major}.{header.format_minor} needs a newer datumpb than {__version__}"
        raise UnsupportedFileError(message, *place)
    if header.format_major == 0:
        message = "HEADER states no format version"
        raise DamagedFileError(message, *place)
    unknown = [feature for feature in header.required_features if feature not in KNOWN_FEATURES]
    if unknown:
        message = f"the file requires {unknown[0]!r}, which datumpb {__version__} does not know"
        raise UnsupportedFileError(message, *place)
    if header.max_record_size > READER_MAX_RECORD_SIZE:
        message = (
            f"records of {header.max_record_size} bytes are announced, this reader's limit is {READER_MAX_RECORD_SIZE}"
        )
        raise LimitError(message, *place)
    if header.max_record_size == 0:
        message = "HEADER states no limit for records"
        raise DamagedFileError(message, *place)
    if header.HasField("encryption"):
        encryption = header.encryption
        if encryption.aead != Aead.AEAD_AES_256_GCM:
            message = f"the file is encrypted by a method ({encryption.aead}) that datumpb {__version__} does not know"
            raise UnsupportedFileError(message, *place)
        if len(encryption.salt) != SALT_SIZE or len(encryption.commitment) != COMMITMENT_SIZE:
            message = "the encryption parameters in HEADER have the wrong size"
            raise DamagedFileError(message, *place)
