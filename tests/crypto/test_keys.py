from __future__ import annotations

import base64
import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from datumpb.crypto.keys import generate_key, parse_key, read_key_file, write_key_file
from datumpb.errors import InvalidKeyError
from tests.support.samples import KEY, one_line

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_key_is_50_characters_that_stand_for_32_bytes() -> None:
    keys = {generate_key() for _ in range(50)}
    assert len(keys) == 50
    for key in keys:
        assert len(key) == 50
        assert parse_key(key) == base64.urlsafe_b64decode(key[6:])
        assert len(parse_key(key)) == 32


def test_a_key_is_text_or_the_bytes_of_that_text() -> None:
    assert parse_key(KEY) == parse_key(KEY.encode()) == bytes(range(32))


BODY = KEY[6:]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "datum-",
        BODY,
        KEY[:-1],
        KEY + "=",
        KEY + "\n",
        " " + KEY,
        "DATUM-" + BODY,
        "datum_" + BODY,
        KEY[:20] + "+" + KEY[21:],  # the other base64 alphabet
        KEY[:20] + "/" + KEY[21:],
        KEY[:20] + " " + KEY[21:],
        KEY[:20] + "\0" + KEY[21:],
        KEY[:20] + "é" + KEY[22:],  # fifty bytes
        KEY[:20] + "é" + KEY[21:],  # fifty characters
        KEY[:20] + "\ud800" + KEY[21:],
        KEY[:-1] + "A",  # 33 bytes
        KEY[:-2] + "==",  # 31 bytes
        "datum-" + "=" * 44,
        KEY[:-2] + "9=",  # bits behind the last byte
        b"datum-" + b"\xff" * 44,
        bytes(range(32)),
    ],
)
def test_what_is_no_key_is_refused_and_never_shown(key: str | bytes) -> None:
    with pytest.raises(InvalidKeyError) as caught:
        parse_key(key)
    text = one_line(caught.value)
    assert text.startswith("invalid key")
    shown = key if isinstance(key, str) else key.decode("latin-1")
    if len(shown) > 6:
        assert shown not in text
        assert shown[10:30] not in f"{text} {caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_the_length_that_a_key_should_have_is_told() -> None:
    with pytest.raises(InvalidKeyError, match="it has 3 characters, a key has 50"):
        parse_key("abc")


@pytest.mark.parametrize("text", [KEY, f"{KEY}\n", f"\n  {KEY}\r\n\n"])
def test_a_key_file_may_have_white_space(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    assert read_key_file(path) == KEY


def test_a_key_file_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY[:-2])
    with pytest.raises(InvalidKeyError) as caught:
        read_key_file(path)
    one_line(caught.value, path, "48")
    assert KEY[6:30] not in str(caught.value)
    for other in (tmp_path / "none", tmp_path):
        with pytest.raises(InvalidKeyError) as caught:
            read_key_file(other)
        one_line(caught.value, other, "cannot read the key file")


def test_a_large_file_given_for_a_key_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InvalidKeyError, match="it has 4096 characters"):
        read_key_file(path)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_key_file_is_for_its_owner_only(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "key"
    before = os.umask(mask)
    try:
        write_key_file(path, KEY)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == KEY


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path, link = tmp_path / "key", tmp_path / "link"
    path.write_text("old")
    link.symlink_to(tmp_path / "elsewhere")
    for target in (path, link):
        with pytest.raises(FileExistsError):
            write_key_file(target, KEY)
    assert path.read_text() == "old"
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_file_that_could_not_be_written_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_key_file(tmp_path / "key", KEY)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_no_key_and_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".key.partial").write_text(KEY[:20])
    write_key_file(tmp_path / "key", KEY)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("key", KEY)]


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    write_key_file(tmp_path / "key", KEY)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("key", KEY)]
    with pytest.raises(FileExistsError):
        write_key_file(tmp_path / "key", KEY)


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127])
def test_a_key_file_with_the_longest_name(tmp_path: Path, name: str) -> None:
    write_key_file(tmp_path / name, KEY)
    assert read_key_file(tmp_path / name) == KEY
