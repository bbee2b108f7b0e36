"""YAML files that hold a map, read without aliases, by which a short text can stand for one of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from datumpb.dataset.text_lines import line_place, read_text
from datumpb.errors import SourceFormatError

if TYPE_CHECKING:
    from pathlib import Path


class _Loader(yaml.SafeLoader):
    """A loader that refuses aliases."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # not in the stubs
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", mark)
        return super().compose_node(parent, index)


def read_yaml_map(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a map whose keys are text.

    Raises:
        SourceFormatError: It cannot be read, is not YAML, or holds something else.
    """
    text = read_text(path)
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 -- a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"not YAML: {error.problem or error.context}"
        raise SourceFormatError(message, path, None if mark is None else line_place(mark.line + 1)) from error
    except yaml.reader.ReaderError as error:
        message = f"not YAML: {error.reason}"
        line = text.count("\n", 0, error.position) + 1
        raise SourceFormatError(message, path, line_place(line)) from error
    except (RecursionError, ValueError) as error:
        message = "not YAML that can be read: nested too deeply, or a date or number that there is not"
        raise SourceFormatError(message, path) from error
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        message = "a map expected ('key: value' on each line)"
        raise SourceFormatError(message, path)
    return data
