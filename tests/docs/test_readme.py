from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import datumpb as dp

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_first_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example, _ = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    document = {
        "images": [{"id": 9, "file_name": "000000000009.jpg", "width": 64, "height": 48}],
        "annotations": [{"id": 1, "image_id": 9, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    file = tmp_path / "coco" / "annotations" / "instances_train2017.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(example, names)  # noqa: S102 -- our own text
    item = names["item"]
    assert isinstance(item, dp.Item)
    assert item.id == "000000000009"
    assert [type(annotation) for annotation in item.annotations] == [dp.Bbox]


def test_the_second_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, example = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"dp": dp}
    for side, label in (("north", "lorry"), ("south", "truck")):
        items = [
            dp.Item(f"{side}-{n}", media=dp.Image(height=9, width=9), annotations=[dp.Bbox(1, 2, 3, 4, label=0)])
            for n in range(5)
        ]
        names[side] = dp.Dataset.from_iterable(items, categories=[label])
    exec(example, names)  # noqa: S102 -- our own text
    dataset = dp.Dataset.import_from("roads")
    assert {name: len(subset) for name, subset in dataset.subsets().items()} == {"train": 8, "val": 2}
    assert [label.name for label in dataset.categories().labels or ()] == ["lorry"]


@pytest.mark.parametrize(
    "document",
    ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))],
)
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    folder = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (folder / target).exists(), target
