"""Errors reach another process as they are, and their texts are one line each, whatever the names in them are."""

from __future__ import annotations

import pickle

import pytest

import datumpb as dp
from datumpb import errors

ERRORS = [
    dp.DamagedFileError("checksum mismatch", "a.datum", 7),
    dp.WrongKeyError("a.datum: wrong key"),
    dp.DuplicateItemError("item 'a' is there twice"),
    dp.ItemNotFoundError("no item 'a'"),
    dp.MediaNotFoundError("not there", "images/a.jpg"),
    dp.SourceFormatError("no list", "a.json", "images"),
    dp.LossyConversionError(["2 outlines", "1 mask"]),
    dp.OptionError("no option 'encrypt'"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: dp.DatumpbError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own bytes
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


ODD = "a\nb\x1b[2Jc\u2028d"
SHOWN = r"a\nb\x1b[2Jc\u2028d"


@pytest.mark.parametrize(
    "error",
    [
        errors.DatumpbError(ODD),
        errors.OptionError(ODD),
        errors.InvalidItemError(ODD),
        errors.ItemNotFoundError(ODD),
        errors.DamagedFileError(ODD, "a file", 3),
        errors.SourceFormatError(ODD, "a file", ODD),
        errors.SourceFormatError("wrong", None, ODD),
        errors.MediaNotFoundError(ODD),
        errors.MediaNotFoundError("gone", ODD),
        errors.LossyConversionError([ODD, "more"]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_no_terminal_should_get_is_escaped(error: errors.DatumpbError) -> None:
    assert str(error).isprintable()
    assert SHOWN in str(error)


def test_all_other_text_stays_as_it_is() -> None:
    assert str(errors.SourceFormatError("no 'é漢😀'", "a b", "line 1")) == "a b: line 1: no 'é漢😀'"
