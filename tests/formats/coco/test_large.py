"""Files of any size: read piece by piece, in memory that does not grow with them, and the same as at once."""

from __future__ import annotations

import gc
import json
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datumpb as dp
from datumpb.errors import SourceFormatError
from datumpb.formats import coco
from datumpb.formats.coco import columns, entries, index, order, scan
from tests.support import coco as support
from tests.support.samples import one_line

FILE = "annotations/instances_x.json"
CATEGORIES = [{"id": 1, "name": "cat", "supercategory": ""}]


def _small_pieces(patch: pytest.MonkeyPatch, size: int) -> None:
    """Make every piece that is worked on at once so small that a few entries take many."""
    patch.setattr(scan, "_CHUNK_SIZE", 16 * size)
    patch.setattr(columns, "_IN_MEMORY", size)
    for module in (columns, entries):
        patch.setattr(module, "CHUNK", size)
    patch.setattr(entries, "_AT_ONCE", size)
    patch.setattr(order, "_AT_ONCE", 1 << 10)
    patch.setattr(index, "_ROWS", size)


@given(st.data(), st.integers(1, 4))
@settings(max_examples=60)
def test_pieces_of_any_size(data: st.DataObject, size: int) -> None:
    names = data.draw(st.lists(support.NAMES, unique=True, min_size=1, max_size=6))
    files = {
        f"annotations/{task}_x.json": data.draw(support.documents(task, names))
        for task in ("instances", "person_keypoints", "captions")
    }
    with tempfile.TemporaryDirectory() as folder:
        path = support.make_folder(Path(folder, "in"), files)
        try:
            expected = list(coco.read(path).items("x"))
        except SourceFormatError:
            with pytest.MonkeyPatch.context() as patch:
                _small_pieces(patch, size)
                with pytest.raises(SourceFormatError):
                    list(coco.read(path).items("x"))
            return
        with pytest.MonkeyPatch.context() as patch:
            _small_pieces(patch, size)
            source = coco.read(path)
            assert list(source.items("x")) == expected
            assert [source.item(item.id, "x") for item in expected] == expected


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 4), min_size=12, max_size=12), st.integers(1, 4))
def test_any_order_comes_back_from_small_pieces(ids: list[int], owners: list[int], size: int) -> None:
    document = {
        "images": [{"id": number, "file_name": f"{number}.jpg"} for number in range(1, 5)],
        "annotations": [
            {"id": number, "image_id": owner, "category_id": 1, "bbox": [1, 1, 2, number]}
            for number, owner in zip(ids, owners, strict=True)
        ],
        "categories": CATEGORIES,
    }
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        _small_pieces(patch, size)
        patch.setattr(order, "_AT_ONCE", size)
        source = support.make_folder(Path(folder, "in"), {FILE: document})
        support.convert(source, Path(folder, "out"))
        written = json.loads(Path(folder, "out", FILE).read_bytes())
    assert [(entry["id"], entry["image_id"]) for entry in written["annotations"]] == [*zip(ids, owners, strict=True)]


def _document(count: int) -> dict[str, Any]:
    return {
        "images": [{"id": 7 * number % count + 1, "file_name": f"{number}.jpg"} for number in range(count)],
        "annotations": [
            {"id": number + 1, "image_id": number * number % count + 1, "category_id": 1, "bbox": [number, 1, 2, 3]}
            for number in range(3 * count)
        ],
        "categories": CATEGORIES,
    }


