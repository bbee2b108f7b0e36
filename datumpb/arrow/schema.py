"""The Arrow schema of items, and what stands in its metadata: version, categories, infos, media types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from google.protobuf import json_format

from datumpb.arrow.annotations import ANNOTATIONS
from datumpb.arrow.media import MEDIA
from datumpb.codec.meta import decode_meta, encode_meta
from datumpb.errors import DatumpbError, SourceFormatError
from datumpb.messages import Meta as MetaMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datumpb.model.meta import Meta

VERSION = "1"
VERSION_KEY = b"datumpb.version"
META_KEY = b"datumpb.meta"
FLOAT32_MAX = float(np.finfo(np.float32).max)

COLUMNS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("subset", pa.string(), nullable=False),
        pa.field("media", MEDIA),
        pa.field("attributes", pa.string(), nullable=False),
        pa.field("annotations", ANNOTATIONS, nullable=False),
    ]
)
"""The columns, without metadata."""


def schema_of(metas: Iterable[Meta]) -> pa.Schema:
    """Return the schema of items of subsets.

    Raises:
        InvalidItemError: A subset's name, infos or categories cannot be kept.
    """
    documents = [_within_float32(json_format.MessageToDict(encode_meta(meta))) for meta in metas]
    text = json.dumps(documents, ensure_ascii=False, separators=(",", ":"))
    return COLUMNS.with_metadata({VERSION_KEY: VERSION.encode(), META_KEY: text.encode()})


def metas_of(schema: pa.Schema) -> list[Meta]:
    """Return what holds for the items of each subset.

    Raises:
        SourceFormatError: The metadata are not what `schema_of` makes, or of another version.
    """
    metadata = schema.metadata or {}
    version = metadata.get(VERSION_KEY)
    if version != VERSION.encode():
        message = "not written by datumpb" if version is None else f"version {version[:20]!r} is not known"
        raise SourceFormatError(message, None, VERSION_KEY.decode())
    place = META_KEY.decode()
    try:
        documents = json.loads(metadata.get(META_KEY, b"").decode())
    except (ValueError, RecursionError) as error:
        message = "not JSON"
        raise SourceFormatError(message, None, place) from error
    if not isinstance(documents, list):
        message = "a list expected"
        raise SourceFormatError(message, None, place)
    try:
        return [decode_meta(json_format.ParseDict(document, MetaMessage())) for document in documents]
    except (json_format.ParseError, AttributeError, TypeError) as error:  # protobuf believes that a document is a map
        message = "not the message Meta as JSON"
        raise SourceFormatError(message, None, place) from error
    except DatumpbError as error:
        raise SourceFormatError(str(error), None, place) from error


def _within_float32(document: Any) -> Any:  # noqa: ANN401 -- whatever JSON can hold
    """Return a message's JSON with no float32 beyond the largest one.

    The shortest text that rounds to the largest float32, 3.4028235e+38, is a larger number, which protobuf refuses to
    read.
    """
    if isinstance(document, list):
        return [_within_float32(element) for element in document]
    if not isinstance(document, dict):
        return document
    return {
        key: [max(-FLOAT32_MAX, min(FLOAT32_MAX, number)) if isinstance(number, float) else number for number in value]
        if key == "f32" and isinstance(value, list)
        else _within_float32(value)
        for key, value in document.items()
    }
