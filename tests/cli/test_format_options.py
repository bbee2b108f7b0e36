"""Options of formats behind `--`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from tests.support.pictures import contents, make, picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


@pytest.fixture
def outlines(tmp_path: Path) -> Path:
    """A YOLO dataset with an outline of four corners."""
    line = "0 0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5\n"
    settings = "names: [cat]\ntrain: images\n"
    return make(tmp_path / "yolo", {"data.yaml": settings, "images/a.png": picture(100, 100), "labels/a.txt": line})


@pytest.mark.parametrize("option", [["--task", "segment"], ["--task=segment"], ["--save-media", "--task", "segment"]])
def test_an_option_of_the_output(datumpb: Run, outlines: Path, tmp_path: Path, option: list[str]) -> None:
    outcome = datumpb("convert", "-i", outlines, "-o", tmp_path / "out", "-f", "yolo", "--", *option)
    assert (outcome.status, outcome.err) == (0, "")
    assert len(contents(tmp_path / "out")["labels/train/a.txt"].split()) == 9
    assert ("images/train/a.png" in contents(tmp_path / "out")) == ("--save-media" in option)


def test_an_option_of_the_input(datumpb: Run, outlines: Path, tmp_path: Path) -> None:
    for number, option in enumerate((["--task", "obb"], ["--input-task", "obb"], ["--no-such", "x"])):
        out = tmp_path / str(number)
        outcome = datumpb("convert", "-i", outlines, "-o", out, "-f", "datumpb", "--", *option)
        if number < 2:
            assert outcome.status == 0
            (item,) = dp.Dataset.import_from(out)
            assert [type(annotation) for annotation in item.annotations] == [dp.RotatedBbox]
        else:
            assert "no option --no-such; yolo has for reading: --task; datumpb has for writing: --" in outcome.error
            assert not out.exists()


def test_options_of_both(datumpb: Run, outlines: Path, tmp_path: Path) -> None:
    options = ["--task", "detect", "--input-task", "obb", "--layout", "darknet"]
    outcome = datumpb("convert", "-i", outlines, "-o", tmp_path / "out", "-f", "yolo", "--", *options)
    assert outcome.status == 0
    assert "RotatedBbox, written as its box" in outcome.err
    assert "obj_train_data/a.txt" in contents(tmp_path / "out")


@pytest.mark.parametrize(("value", "subsets"), [([], ["train"]), (["true"], ["train"]), (["no"], ["default"])])
def test_an_option_that_is_true_or_false(datumpb: Run, tmp_path: Path, value: list[str], subsets: list[str]) -> None:
    root = make(tmp_path / "in", {"train/cat/a.png": picture()})
    common = ["convert", "-i", root, "-o", tmp_path / "out", "-f", "datumpb", "--"]
    assert datumpb(*common, "--subset-folders", *value).status == 0
    assert list(dp.Dataset.import_from(tmp_path / "out").subsets()) == subsets


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--task"], "--task needs a value"), (["--task", "--save-media"], "needs a value"), (["--task", "x"], "'x'")],
)
def test_values_that_do_not_fit(datumpb: Run, outlines: Path, tmp_path: Path, options: list[str], message: str) -> None:
    outcome = datumpb("convert", "-i", outlines, "-o", tmp_path / "out", "-f", "yolo", "--", *options)
    assert message in outcome.error
    assert not (tmp_path / "out").exists()


def test_a_value_that_is_neither_true_nor_false(datumpb: Run, tmp_path: Path) -> None:
    root = make(tmp_path / "in", {"train/cat/a.png": picture()})
    outcome = datumpb("convert", "-i", root, "-o", tmp_path / "out", "-f", "datumpb", "--", "--subset-folders=maybe")
    assert "true or false expected, not 'maybe'" in outcome.error


def test_options_of_formats_stand_behind_the_dashes_only(datumpb: Run, outlines: Path, tmp_path: Path) -> None:
    outcome = datumpb("convert", "-i", outlines, "-o", tmp_path / "out", "-f", "yolo", "--task", "segment")
    assert outcome.status == 2
