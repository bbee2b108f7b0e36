"""Dataset metadata through bytes."""

from __future__ import annotations

import pytest
from hypothesis import given

from datumpb import messages
from datumpb.codec.meta import decode_meta, encode_meta
from datumpb.errors import DamagedFileError, InvalidItemError, UnknownDataWarning, UnsupportedFileError
from datumpb.model.categories import Categories
from datumpb.model.media import MediaType
from datumpb.model.meta import Meta
from tests.support import strategies


@given(strategies.METAS)
def test_metadata_comes_back_identical(meta: Meta) -> None:
    assert decode_meta(messages.Meta.FromString(encode_meta(meta).SerializeToString())) == meta


def test_media_types_have_the_numbers_of_the_schema() -> None:
    assert {f"MEDIA_TYPE_{kind.name}": kind.value for kind in MediaType} == dict(messages.MediaType.items())


def test_no_categories_take_no_space() -> None:
    assert encode_meta(Meta(subset="a")).SerializeToString() == b"\x0a\x01a\x20\x02"


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        (Meta(subset=""), "a subset needs a name"),
        (Meta(subset=None), "subset name None is not text"),  # type: ignore[arg-type]  # wrong on purpose
        (Meta("a", infos={"k": {1}}), r"subset 'a': infos\['k'\]: builtins.set is no type"),  # type: ignore[dict-item]  # wrong on purpose
        (Meta("a", categories=Categories.from_labels([None])), "subset 'a': label 0: name None is not text"),  # type: ignore[list-item]  # wrong on purpose
        (Meta("a", media_type=2), "subset 'a': media_type 2 is no MediaType"),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_what_cannot_be_held_is_refused(meta: Meta, problem: str) -> None:
    with pytest.raises(InvalidItemError, match=f"^{problem}"):
        encode_meta(meta)


def test_a_message_without_subset_is_damaged() -> None:
    with pytest.raises(DamagedFileError, match="no name"):
        decode_meta(messages.Meta())


def test_an_unknown_media_type_warns() -> None:
    message = messages.Meta.FromString(b"\x0a\x01a\x20\x63")
    with pytest.warns(UnknownDataWarning, match="media type 99"):
        assert decode_meta(message) == Meta("a", media_type=MediaType.UNSPECIFIED)


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(UnsupportedFileError):
        decode_meta(messages.Meta(subset="a", infos=[messages.Attribute(key="k")]))
