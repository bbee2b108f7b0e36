"""On the command line: an old encrypted dataset is told, looked into and converted with its key."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object, status: int = 0) -> str:
    command = [sys.executable, "-m", "datumpb", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == status, done.stderr
    assert KEY not in done.stdout + done.stderr
    return done.stderr if status else done.stdout


@pytest.fixture
def old(tmp_path: Path) -> Path:
    item = dp.Item("a/b", "t", dp.Image(dp.MediaRef(data=b"\x89PNG picture")), annotations=[dp.Caption("hello")])
    dataset = dp.Dataset.from_iterable([item], categories=["cat"])
    dataset.export(tmp_path / "old", "datumaro_binary", save_media=True, encryption=True, encryption_key=KEY)
    (tmp_path / "old" / "secret_key.txt").write_text(KEY)
    return tmp_path / "old"


def test_an_old_encrypted_dataset_becomes_ours(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    key_file = old / "secret_key.txt"
    run("convert", "-i", old, "-o", new, "-f", "datumpb", "--encryption", "--key-file", key_file, "--save-media")
    (item,) = dp.Dataset.import_from(new, "datumpb", encryption_key=KEY)
    assert item.annotations == [dp.Caption("hello")]
    assert isinstance(item.media, dp.Image)
    assert item.media.file is not None
    assert item.media.file.encrypted
    assert item.media.file.read() == b"\x89PNG picture"
    run("convert", "-i", new, "-o", tmp_path / "back", "-f", "datumaro_binary", "--key-file", key_file)
    (item,) = dp.Dataset.import_from(tmp_path / "back", "datumaro_binary")
    assert item.annotations == [dp.Caption("hello")]


def test_looking_into_it(old: Path) -> None:
    key_file = old / "secret_key.txt"
    assert run("detect", old) == "datumaro_binary\n"
    for path in (old, old / "annotations" / "t.datum"):
        assert json.loads(run("cat", path, "--key-file", key_file))["id"] == "a/b"
    found = json.loads(run("info", old, "--json", "--key-file", key_file))
    assert found["encrypted"] is True
    assert found["items"] == 1


def test_keys(old: Path, tmp_path: Path) -> None:
    file = old / "annotations" / "t.datum"
    error = run("convert", "-i", old, "-o", tmp_path / "new", "-f", "datumpb", status=1)
    assert error.startswith(f"datumpb: error: {file}: encrypted; its key is needed")
    wrong = tmp_path / "wrong.key"
    wrong.write_text(dp.generate_key())
    error = run("convert", "-i", old, "-o", tmp_path / "new", "-f", "datumpb", "--key-file", wrong, status=1)
    assert error.startswith("datumpb: error: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "new").exists()
