"""Folders with pictures for tests of formats."""

from __future__ import annotations

import io
from pathlib import Path

import PIL.Image

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
ASSETS = SHARED / "assets"


def picture(width: int = 15, height: int = 10, kind: str = "PNG") -> bytes:
    """Encode a picture."""
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (width, height), (width % 256, height % 256, 7)).save(buffer, kind)
    return buffer.getvalue()


def make(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files; text in UTF-8."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}
