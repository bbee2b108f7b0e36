"""Media paths: those inside the dataset, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given

from datumpb.errors import MediaPathError
from datumpb.model.media_path import check_media_path
from tests.support import strategies


@pytest.mark.parametrize(
    "path",
    ["a", "images/train/a.jpg", "a b/é/漢.png", "..a", "a..", "...", ".hidden", "a/.b", "10:30.jpg", "a/C:", "~"],
)
def test_paths_inside(path: str) -> None:
    check_media_path(path)


@given(strategies.MEDIA_PATHS)
def test_any_names_may_be_parts(path: str) -> None:
    check_media_path(path)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "empty part"),
        (".", "empty part"),
        ("..", '".."'),
        ("/", "relative"),
        ("/etc/passwd", "relative"),
        ("//host/share", "relative"),
        ("../a", '".."'),
        ("a/../b", '".."'),
        ("a/..", '".."'),
        ("./a", '"."'),
        ("a/./b", '"."'),
        ("a//b", "empty part"),
        ("a/", "empty part"),
        ("a\\b", "backslash"),
        ("..\\a", "backslash"),
        ("\\\\host\\share", "backslash"),
        ("a\0b", "NUL"),
        ("a/\ud800.png", "surrogate"),
        ("a\udcff", "surrogate"),
        ("C:", "drive"),
        ("C:/a", "drive"),
        ("c:a", "drive"),
        ("C:\\a", "drive"),
    ],
)
def test_paths_outside(path: str, problem: str) -> None:
    with pytest.raises(MediaPathError, match=problem) as caught:
        check_media_path(path)
    assert caught.value.path == path
