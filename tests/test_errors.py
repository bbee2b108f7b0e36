"""Errors reach another process as they are."""

from __future__ import annotations

import pickle

import pytest

import datumpb as dp

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