@pytest.mark.parametrize("keys", [("images", "annotations", "categories"), ("annotations", "categories", "images")])
@pytest.mark.parametrize("options", [{}, {"indent": 1}, {"separators": (",", ":")}])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lists_in_any_order_and_form(
    keys: tuple[str, ...], options: dict[str, Any], mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = _document(50)
    text = mark + json.dumps({key: document[key] for key in keys}, **options)
    folder = support.make_folder(tmp_path / "in", {FILE: text.encode()})
    _small_pieces(monkeypatch, 8)
    support.convert(folder, tmp_path / "out")
    written = json.loads((tmp_path / "out" / FILE).read_bytes())
    assert written["images"] == document["images"]
    assert [entry["image_id"] for entry in written["annotations"]] == [
        entry["image_id"] for entry in document["annotations"]
    ]


def test_a_list_that_stands_twice_is_the_last_one(tmp_path: Path) -> None:
    first, second = (json.dumps([{"id": number, "file_name": f"{number}.jpg"}]) for number in (1, 2))
    text = f'{{"images": {first}, "annotations": [], "images": {second}}}'
    source = coco.read(support.make_folder(tmp_path, {FILE: text.encode()}))
    assert [item.id for item in source.items("x")] == ["2"]


def test_much_white_space_takes_no_memory(tmp_path: Path) -> None:
    image = b'{"id": 1, "file_name": "1.jpg"}'
    space = b" \n" * 4_000_000
    text = b'{"images": [' + space + image + space + b"]," + space + b'"annotations": []' + space + b"}" + space
    folder = support.make_folder(tmp_path, {FILE: text})
    del text, space
    peak = _peak(folder)
    assert peak < 12_000_000


def _peak(folder: Path) -> int:
    gc.collect()
    tracemalloc.start()
    for _ in coco.read(folder).items("x"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("annotations_first", [False, True])
@pytest.mark.parametrize("shuffled", [False, True])
def test_memory_does_not_grow_with_the_annotations(
    annotations_first: bool,
    shuffled: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "_IN_MEMORY", 1 << 12)
    monkeypatch.setattr(entries, "_AT_ONCE", 1 << 10)
    monkeypatch.setattr(order, "_AT_ONCE", 1 << 10)
    monkeypatch.setattr(order, "_REMEMBERED", 1 << 5)
    peaks = []
    for count in (2_000, 20_000):
        folder = tmp_path / str(count)
        (folder / "annotations").mkdir(parents=True)
        images = ",".join(f'{{"id":{number},"file_name":"{number}.jpg"}}' for number in range(1, 101))
        with (folder / FILE).open("w") as out:
            out.write("{" if annotations_first else f'{{"images":[{images}],')
            out.write('"annotations":[')
            for number in range(1, count + 1):
                outline = [number % 100 + step / 4 for step in range(80)]
                number_of_its_own = number * 7919 % 20_011 if shuffled else number
                image = number_of_its_own * 31 % 100 + 1
                entry = {"id": number_of_its_own, "image_id": image, "category_id": 1, "segmentation": [outline]}
                out.write(json.dumps(entry) + ("," if number < count else "]"))
            out.write(f',"images":[{images}],' if annotations_first else ",")
            out.write(f'"categories":{json.dumps(CATEGORIES)}}}')
        peaks.append(_peak_of_index(folder))
    # Ten times the annotations, 18,000 more, in files of 1 and 10 MB; of the 37 bytes in columns none is in memory.
    assert peaks[1] - peaks[0] < 6 * 18_000, peaks


def _peak_of_index(folder: Path) -> int:
    coco.read(folder).count("x")  # what is made once
    gc.collect()
    tracemalloc.start()
    coco.read(folder).count("x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"images": [\n {"id": 1, "file_name": "a"},\n 5], "annotations": []}', "images[1]", "a map expected"),
        ('{"images": [\n 5, {"id": 1, "file_name": "a"}], "annotations": []}', "images[0]", "a map expected"),
        ('{"images": [[], {"id": 1, "file_name": "a"}], "annotations": []}', "images[0]", "a map expected"),
        ('{"images": [],\n "annotations": [{"image_id": 1},\n]}', "line 3 column 1", "not JSON"),
        ('{"images": [],\n "annotations": [{"image_id": 1} {"image_id": 1}]}', None, "','"),
        ('{"images": [],\n "annotations": [{"image_id": 1}', None, "','"),
        ('{"images": [],\n "annotations": [{"image_id": 1, "é": 1x}]}', None, "not JSON"),
        ('{"images": [],\n "annotations": [{"image_id": "]}', None, "Unterminated"),
        ('{"images": []\n "annotations": []}', None, "'}'"),
        ('{"images": [],\n annotations: []}', None, "in quotes"),
        ('{"images": [],\n "annotations" []}', None, "':'"),
        ('{"images": [], "annotations": []}\n}', None, "behind the end"),
        ('{"images": [], "annotations": [],\n "info": {"a": tru}}', None, "not JSON"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_damage_is_told_with_its_place(
    text: str, place: str | None, message: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_CHUNK_SIZE", size)
    folder = support.make_folder(tmp_path, {FILE: text.encode()})
    with pytest.raises(SourceFormatError, match=message) as caught:
        coco.read(folder).meta("x")
    if place is None:
        with pytest.raises(json.JSONDecodeError) as expected:
            json.loads(text)
        place = f"line {expected.value.lineno} column {expected.value.colno}"
    assert caught.value.place == place
    one_line(caught.value, folder / FILE)


def test_cut_off_at_every_byte(tmp_path: Path) -> None:
    text = json.dumps(_document(2) | {"info": {"é": [1, "x"]}}, ensure_ascii=False).encode()
    for size in range(len(text)):
        folder = support.make_folder(tmp_path, {FILE: text[:size]})
        with pytest.raises(SourceFormatError) as caught:
            coco.read(folder).meta("x")
        one_line(caught.value, folder / FILE)


def test_an_object_without_an_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_SIZE", 1 << 16)
    monkeypatch.setattr(scan, "_CHUNK_SIZE", 1 << 12)
    folder = support.make_folder(tmp_path, {FILE: b'{"images": [{"a": "' + b"x" * (1 << 20)})
    with pytest.raises(SourceFormatError, match="more than 65536 bytes"):
        coco.read(folder).meta("x")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spill))
    monkeypatch.setattr(columns, "_IN_MEMORY", 1)
    document = _document(20)
    folder = support.make_folder(tmp_path / "in", {FILE: document})
    items = coco.read(folder).items("x")
    next(items)
    assert not list(spill.iterdir())  # the files have no name even while they are used: a kill leaves none
    del items
    document["annotations"][-1]["image_id"] = 99
    support.make_folder(folder, {FILE: document})
    with pytest.raises(SourceFormatError, match="missing image"):
        support.convert(folder, tmp_path / "out")
    gc.collect()
    assert not list(spill.iterdir())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("exists", [False, True])
def test_an_export_spills_to_the_disk_of_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool
) -> None:
    folders: list[object] = []
    real = tempfile.TemporaryFile

    def noted(*args: Any, **options: Any) -> Any:  # noqa: ANN401 -- of `TemporaryFile`
        folders.append(options["dir"])
        return real(*args, **options)

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    monkeypatch.setattr(columns, "_IN_MEMORY", 1)
    folder = support.make_folder(tmp_path / "in", {FILE: _document(20)})
    output = tmp_path / "there" / "out"
    (output if exists else output.parent).mkdir(parents=True)
    dp.Dataset.import_from(folder).export(output, "datumpb")
    assert len(folders) > 3
    assert set(folders) == {str(output if exists else output.parent)}
    assert [path.name for path in output.parent.iterdir()] == ["out"]
    folders.clear()
    list(coco.read(folder).items("x"))
    assert set(folders) == {None}


def test_a_file_that_is_changed_meanwhile(tmp_path: Path) -> None:
    folder = support.make_folder(tmp_path, {FILE: _document(3)})
    source = coco.read(folder)
    source.meta("x")
    support.make_folder(folder, {FILE: _document(4)})
    with pytest.raises(SourceFormatError, match="changed while it was read"):
        list(source.items("x"))


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, -(2**62), -(2**62) - 1, -(2**63), 2**70, -(2**70)])
def test_ids_of_any_size_join(number: int, tmp_path: Path) -> None:
    others = [2**63, -(2**63), 5]
    images = [
        {"id": one, "file_name": f"{place}.jpg"} for place, one in enumerate({number: 0, **dict.fromkeys(others)})
    ]
    entry = {"id": number, "image_id": number, "category_id": 1, "bbox": [1, 2, 3, 4]}
    folder = support.make_folder(
        tmp_path / "in", {FILE: {"images": images, "annotations": [entry, entry], "categories": CATEGORIES}}
    )
    first, *rest = coco.read(folder).items("x")
    assert len(first.annotations) == 2
    assert not any(item.annotations for item in rest)
    support.convert(folder, tmp_path / "out")
    support.assert_same_dataset(folder, tmp_path / "out")


@given(st.lists(st.integers(0, 6), max_size=20), st.integers(1, 5), st.integers(1, 5))
def test_ids_that_occurred_before(ids: list[int], size: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (columns, entries):
            patch.setattr(module, "CHUNK", size)
        patch.setattr(entries, "_AT_ONCE", at_once)
        column = columns.Column("i8")
        column.append(np.array(ids, np.int64))
        found = np.zeros(len(ids), bool)
        for start, repeated in entries._repeated(column):
            found[start : start + size] |= repeated
    assert found.tolist() == [number in ids[:place] for place, number in enumerate(ids)]


def test_numbers_of_a_column_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    for in_memory in (1, 1 << 20):
        monkeypatch.setattr(columns, "_IN_MEMORY", in_memory)
        column = columns.Column("u4")
        column.append(np.arange(9))
        column.write(3, np.array([70, 80]))
        column.append(np.array([90]))
        assert column.whole().tolist() == [0, 1, 2, 70, 80, 5, 6, 7, 8, 90]
