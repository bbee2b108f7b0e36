"""Dataset metadata, from and to messages (schema: `meta.proto`)."""

from __future__ import annotations

import warnings

from datumpb import messages
from datumpb.codec import fields
from datumpb.codec.categories import decode_categories, encode_categories
from datumpb.codec.values import decode_attributes, encode_attributes
from datumpb.errors import DamagedFileError, InvalidItemError, UnknownDataWarning
from datumpb.model.media import MediaType
from datumpb.model.meta import Meta

_MEDIA_TYPES = {media_type.value: media_type for media_type in MediaType}


def encode_meta(meta: Meta) -> messages.Meta:
    """Make a message of a subset's metadata.

    Raises:
        InvalidItemError: Something in it is not what the format can hold; the text names subset and field.
    """
    message = messages.Meta()
    message.subset = fields.text(meta.subset, "subset name")
    if not meta.subset:
        text = "a subset needs a name that is not empty"
        raise InvalidItemError(text)
    try:
        encode_attributes(meta.infos, message.infos, "infos")
        encode_categories(meta.categories, message.categories)
        media_type = fields.instance(meta.media_type, MediaType, "media_type")
    except InvalidItemError as error:
        text = f"subset {meta.subset!r}: {error}"
        raise InvalidItemError(text) from error
    message.media_type = media_type.value  # type: ignore[assignment]  # numbers as in the schema
    return message


def decode_meta(message: messages.Meta) -> Meta:
    """Return the metadata of a message.

    A media type that only a later version knows becomes `MediaType.UNSPECIFIED`, with an `UnknownDataWarning`.

    Raises:
        DamagedFileError: The message is not what the schema allows.
        UnsupportedFileError: A value is of a kind that this version does not know.
    """
    if not message.subset:
        text = "the subset has no name"
        raise DamagedFileError(text)
    media_type = _MEDIA_TYPES.get(message.media_type)
    if media_type is None:
        text = f"subset {message.subset!r}: media type {message.media_type} is one that only a later version knows"
        warnings.warn(text, UnknownDataWarning, stacklevel=2)
    return Meta(
        subset=message.subset,
        infos=decode_attributes(message.infos),
        categories=decode_categories(message.categories),
        media_type=media_type or MediaType.UNSPECIFIED,
    )
