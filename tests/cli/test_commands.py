from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import numpy as np
import pytest

import datumpb as dp
from datumpb.dataset.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


def test_help_lists_every_command(datumpb: Run) -> None:
    outcome = datumpb("--help")
    assert outcome.status == 0
    for command in ("convert", "info", "cat", "verify", "detect", "formats", "keygen"):
        assert f"\n  {command} " in outcome.out


@pytest.mark.parametrize("command", ["convert", "info", "cat", "verify", "detect", "formats", "keygen"])
def test_help_of_every_command(datumpb: Run, command: str) -> None:
    outcome = datumpb(command, "-h")
    assert outcome.status == 0
    assert outcome.out.startswith(f"Usage: datumpb {command}")


def test_version(datumpb: Run) -> None:
    assert datumpb("--version").out == f"datumpb {dp.__version__}\n"


def test_formats(datumpb: Run) -> None:
    native, _ = datumpb("formats").out.split("\n\nThrough Datumaro")
    assert [line.split()[0] for line in native.splitlines()] == list(FORMATS)
    listed = json.loads(datumpb("formats", "--json").out)
    assert [entry["name"] for entry in listed if entry["through"] is None] == list(FORMATS)


def test_detect(datumpb: Run, coco: Path, plain: Path) -> None:
    assert datumpb("detect", coco).out == "coco\n"
    assert datumpb("detect", plain).out == "datumpb\n"
    document = json.loads(datumpb("detect", plain, "--json").out)
    assert document["format"] == "datumpb"
    assert document["reason"]


def test_detect_nothing(datumpb: Run, tmp_path: Path) -> None:
    assert str(tmp_path) in datumpb("detect", tmp_path).error
    assert "no-such" in datumpb("detect", tmp_path / "no-such").error


def test_keygen_prints_a_key(datumpb: Run) -> None:
    first, second = datumpb("keygen").out, datumpb("keygen").out
    assert first != second
    assert len(first) == 51
    assert first.startswith("datum-")


def test_keygen_writes_a_key_that_only_the_owner_can_read(datumpb: Run, tmp_path: Path) -> None:
    file = tmp_path / "my.key"
    outcome = datumpb("keygen", "-o", file)
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text()) == 50


def test_keygen_never_overwrites(datumpb: Run, tmp_path: Path) -> None:
    file = tmp_path / "my.key"
    file.write_text("something else")
    assert "my.key" in datumpb("keygen", "-o", file).error
    assert file.read_text() == "something else"


def test_info_of_a_coco_dataset(datumpb: Run, coco: Path) -> None:
    document = json.loads(datumpb("info", coco, "--json").out)
    assert document["format"] == "coco"
    assert document["items"] == 3
    assert document["annotations"] == 3
    assert document["types"] == {"Polygon": 3}
    assert document["labels"] == {"kite": 3}
    assert document["subsets"] == [{"name": "train", "items": 3, "annotations": 3}]
    assert document["sizes"]["media_files"] == 3


def test_info_of_a_file_and_of_its_dataset_agree(datumpb: Run, plain: Path) -> None:
    of_file = json.loads(datumpb("info", plain / "annotations" / "train.datum", "--json").out)
    of_dataset = json.loads(datumpb("info", plain, "--json").out)
    for name in ("files", "items", "annotations", "types", "labels", "subsets", "unlabelled"):
        assert of_file[name] == of_dataset[name]
    (file,) = of_file["files"]
    assert file["version"] == "1.0"
    assert file["writer"] == f"datumpb {dp.__version__}"
    assert file["size"] == (plain / "annotations" / "train.datum").stat().st_size
    assert file["encrypted"] is False


def test_info_counts_as_the_items_do(datumpb: Run, plain: Path, coco: Path) -> None:
    by_footer = json.loads(datumpb("info", plain, "--json").out)
    by_items = json.loads(datumpb("info", coco, "--json").out)
    for name in ("items", "annotations", "types", "labels", "subsets", "unlabelled"):
        assert by_footer[name] == by_items[name]


def test_info_names_every_type_by_its_class(datumpb: Run, tmp_path: Path) -> None:
    cuboid = dp.Cuboid3d(np.zeros(3), np.zeros(3), np.ones(3))
    notes = [dp.Label(label=0), dp.PolyLine(np.array([[1, 2]])), cuboid, dp.HashKey(b"1")]
    item = dp.Item("1", annotations=notes)
    dp.Dataset.from_iterable([item], categories=["a"]).export(tmp_path / "out", "datumpb")
    document = json.loads(datumpb("info", tmp_path / "out", "--json").out)
    assert set(document["types"]) == {type(note).__name__ for note in notes}
    assert document["unlabelled"] == 3


def test_info_for_people(datumpb: Run, plain: Path) -> None:
    lines = datumpb("info", plain).out.splitlines()
    assert lines[0] == f"{plain}: datumpb dataset"
    assert "items        3 in 1 subset" in lines
    assert "Polygon            3" in lines
    assert "kite             3" in lines


