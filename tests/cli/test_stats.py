from __future__ import annotations

import json
from typing import TYPE_CHECKING

import PIL.Image
import pytest

import datumpb as dp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


def test_a_table_and_json(datumpb: Run, coco: Path) -> None:
    table = datumpb("stats", coco).out.splitlines()
    assert table[0] == f"{coco}: coco dataset"
    assert table[2].split() == ["subset", "items", "without", "objects", "objects", "annotations", "missing", "media"]
    assert table[3].split() == ["train", "3", "1", "3", "3", "0"]
    assert table[6].split() == ["kite", "3", "2", *["33.1"] * 5]
    document = json.loads(datumpb("stats", coco, "--json").out)
    assert document["subsets"] == [
        {"name": "train", "items": 3, "empty": 1, "annotations": 3, "objects": 3, "missing_media": 0}
    ]
    (label,) = document["labels"]
    assert (label["name"], label["objects"], label["subsets"]) == ("kite", 3, {"train": {"objects": 3, "items": 2}})
    assert label["box_side"]["p50"] == pytest.approx((28.75 * 38) ** 0.5)


def test_an_encrypted_dataset(datumpb: Run, encrypted: Path, key: str, other_key: str) -> None:
    assert "kite" in datumpb("stats", encrypted, "--encryption-key", key).out
    assert "--key-file" in datumpb("stats", encrypted).error
    assert "wrong key" in datumpb("stats", encrypted, "--encryption-key", other_key).error


def test_many_labels_and_subsets_are_summed_up(datumpb: Run, tmp_path: Path) -> None:
    items = [dp.Item("a", f"s{n}", annotations=[dp.Bbox(0, 0, 1, 1, label=n)] * (n + 1)) for n in range(50)]
    dp.Dataset.from_iterable(items, categories=[f"label-{n}" for n in range(50)]).export(tmp_path / "out", "datumpb")
    table = datumpb("stats", tmp_path / "out").out
    assert "label-49" in table
    assert "label-1 " not in table
    assert "(10 more: --all-labels)       55" in table
    assert "label-1 " in datumpb("stats", tmp_path / "out", "--all-labels").out


def test_an_empty_dataset(datumpb: Run, tmp_path: Path) -> None:
    dp.Dataset.from_iterable([]).export(tmp_path / "out", "datumpb")
    assert "default" in datumpb("stats", tmp_path / "out").out
    assert json.loads(datumpb("stats", tmp_path / "out", "--json").out)["box_side"]["max"] is None


def test_pictures(datumpb: Run, coco: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("b.PNG", b"\x89PNG")):
        assert datumpb("stats", coco, "--plot", tmp_path / name).status == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    with PIL.Image.open(tmp_path / "a.png") as image:
        assert image.width > 1000
    text = (tmp_path / "a.svg").read_bytes()
    datumpb("stats", coco, "--plot", tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes() == text  # the same again, bit for bit
    assert datumpb("stats", coco, "--plot", tmp_path / "no" / "a.png").error.endswith("No such file or directory")


@pytest.mark.parametrize(
    "names",
    [["a$b_c$", "_x", "漢字", "😀", "a\nb", "x" * 300, "العربية", "\x1b[31m"], [f"{n}" for n in range(300)], []],
)
def test_pictures_of_odd_names(datumpb: Run, tmp_path: Path, names: list[str]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    items = [
        dp.Item("a", f"s{place % 12}_$x$", annotations=[dp.Bbox(0, 0, place, 1, label=place)] * place)
        for place in range(len(names))
    ]
    items = [dp.Item(str(number), item.subset, annotations=item.annotations) for number, item in enumerate(items)]
    dp.Dataset.from_iterable(items, categories=names).export(tmp_path / "out", "datumpb")
    outcome = datumpb("stats", tmp_path / "out", "--plot", tmp_path / "a.png")
    assert outcome.status == 0
    assert outcome.err == "" or "drawn as boxes" in outcome.err
    assert (tmp_path / "a.png").stat().st_size > 10000


def test_what_is_no_picture_and_no_matplotlib(
    datumpb: Run, coco: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert datumpb("stats", coco, "--plot", tmp_path / "a.jpg").status == 2
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005 -- its interface
    assert "pip install 'datumpb[plot]'" in datumpb("stats", coco, "--plot", tmp_path / "a.png").error
    assert datumpb("stats", coco).status == 0
    assert not list(tmp_path.glob("a.*"))
