from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]
    Tree = Callable[[Path], dict[str, bytes]]


def document(folder: Path) -> object:
    return json.loads((folder / "annotations" / "instances_train.json").read_text())


def test_there_and_back(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    there = datumpb("convert", "-i", coco, "-if", "coco", "-o", tmp_path / "out", "-f", "datumpb", "--save-media")
    assert (there.status, there.err) == (0, "")
    back = datumpb("convert", "-i", tmp_path / "out", "-o", tmp_path / "back", "-f", "coco", "--save-media")
    assert (back.status, back.err) == (0, "")
    assert document(tmp_path / "back") == document(coco)
    pictures = sorted(file.name for file in (tmp_path / "back").rglob("*.png"))
    assert pictures == ["a.png", "b c.png", "é.png"]


def test_long_names(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    for number, output in enumerate(("--output-path", "--output-dir")):
        names = ("--format", "--output-format")[number]
        out = tmp_path / str(number)
        outcome = datumpb("convert", "--input-path", coco, "--input-format", "coco", output, out, names, "datumpb")
        assert outcome.status == 0
        assert (out / "annotations" / "train.datum").is_file()


def test_summary(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    lines = datumpb("convert", "-i", coco, "-o", tmp_path / "out", "-f", "datumpb").out.splitlines()
    assert lines[0] == f"{coco} (coco) -> {tmp_path / 'out'} (datumpb)"
    assert lines[1] == "  items        3 in 1 subset (train)"
    assert lines[2].startswith("  annotations  ")
    assert len(lines) == 3
    outcome = datumpb("convert", "-i", coco, "-o", tmp_path / "media", "-f", "datumpb", "--save-media")
    assert outcome.out.splitlines()[3].startswith("  media        ")


@pytest.mark.parametrize("dashes", [[], ["--"]])
def test_options_stand_on_either_side_of_dashes(datumpb: Run, coco: Path, tmp_path: Path, dashes: list[str]) -> None:
    options = [*dashes, "--save-media", "--encryption", "--no-media-encryption", "--save-dataset-meta"]
    outcome = datumpb("convert", "-i", coco, "-o", tmp_path / "out", "-f", "datumpb", *options)
    assert outcome.status == 0
    assert (tmp_path / "out" / "images" / "train" / "a.png").read_bytes() == (coco / "images/train/a.png").read_bytes()
    assert json.loads((tmp_path / "out" / "dataset_meta.json").read_text())["labels"] == ["kite"]
    assert (tmp_path / "out" / "secret_key.txt").is_file()


def test_losses_are_told(datumpb: Run, tmp_path: Path) -> None:
    item = dp.Item("1", annotations=[dp.RotatedBbox(1, 2, 3, 4, 5, label=0)])
    dp.Dataset.from_iterable([item], categories=["a"]).export(tmp_path / "in", "datumpb")
    outcome = datumpb("convert", "-i", tmp_path / "in", "-o", tmp_path / "out", "-f", "coco")
    assert outcome.status == 0
    assert outcome.err.startswith("datumpb: warning: not kept: 1 x ")


def test_overwrite(datumpb: Run, coco: Path, plain: Path, tree: Tree) -> None:
    before = tree(plain)
    assert str(plain) in datumpb("convert", "-i", coco, "-o", plain, "-f", "datumpb").error
    assert tree(plain) == before
    (plain / "annotations" / "train.datum").write_bytes(b"old")
    assert datumpb("convert", "-i", coco, "-o", plain, "-f", "datumpb", "--save-media", "--overwrite").status == 0
    assert tree(plain) == before


def test_new_key_in_the_folder(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    outcome = datumpb("convert", "-i", coco, "-o", tmp_path / "out", "-f", "datumpb", "--encryption")
    file = tmp_path / "out" / "secret_key.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert outcome.err.startswith("datumpb: warning: ")
    assert str(file) in outcome.err
    assert outcome.err.count("\n") == 1
    assert file.read_text() not in outcome.err + outcome.out
    assert len(datumpb("cat", tmp_path / "out", "--key-file", file).out.splitlines()) == 3


def test_new_key_in_a_file(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.key"
    arguments = ["-i", coco, "-o", tmp_path / "out", "-f", "datumpb", "--encryption", "--key-file", file]
    outcome = datumpb("convert", *arguments)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(file) in outcome.err
    assert not (tmp_path / "out" / "secret_key.txt").exists()
    assert len(datumpb("cat", tmp_path / "out", "--key-file", file).out.splitlines()) == 3


def test_key_of_a_file_that_exists(datumpb: Run, coco: Path, tmp_path: Path, key: str) -> None:
    file = tmp_path / "my.key"
    file.write_text(key + "\n")
    arguments = ["-i", coco, "-o", tmp_path / "out", "-f", "datumpb", "--encryption", "--key-file", file]
    assert datumpb("convert", *arguments).err == ""
    assert file.read_text() == key + "\n"
    assert not (tmp_path / "out" / "secret_key.txt").exists()
    assert len(datumpb("cat", tmp_path / "out", "--encryption-key", key).out.splitlines()) == 3


def test_one_key_opens_and_encrypts(datumpb: Run, encrypted: Path, tmp_path: Path, key: str) -> None:
    common = ["convert", "-i", encrypted, "-f", "datumpb", "--save-media", "--encryption-key", key]
    assert datumpb(*common, "--encryption", "-o", tmp_path / "again").status == 0
    assert len(datumpb("cat", tmp_path / "again", "--encryption-key", key).out.splitlines()) == 3
    assert datumpb(*common, "-o", tmp_path / "opened").status == 0
    assert len(datumpb("cat", tmp_path / "opened").out.splitlines()) == 3


def test_key_encrypts_a_plain_dataset(datumpb: Run, plain: Path, tmp_path: Path, key: str) -> None:
    arguments = ["-i", plain, "-o", tmp_path / "out", "-f", "datumpb", "--encryption", "--encryption-key", key]
    assert datumpb("convert", *arguments).status == 0
    assert len(datumpb("cat", tmp_path / "out", "--encryption-key", key).out.splitlines()) == 3


def test_unexpected_key(datumpb: Run, coco: Path, plain: Path, tmp_path: Path, key: str) -> None:
    for source in (coco, plain):
        common = ["-i", source, "-o", tmp_path / "out", "-f", "datumpb"]
        error = datumpb("convert", *common, "--encryption-key", key).error
        assert str(source) in error
        assert "not encrypted" in error
        assert not (tmp_path / "out").exists()


def test_format_without_encryption(datumpb: Run, plain: Path, tmp_path: Path) -> None:
    error = datumpb("convert", "-i", plain, "-o", tmp_path / "out", "-f", "coco", "--encryption").error
    assert "'coco'" in error
    assert "'encryption'" in error
    assert not (tmp_path / "out").exists()


def test_unknown_formats(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    common = ["convert", "-i", coco, "-o", tmp_path / "out"]
    assert "'nope'" in datumpb(*common, "-f", "nope").error
    assert "'nope'" in datumpb(*common, "-f", "coco", "-if", "nope").error


def test_options_that_need_each_other(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    outcome = datumpb("convert", "-i", coco, "-o", tmp_path / "out", "-f", "datumpb", "--no-media-encryption")
    assert outcome.status == 2
    assert "--encryption" in outcome.err
    assert not (tmp_path / "out").exists()