def test_info_lists_the_most_frequent_labels_only(datumpb: Run, tmp_path: Path) -> None:
    names = [f"label {number}" for number in range(30)]
    item = dp.Item("1", annotations=[dp.Label(label=number) for number in range(30)])
    dp.Dataset.from_iterable([item], categories=names).export(tmp_path / "out", "datumpb")
    assert "(10 more: --all-labels)" in datumpb("info", tmp_path / "out").out
    assert "label 29" in datumpb("info", tmp_path / "out", "--all-labels").out


def test_info_of_an_encrypted_dataset(datumpb: Run, encrypted: Path, key: str) -> None:
    locked = datumpb("info", encrypted)
    assert locked.status == 0
    assert "encrypted" in locked.out
    assert "--encryption-key" in locked.out
    assert "kite" not in locked.out
    assert "train" not in locked.out.replace("train.datum", "")
    document = json.loads(datumpb("info", encrypted, "--json").out)
    assert document["encrypted"] is True
    assert document["files"][0]["items"] is None
    assert "items" not in document
    assert json.loads(datumpb("info", encrypted, "--json", "--encryption-key", key).out)["items"] == 3


def test_info_of_a_dataset_in_part_encrypted(datumpb: Run, plain: Path, encrypted: Path) -> None:
    (encrypted / "annotations" / "train.datum").rename(plain / "annotations" / "val.datum")
    assert "1 of 2 files encrypted" in datumpb("info", plain).out


def test_names_cannot_play_with_the_terminal(datumpb: Run, tmp_path: Path) -> None:
    item = dp.Item("1", annotations=[dp.Label(label=0)])
    dp.Dataset.from_iterable([item], categories=["\x1b[31mred\nline"]).export(tmp_path / "out", "datumpb")
    out = datumpb("info", tmp_path / "out").out
    assert "\\x1b[31mred\\nline" in out
    assert "\x1b" not in out


def test_cat(datumpb: Run, plain: Path, coco: Path) -> None:
    lines = [json.loads(line) for line in datumpb("cat", plain).out.splitlines()]
    assert [line["id"] for line in lines] == ["a", "b c", "é"]
    assert list(lines[0]) == ["id", "subset", "media", "attributes", "annotations"]
    assert lines[0]["subset"] == "train"
    assert lines[0]["media"]["type"] == "Image"
    assert lines[0]["media"]["file"]["path"] == "images/train/a.png"
    assert lines[0]["annotations"][0]["type"] == "Polygon"
    assert lines[0]["annotations"][0]["points"] == [[1.5, 2.0], [30.25, 2.0], [30.25, 40.0]]
    of_coco = [json.loads(line) for line in datumpb("cat", coco).out.splitlines()]
    assert [line["annotations"] for line in of_coco] == [line["annotations"] for line in lines]


def test_cat_of_a_file(datumpb: Run, plain: Path) -> None:
    assert datumpb("cat", plain / "annotations" / "train.datum").out == datumpb("cat", plain).out


def test_cat_of_an_encrypted_dataset(datumpb: Run, encrypted: Path, key: str) -> None:
    outcome = datumpb("cat", encrypted, "--encryption-key", key, "--limit", 2)
    assert [json.loads(line)["id"] for line in outcome.out.splitlines()] == ["a", "b c"]


def test_cat_by_id_subset_and_limit(datumpb: Run, tmp_path: Path) -> None:
    items = [dp.Item(item_id, subset) for subset in ("train", "val") for item_id in ("x", "y/ü z")]
    dp.Dataset.from_iterable([*items, dp.Item("only here", "val")]).export(tmp_path / "out", "datumpb")

    def chosen(*arguments: object) -> list[tuple[str, str]]:
        lines = map(json.loads, datumpb("cat", tmp_path / "out", *arguments).out.splitlines())
        return [(line["subset"], line["id"]) for line in lines]

    assert chosen("--id", "y/ü z") == [("train", "y/ü z"), ("val", "y/ü z")]
    assert chosen("--id", "only here") == [("val", "only here")]
    assert chosen("--id", "x", "--subset", "val") == [("val", "x")]
    assert chosen("--subset", "train") == [("train", "x"), ("train", "y/ü z")]
    assert chosen("--limit", 3) == [("train", "x"), ("train", "y/ü z"), ("val", "x")]
    assert chosen("--limit", 0) == []
    assert "'nothing'" in datumpb("cat", tmp_path / "out", "--id", "nothing").error
    assert "'only here'" in datumpb("cat", tmp_path / "out", "--id", "only here", "--subset", "train").error
    assert "train, val" in datumpb("cat", tmp_path / "out", "--subset", "test").error


@pytest.mark.parametrize(
    "arguments",
    [["--no-such"], ["no-such"], ["cat"], ["convert", "-i", "x"], ["cat", "x", "--limit", "-1"], ["cat", "x", "y"]],
)
def test_a_wrong_command_line_exits_with_2(datumpb: Run, arguments: list[str]) -> None:
    outcome = datumpb(*arguments)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.startswith("Usage: datumpb ")
