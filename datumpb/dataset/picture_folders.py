"""What is in a folder at first sight: pictures, folders, anything else. Of a huge folder, only some is seen."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datumpb.dataset.image_files import is_image

if TYPE_CHECKING:
    from pathlib import Path

_MOST_ENTRIES = 2000
_BESIDE = re.compile(r"\..*|(?:readme|licen[cs]e|copying|notice)(?:\..*)?|thumbs\.db|desktop\.ini", re.IGNORECASE)


@dataclass(slots=True)
class Glance:
    """Some entries of a folder, sorted.

    Attributes:
        pictures: The names of pictures.
        folders: The names of folders.
        others: The names of all other files, but those that explain a dataset and those of the system.
    """

    pictures: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def glance(folder: Path) -> Glance:
    """Look into a folder."""
    found = Glance()
    with os.scandir(folder) as entries:
        for entry in itertools.islice(entries, _MOST_ENTRIES):
            if _BESIDE.fullmatch(entry.name):
                continue
            if entry.is_dir():
                found.folders.append(entry.name)
            elif is_image(entry.name):
                found.pictures.append(entry.name)
            else:
                found.others.append(entry.name)
    for names in (found.pictures, found.folders, found.others):
        names.sort()
    return found
