"""Compression of record bodies: Zstandard, each body a frame of its own, never expanded beyond what was announced."""

from __future__ import annotations

import zstandard

from datumpb.errors import DamagedFileError
from datumpb.messages import Codec

# Measured in docs/decisions/0003-block-size-and-compression-level.md. The long search finds much in texts, but next to
# nothing where a glance leaves more than half, as it does of outlines, and takes twice the time of the short one.
_GLANCE, _LONG_SEARCH = 1, 15
_SHORT_SEARCH = zstandard.ZstdCompressionParameters(
    window_log=22,  # of bodies up to 4 MiB all, as with the long one; less for smaller ones
    hash_log=17,
    chain_log=16,
    search_log=1,
    min_match=3,
    target_length=20,
    strategy=zstandard.STRATEGY_BTULTRA,
    write_content_size=True,
    write_checksum=False,
)
# So much of a frame has at most 64 blocks of 128 KiB.
_PIECE = 256


def compress(body: bytes) -> tuple[Codec, bytes]:
    """Compress a body where that makes it smaller; return how it is stored, and the stored bytes."""
    if 2 * len(_at_level(_GLANCE, body)) > len(body):
        packed = zstandard.ZstdCompressor(compression_params=_SHORT_SEARCH).compress(body)
    else:
        packed = _at_level(_LONG_SEARCH, body)
    if len(packed) < len(body):
        return Codec.CODEC_ZSTD, packed
    return Codec.CODEC_NONE, body


def decompress(codec: Codec, stored: bytes, raw_size: int) -> bytes:
    """Return the body that `stored` stands for.

    Args:
        codec: How it is stored.
        stored: The stored bytes.
        raw_size: The size of the body, which the caller has checked against its limits. No more is ever allocated.

    Raises:
        DamagedFileError: The stored bytes do not give a body of this size.
    """
    if codec == Codec.CODEC_NONE:
        body = stored
    elif codec == Codec.CODEC_ZSTD:
        body = _decompress_zstd(stored, raw_size)
    else:
        message = f"unknown codec {codec}"
        raise DamagedFileError(message)
    if len(body) != raw_size:
        message = f"a body of {raw_size} bytes was announced, {len(body)} came"
        raise DamagedFileError(message)
    return body


def _at_level(level: int, body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=level, write_content_size=True, write_checksum=False).compress(body)


def _decompress_zstd(stored: bytes, raw_size: int) -> bytes:
    try:
        announced = zstandard.get_frame_parameters(stored).content_size
        if announced != raw_size:
            message = f"a body of {raw_size} bytes was announced, its Zstandard frame says otherwise"
            raise DamagedFileError(message)
        if not raw_size:
            _check_empty(stored)
            return b""
        return zstandard.ZstdDecompressor().decompress(stored, raw_size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        message = f"the Zstandard frame is damaged: {error}"
        raise DamagedFileError(message) from error


def _check_empty(stored: bytes) -> None:
    # Where a frame says that it is empty, python-zstandard's `decompress` does not look at what follows. Taken piece by
    # piece, a bomb is stopped at its start.
    frame = zstandard.ZstdDecompressor().decompressobj()
    sound = stored.startswith(zstandard.FRAME_HEADER)  # not a skippable frame
    for start in range(0, len(stored), _PIECE):
        sound = sound and not (frame.eof or frame.decompress(stored[start : start + _PIECE]) or frame.unused_data)
    if not (sound and frame.eof):
        message = "the Zstandard frame of an empty body is damaged, or something stands behind it"
        raise DamagedFileError(message)
