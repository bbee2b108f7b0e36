"""What an element has that the model has no place for, as a value that an attribute can hold; and back.

An element of nothing but text is that text; any other is a map of its children by their names, a list where a name
occurs more than once. XML attributes have an `@` before their name, text beside children is named `#text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datumpb.errors import InvalidItemError
from datumpb.formats.voc.elements import Element, is_tag
from datumpb.formats.voc.layout import KEY

if TYPE_CHECKING:
    from collections.abc import Collection

    from datumpb.model.values import Value

_TEXT = "#text"


def rest_of(node: Element, known: Collection[str]) -> dict[str, Value]:
    """Return what an element has beside the children of known names."""
    found: dict[str, list[Value]] = {f"@{name}": [text] for name, text in node.attributes.items()}
    for child in node.children:
        if child.tag not in known:
            found.setdefault(child.tag, []).append(_value(child))
    if node.text.strip() and node.children:
        found[_TEXT] = [node.text.strip()]
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(node: Element) -> Value:
    if node.children or node.attributes:
        rest = rest_of(node, ())
        if not node.children and node.text:
            rest[_TEXT] = node.text
        return rest
    return node.text


def kept_of(attributes: dict[str, Value]) -> dict[str, Value]:
    """Return what the attributes of an item or annotation keep for VOC."""
    kept = attributes.get(KEY)
    return kept if isinstance(kept, dict) else {}


def restore(node: Element, rest: dict[str, Value]) -> None:
    """Add to an element what `rest_of` found.

    Raises:
        InvalidItemError: It is nothing that `rest_of` returns.
    """
    for name, value in rest.items():
        if value is None:  # what usually is there, and is not
            continue
        for one in value if isinstance(value, list) else [value]:
            if name == _TEXT:
                node.text = _text(one, name)
            elif not is_tag(name.removeprefix("@")):
                _refuse(name)
            elif name.startswith("@"):
                node.attributes[name[1:]] = _text(one, name)
            else:
                child = Element(name)
                node.children.append(child)
                if isinstance(one, dict):
                    restore(child, one)
                else:
                    child.text = _text(one, name)


def _text(value: Value, name: str) -> str:
    if not isinstance(value, str):
        _refuse(name)
    return str(value)


def _refuse(name: str) -> None:
    message = f"the attribute {KEY!r} has something that XML cannot hold, at {name!r}"
    raise InvalidItemError(message)
