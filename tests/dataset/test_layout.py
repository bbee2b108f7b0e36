from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import datumpb as dp
from datumpb.dataset import layout
from datumpb.model.media_path import check_media_path
from tests.support.samples import write


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.jpg", "images/train/a.jpg"),
        ("a b/c.jpg", "images/train/a b/c.jpg"),
        ("漢字/é.png", "images/train/漢字/é.png"),
        (".hidden", "images/train/.hidden"),
        ("...", "images/train/..."),
        ("a%2Fb", "images/train/a%2Fb"),
        ("../a.jpg", "images/train/%2E%2E%2Fa.jpg"),
        ("/etc/passwd", "images/train/%2Fetc%2Fpasswd"),
        ("a//b", "images/train/a%2F%2Fb"),
        ("a/", "images/train/a%2F"),
        ("a\\b.jpg", "images/train/a%5Cb.jpg"),
        ("a\0b", "images/train/a%00b"),
        ("a/./é", "images/train/a%2F.%2F%C3%A9"),
        (".", "images/train/%2E"),
        ("..", "images/train/%2E%2E"),
    ],
)
def test_media_paths(name: str, expected: str) -> None:
    assert layout.media_path("images", "train", name) == expected


@given(
    st.text(min_size=1, max_size=400)
    | st.lists(st.sampled_from(["..", ".", "", "a", "é" * 150, "x" * 250, "\ud800", "C:", "\\"]), min_size=1).map(
        "/".join
    )
)
def test_any_name_gives_a_path_that_is_allowed_and_not_too_long(name: str) -> None:
    path = layout.media_path("images", "train", name or "-")
    check_media_path(path)
    assert path.startswith("images/train/")
    assert all(len(part.encode()) <= 200 for part in path.split("/"))
    assert len(path.encode()) < 2000


def test_names_that_are_too_long_are_cut_and_stay_apart() -> None:
    names = [f"{'x' * 300}{number}.jpg" for number in range(50)]
    paths = {layout.media_path("images", "train", name) for name in names}
    assert len(paths) == 50
    for path in paths:
        assert path.endswith(".jpg")
        assert PurePosixPath(path).name.startswith("xxxx")
    deep = {layout.media_path("images", "train", f"{'a/' * 2000}{number}.jpg") for number in range(5)}
    assert len(deep) == 5
    whole = "x" * 196 + ".jpg"
    assert layout.media_path("images", "train", whole) == f"images/train/{whole}"


@pytest.mark.parametrize("subset", ["train", "a b", "漢字", "train.v2", "-", "train-00001-of-00002"])
def test_annotation_files_of_subsets(subset: str) -> None:
    assert layout.annotation_file(Path("root"), subset) == Path("root", "annotations", f"{subset}.datum")


@pytest.mark.parametrize("subset", ["", ".", "..", ".a", "a/b", "../a", "a\\b", "a\0", "C:a", "x" * 201, "é" * 101])
def test_subsets_that_cannot_be_files(subset: str) -> None:
    with pytest.raises(dp.InvalidItemError, match="cannot be the name of a file"):
        layout.annotation_file(Path("root"), subset)


def test_what_an_annotation_file_is(tmp_path: Path) -> None:
    folder = tmp_path / "annotations"
    folder.mkdir()
    for name in ("b.datum", "a.datum", ".c.datum", "d.json", "e.datum.bak", ".f.1234.partial"):
        (folder / name).touch()
    (folder / "g.datum").mkdir()
    assert list(layout.annotation_files(tmp_path)) == ["a", "b"]
    assert layout.annotation_files(tmp_path / "none") == {}


def test_how_a_file_is_known(tmp_path: Path) -> None:
    assert layout.is_datum_file(write(tmp_path / "a", []))
    (tmp_path / "b").write_bytes(b"something else")
    assert not layout.is_datum_file(tmp_path / "b")
