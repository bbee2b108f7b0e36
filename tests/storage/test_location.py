"""Locations: which texts are URLs, the parts of these, and what of them is shown."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from datumpb.storage.location import RemotePath, location


@pytest.mark.parametrize("text", ["a/b", "C:\\a", "C://a", "a::b", "s3:/a", ""])
def test_paths_that_are_no_urls(text: str) -> None:
    assert isinstance(location(text), Path)


@pytest.mark.parametrize(
    ("url", "parent", "name"),
    [
        ("s3://bucket/set/a.datum", "s3://bucket/set", "a.datum"),
        ("memory://a.datum", "memory://", "a.datum"),
        ("https://host/a.datum?signature=abc", "https://host", "a.datum"),
        ("https://host", "https://host", "host"),
        ("zip://set/a.datum::file:///b/c.zip", "zip://set::file:///b/c.zip", "a.datum"),
        ("simplecache::s3://bucket/set/a.datum", "simplecache::s3://bucket/set", "a.datum"),
    ],
)
def test_the_parts_of_a_url(url: str, parent: str, name: str) -> None:
    path = RemotePath(url)
    assert (path.parent.url, path.name) == (parent, name)
    assert (path.stem, path.suffix) == (Path(name).stem, Path(name).suffix)
    assert pickle.loads(pickle.dumps(path)) == path  # noqa: S301 -- our own


def test_neither_password_nor_signature_is_shown() -> None:
    path = RemotePath("https://me:secret@host/a.datum?X-Signature=secret")
    assert str(path) == "https://...@host/a.datum?..."
    assert "secret" not in repr(path)
    assert "secret" not in path.without_secrets(f"cannot reach {path.url}, really")
