"""Items as JSON, exact: nothing that JSON cannot say is said differently from how it was."""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from datumpb.model.annotations import Annotation, Mask
from datumpb.model.media import MEDIA_TYPES
from datumpb.model.value_text import Json, escaped_key, to_json

if TYPE_CHECKING:
    from datumpb.model.item import Item

# Valid in JSON as they are, but some take them for the end of a line, and some terminals for a command.
_ESCAPED = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}
_TYPED = (Annotation, *MEDIA_TYPES)


def item_line(item: Item) -> str:
    """Return an item as one line of JSON, without its end."""
    text = json.dumps(item_json(item), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def item_json(item: Item) -> dict[str, Json]:
    """Return an item as what `json` can write."""
    return {
        "id": item.id,
        "subset": item.subset,
        "media": _json(item.media),
        "attributes": _json(item.attributes),
        "annotations": [_json(annotation) for annotation in item.annotations],
    }


def _json(value: Any) -> Json:  # noqa: ANN401 -- any value of the model
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _object(value)
    if isinstance(value, np.ndarray):
        plain = value.dtype.kind != "f" or bool(np.isfinite(value).all())
        return value.tolist() if plain else _json(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_json(element) for element in value]
    if isinstance(value, dict):
        return {escaped_key(key): _json(element) for key, element in value.items()}
    if isinstance(value, enum.Enum):
        return value.name.lower()
    return to_json(value)


def _object(value: Any) -> dict[str, Json]:  # noqa: ANN401 -- any dataclass of the model
    fields = {field.name: _json(getattr(value, field.name)) for field in dataclasses.fields(value) if field.compare}
    if isinstance(value, Mask):
        fields["counts"] = value.counts.decode("latin-1")
    return {"type": type(value).__name__, **fields} if isinstance(value, _TYPED) else fields
