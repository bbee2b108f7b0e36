"""Files to refuse: PREAMBLE and TRAILER wrong, files cut off, and files that are something else."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from conformance.make.case import Case, invalid, invalid_media, with_key
from conformance.make.entries import some
from conformance.make.forge import Forge, trailer
from datumpb import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCKS = [some(2), some(2, 2)]
_NOT = "NotADatumFile"
_CUT = "TruncatedFile"
_DAMAGED = "DamagedFile"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _other_files()
    yield from _preambles()
    yield from _cuts()
    yield from _trailers()


def _other_files() -> Iterator[Case]:
    yield invalid("not-empty-file", "a file of no bytes", b"", _NOT, _CUT)
    yield invalid("not-text", "text", b"This is a file of text, and longer than PREAMBLE is.\n" * 3, _NOT)
    yield invalid("not-short-text", "text that is shorter than PREAMBLE", b"hello\n", _NOT, _CUT)
    yield invalid("not-png", "a picture", b"\x89PNG\r\n\x1a\n" + bytes(100), _NOT)
    yield invalid("not-datumaro-binary", "a file of DatumaroBinary", b"signature:datumaro_binary" + bytes(100), _NOT)
    yield invalid("not-zeros", "zeros", bytes(200), _NOT)
    sound = Forge(_BLOCKS).make()
    yield invalid("not-at-its-start", "a sound file behind a byte that does not belong to it", b"\n" + sound, _NOT)
    text_mode = sound.replace(b"\r\n", b"\n")
    yield invalid("not-in-text-mode", "line ends changed, as a transfer in text mode does", text_mode, _NOT)


def _preambles() -> Iterator[Case]:
    sound = Forge(_BLOCKS).make()
    for at, what in (
        *((0, "length prefix"), (1, "tag of sync"), (11, "kind"), (13, "seq"), (15, "codec"), (17, "crc32")),
        *((21, "tag of payload"), (22, "size of payload"), (23, "tag of magic"), (24, "size of magic")),
    ):
        data = bytearray(sound)
        data[at] ^= 2
        note = f"PREAMBLE with another {what}"
        yield invalid(f"preamble-{what.replace(' ', '-')}", note, bytes(data), _DAMAGED, _NOT)
    data = bytearray(sound)
    data[28] ^= 0x20
    yield invalid("preamble-magic", "PREAMBLE with another magic", bytes(data), _NOT)
    data = bytearray(sound)
    data[5] ^= 1
    yield invalid("preamble-sync", "PREAMBLE with other sync bytes than all records have", bytes(data))
    nonce = b"\x32" + sound[1:21] + b"\x3a\x0c" + bytes(12) + sound[21:37]
    yield invalid("preamble-nonce", "PREAMBLE with a nonce", nonce + sound[37:], _DAMAGED, _NOT)
    yield invalid("preamble-alone", "PREAMBLE and nothing else", sound[:37], _CUT)


def _cuts() -> Iterator[Case]:
    forge = Forge(_BLOCKS, strange=[(4, 99, b"later")])
    data = forge.make()
    names = ["preamble", "header", "meta", "block", "unknown-kind", "second-block", "index", "footer"]
    at = 0
    for name, record in zip(names, forge.records, strict=True):
        # At or before byte 37 a file may as well be something else.
        error = (_CUT, _NOT) if at < 37 else (_CUT,)  # noqa: PLR2004 -- the size of PREAMBLE
        cut = data[: at + len(record) // 2]
        yield invalid(f"cut-inside-{name}", f"cut off inside of {name}", cut, *error)
        at += len(record)
        if name not in {"preamble", "footer"}:
            note = f"cut off behind {name}"
            yield invalid(f"cut-behind-{name}", note, data[:at], _CUT)
    yield invalid("cut-trailer-missing", "without TRAILER", data[:-48], _CUT)
    yield invalid("cut-last-byte", "without its last byte", data[:-1], _CUT)
    yield invalid("behind-one-byte", "a byte behind TRAILER", data + b"\0", _CUT, _DAMAGED)
    yield invalid("behind-a-copy", "the file twice", data * 2, _CUT, _DAMAGED)
    yield invalid("behind-second-trailer", "TRAILER twice", data + data[-48:], _CUT, _DAMAGED)
    sealed = Forge(_BLOCKS, key="first.txt").make()
    for name, cut in (("block", sealed[:300]), ("trailer-missing", sealed[:-48])):
        case = invalid(f"cut-encrypted-{name}", "an encrypted file cut off", cut, _CUT)
        yield with_key(case, "first.txt")
    within = b"".join(forge.records[:3]) + forge.records[3][:1]
    yield invalid("cut-inside-prefix", "cut off inside of a length prefix or right behind it", within, _CUT)


def _trailers() -> Iterator[Case]:
    lies: dict[str, Callable[[bytes, int, int], bytes]] = {
        "offset-0": lambda sync, offset, size: trailer(sync, 0, offset + size),
        "offset-of-header": lambda sync, offset, size: trailer(sync, 37, offset + size - 37),
        "offset-too-small": lambda sync, offset, size: trailer(sync, offset - 1, size + 1),
        "offset-too-large": lambda sync, offset, size: trailer(sync, offset + 1, size - 1),
        "offset-beyond": lambda sync, offset, size: trailer(sync, 2**64 - 1, size, offset + size + 48),
        "offset-wraps": lambda sync, offset, size: trailer(sync, 2**64 - size, offset + 2 * size, offset + size + 48),
        "size-0": lambda sync, offset, size: trailer(sync, offset + size, 0),
        "size-1": lambda sync, offset, size: trailer(sync, offset + size - 1, 1),
        "size-too-large": lambda sync, offset, size: trailer(sync, offset, size + 1, offset + size + 48),
        "size-huge": lambda sync, offset, size: trailer(sync, offset, 2**64 - 1, offset + size + 48),
        "file-size-too-small": lambda sync, offset, size: trailer(sync, offset, size, offset + size + 47),
        "file-size-too-large": lambda sync, offset, size: trailer(sync, offset, size, offset + size + 49),
        "file-size-huge": lambda sync, offset, size: trailer(sync, offset, size, 2**64 - 1),
    }
    for name, end in lies.items():
        note = f"TRAILER that lies: {name.replace('-', ' ')}"
        yield invalid(f"trailer-{name}", note, Forge(_BLOCKS, end=end))
    data = Forge(_BLOCKS).make()
    for at, what in ((11, "kind"), (13, "codec"), (15, "crc32"), (19, "tag-of-payload"), (20, "size-of-payload")):
        changed = bytearray(data)
        changed[at - 48] ^= 4
        yield invalid(f"trailer-{what}", f"TRAILER with another {what}", bytes(changed))
    for at, what in ((0, "prefix"), (3, "sync")):
        changed = bytearray(data)
        changed[at - 48] ^= 4
        yield invalid(f"trailer-{what}", f"TRAILER with another {what}", bytes(changed), _CUT, _DAMAGED)
    yield invalid("trailer-field-order", "TRAILER with its payload in another order", Forge(_BLOCKS, end=_reordered))
    yield invalid("trailer-of-another-file", "TRAILER of another file", _foreign(data), _CUT, _DAMAGED)
    media = Forge(media=[b"abc"], meta=messages.MediaMeta(path="a"), key="first.txt").make()
    yield invalid_media("media-cut", "a media file without its end", media[:-20], "a", "first.txt", _CUT)
    yield invalid_media("media-behind", "a byte behind a media file", media + b"\0", "a", "first.txt", _CUT, _DAMAGED)


def _reordered(sync: bytes, offset: int, size: int) -> bytes:
    body = struct.pack("<BQBQBQ", 0x11, size, 0x09, offset, 0x19, offset + size + 48)
    crc32 = zlib.crc32(b"DTPB\x01\x08\x01" + bytes(17) + body)
    return b"\x2f\x09" + sync + b"\x10\x08\x20\x01\x35" + struct.pack("<I", crc32) + b"\x42\x1b" + body


def _foreign(data: bytes) -> bytes:
    return data[:-48] + Forge([some(1)]).make()[-48:]
