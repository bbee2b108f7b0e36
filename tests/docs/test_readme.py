from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import datumpb as dp

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
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


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target
