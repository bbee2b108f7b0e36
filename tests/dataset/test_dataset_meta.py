from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import datumpb as dp
from datumpb.dataset.dataset_meta import read_dataset_meta, write_dataset_meta
from tests.support.samples import one_line

if TYPE_CHECKING:
    from pathlib import Path

COLORS = dp.MaskCategories({0: (0, 0, 0), 2: (255, 128, 1)})


def test_labels_are_written_and_read(tmp_path: Path) -> None:
    write_dataset_meta(tmp_path, dp.Categories.from_labels(["cat", "犬", 'a"b']))
    assert json.loads((tmp_path / "dataset_meta.json").read_text("utf-8")) == {"labels": ["cat", "犬", 'a"b']}
    assert read_dataset_meta(tmp_path) == dp.Categories.from_labels(["cat", "犬", 'a"b'])


def test_colours_are_written_and_read(tmp_path: Path) -> None:
    labels = dp.LabelCategories.from_names(["a", "b", "c"])
    write_dataset_meta(tmp_path, dp.Categories(labels, COLORS))
    assert json.loads((tmp_path / "dataset_meta.json").read_text("utf-8")) == {
        "labels": ["a", "b", "c"],
        "label_map": {"0": "a", "2": "c"},
        "segmentation_colors": [[0, 0, 0], [255, 128, 1]],
    }
    assert read_dataset_meta(tmp_path) == dp.Categories(labels, COLORS)


def test_without_labels(tmp_path: Path) -> None:
    assert read_dataset_meta(tmp_path) is None
    write_dataset_meta(tmp_path, dp.Categories())
    assert read_dataset_meta(tmp_path) == dp.Categories.from_labels([])


def test_the_form_that_datumaro_writes(tmp_path: Path) -> None:
    document = {"label_map": {"0": "background", "1": "car"}, "segmentation_colors": [[0, 0, 0], [1, 2, 3]], "more": 1}
    (tmp_path / "dataset_meta.json").write_text(json.dumps(document))
    read = read_dataset_meta(tmp_path)
    assert read is not None
    assert [label.name for label in read.labels or ()] == ["background", "car"]
    assert read.masks == dp.MaskCategories({0: (0, 0, 0), 1: (1, 2, 3)})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1 column 1"),
        ('{"labels": [', "line 1"),
        ('{\n"labels": ["a",,]}', "line 2"),
        ("[]", "JSON object"),
        ('"labels"', "JSON object"),
        ('{"labels": "a"}', "labels"),
        ('{"labels": [1]}', "labels"),
        ('{"labels": ["a", null]}', "labels"),
        ('{"label_map": ["a"]}', "labels"),
        ('{"label_map": {"0": 1}}', "labels"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": []}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": 7}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": [[1, 2]]}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": [[1, 2, 256]]}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": [[1, 2, -1]]}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": [[1, 2, true]]}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": [[1, 2, 1.0]]}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": ["abc"]}', "segmentation_colors"),
        ('{"label_map": {"0": "a"}, "segmentation_colors": [null]}', "segmentation_colors"),
        ("[" * 200_000, "JSON"),
        ('{"labels": ' + "9" * 5000 + "}", "JSON"),
        ('{"labels": ["\xff"]}', "byte 13"),
    ],
)
def test_a_file_that_is_not_what_it_should_be(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "dataset_meta.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(dp.SourceFormatError) as caught:
        read_dataset_meta(tmp_path)
    one_line(caught.value, path, place)


def test_labels_from_beside_an_annotation_file_that_has_none(tmp_path: Path) -> None:
    dp.Dataset.from_iterable([dp.Item("a", annotations=[dp.Label(label=1)])]).export(tmp_path / "out", "datumpb")
    assert dp.Dataset.import_from(tmp_path / "out").categories() == dp.Categories()
    write_dataset_meta(tmp_path / "out", dp.Categories.from_labels(["x", "y"]))
    assert dp.Dataset.import_from(tmp_path / "out").categories() == dp.Categories.from_labels(["x", "y"])


def test_labels_of_the_annotation_file_count_first(tmp_path: Path) -> None:
    dataset = dp.Dataset.from_iterable([dp.Item("a")], categories=["mine"])
    dataset.export(tmp_path / "out", "datumpb", save_dataset_meta=True)
    assert json.loads((tmp_path / "out" / "dataset_meta.json").read_text()) == {"labels": ["mine"]}
    write_dataset_meta(tmp_path / "out", dp.Categories.from_labels(["x", "y"]))
    assert dp.Dataset.import_from(tmp_path / "out").categories() == dp.Categories.from_labels(["mine"])
    (tmp_path / "out" / "dataset_meta.json").write_text("broken")
    assert dp.Dataset.import_from(tmp_path / "out").categories() == dp.Categories.from_labels(["mine"])


def test_it_is_not_written_unasked(tmp_path: Path) -> None:
    dp.Dataset.from_iterable([], categories=["mine"]).export(tmp_path / "out", "datumpb")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["annotations"]
