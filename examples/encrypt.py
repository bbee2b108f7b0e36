"""Encrypt a dataset with its pictures, and see what a wrong key gets.

python examples/encrypt.py [FOLDER]
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import PIL.Image

import datumpb as dp


def main(folder: Path) -> None:
    """Make a dataset, encrypt it, and read it back."""
    picture = io.BytesIO()
    PIL.Image.new("RGB", (64, 48), "orange").save(picture, "PNG")
    (folder / "orange.png").write_bytes(picture.getvalue())
    item = dp.Item(
        "orange",
        media=dp.Image.from_file(str(folder / "orange.png"), height=48, width=64),
        annotations=[dp.Label(label=0)],
    )
    dataset = dp.Dataset.from_iterable([item], categories=["fruit"])

    key = dp.generate_key()
    dataset.export(folder / "secret", "datumpb", save_media=True, encryption=True, encryption_key=key)

    opened = dp.Dataset.import_from(folder / "secret", encryption_key=key)
    for secret in opened:
        assert isinstance(secret.media, dp.Image)
        print(f"{secret.id}: {secret.media.pixels().shape}, decrypted in memory")
    stored = (folder / "secret" / "images" / "default" / "orange.png").read_bytes()
    print(f"on disk it is no picture: {stored[:4]!r}...")

    try:
        len(dp.Dataset.import_from(folder / "secret", encryption_key=dp.generate_key()))
    except dp.WrongKeyError as error:
        print(f"with another key: {error}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
