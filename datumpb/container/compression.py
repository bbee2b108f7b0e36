"""Compression of record bodies: Zstandard, each body a frame of its own, never expanded beyond what was announced."""

from __future__ import annotations

import zstandard

from datumpb.errors import DamagedFileError
from datumpb.messages import Codec

# Measured in docs/decisions/0003-block-size-and-compression-level.md.
LEVEL = 15


def compress(body: bytes) -> tuple[Codec, bytes]:
    """Compress a body where that makes it smaller; return how it is stored, and the stored bytes."""
    packed = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True, write_checksum=False).compress(body)
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


def _decompress_zstd(stored: bytes, raw_size: int) -> bytes:
    try:
        announced = zstandard.get_frame_parameters(stored).content_size
        if announced != raw_size:
            message = f"a body of {raw_size} bytes was announced, its Zstandard frame says otherwise"
            raise DamagedFileError(message)
        return zstandard.ZstdDecompressor().decompress(stored, raw_size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        message = f"the Zstandard frame is damaged: {error}"
        raise DamagedFileError(message) from error
