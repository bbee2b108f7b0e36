from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest

import datumpb as dp
from datumpb.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line on stderr with which a command fails."""
        return self.error_of(1)

    def error_of(self, status: int) -> str:
        """Return the one line on stderr with which a command fails, with this status."""
        assert self.out == ""
        assert self.err.startswith("datumpb: error: "), self.err
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        assert self.status == status
        return self.err.removeprefix("datumpb: error: ").rstrip("\n")


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATUMPB_ENCRYPTION_KEY", raising=False)


@pytest.fixture
def datumpb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the command line in this process."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["datumpb", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        code = stop.value.code
        assert code is None or isinstance(code, int)
        return Outcome(code or 0, captured.out, captured.err)

    return run


@pytest.fixture
def datumpb_process() -> Callable[..., Outcome]:
    """Run the command line in a process of its own."""

    def run(*arguments: object, env: dict[str, str] | None = None) -> Outcome:
        command = [sys.executable, "-m", "datumpb", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def key() -> str:
    return dp.generate_key()


@pytest.fixture
def other_key() -> str:
    return dp.generate_key()


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    """A COCO dataset of three pictures, one of them without annotations."""
    folder = tmp_path / "coco"
    pictures = folder / "images" / "train"
    pictures.mkdir(parents=True)
    names = ["a.png", "b c.png", "é.png"]
    for name in names:
        PIL.Image.fromarray(np.arange(64 * 48, dtype=np.uint8).reshape(48, 64)).save(pictures / name)
    annotations = [
        {
            "id": number,
            "image_id": image,
            "category_id": 7,
            "segmentation": [[1.5, 2, 30.25, 2, 30.25, 40]],
            "bbox": [1.5, 2, 28.75, 38],
            "area": 546.25,
            "iscrowd": 0,
        }
        for number, image in ((1, 1), (2, 1), (3, 2))
    ]
    document = {
        "images": [{"id": i, "file_name": name, "width": 64, "height": 48} for i, name in enumerate(names, 1)],
        "annotations": annotations,
        "categories": [{"id": 7, "name": "kite", "supercategory": "toy"}],
    }
    file = folder / "annotations" / "instances_train.json"
    file.parent.mkdir()
    file.write_text(json.dumps(document))
    return folder


@pytest.fixture
def plain(coco: Path, tmp_path: Path) -> Path:
    """The same as a plain datumpb dataset with pictures."""
    dp.Dataset.import_from(coco, "coco").export(tmp_path / "plain", "datumpb", save_media=True)
    return tmp_path / "plain"


@pytest.fixture
def encrypted(coco: Path, tmp_path: Path, key: str) -> Path:
    """The same, encrypted."""
    dataset = dp.Dataset.import_from(coco, "coco")
    dataset.export(tmp_path / "encrypted", "datumpb", save_media=True, encryption=True, encryption_key=key)
    return tmp_path / "encrypted"


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Read all files below a folder, so that two states of it can be compared."""

    def read(folder: Path) -> dict[str, bytes]:
        files = (file for file in folder.rglob("*") if file.is_file())
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}

    return read
