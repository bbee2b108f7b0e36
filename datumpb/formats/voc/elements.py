"""XML, read without trusting it: a small tree whose elements know their lines. Also written."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from datumpb.dataset.text_lines import line_place
from datumpb.errors import InvalidItemError, SourceFormatError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_BYTES = 1 << 24
"""The largest file that is read."""

_MAX_DEPTH = 50
_MAX_ELEMENTS = 1 << 18
_NAME = re.compile(r"[^\W\d][\w.-]*")
_NOT_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Element:
    """An element of XML.

    Attributes:
        tag: Its name.
        text: All text in it that is not in a child.
        children: Its elements.
        attributes: The XML attributes of its tag.
        line: Where it starts, from 1; 0 where it is not from a file.
    """

    tag: str
    text: str = ""
    children: list[Element] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0

    def find(self, tag: str) -> Element | None:
        """Return the first child of a name, or None."""
        return next((child for child in self.children if child.tag == tag), None)

    def find_all(self, tag: str) -> list[Element]:
        """Return the children of a name."""
        return [child for child in self.children if child.tag == tag]

    def one(self, tag: str) -> Element:
        """Return the one child of a name.

        Raises:
            SourceFormatError: There is none, or more than one.
        """
        found = self.find_all(tag)
        if len(found) != 1:
            self.fail(f"<{self.tag}> has to have one <{tag}>, not {len(found)}")
        return found[0]

    def at_most_one(self, tag: str) -> Element | None:
        """Return the one child of a name, or None.

        Raises:
            SourceFormatError: There is more than one.
        """
        return self.one(tag) if self.find(tag) is not None else None

    def leaf(self) -> str:
        """Return the text of an element without children, without the space around it.

        Raises:
            SourceFormatError: It has children.
        """
        if self.children:
            self.fail(f"<{self.tag}> has to have text, not elements")
        return self.text.strip()

    def fail(self, message: str) -> NoReturn:
        """Raise the error that something is wrong with this element."""
        raise SourceFormatError(message, None, line_place(self.line))


class _Builder:
    """Makes elements of what the parser finds."""

    def __init__(self) -> None:
        self.parser: DefusedXMLParser | None = None
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.parser.CurrentLineNumber  # type: ignore[union-attr]  # expat's; the stubs do not have it
        element = Element(tag, attributes=dict(attributes), line=line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])
        self._count += 1
        if len(self._open) > _MAX_DEPTH:
            element.fail(f"elements are nested more than {_MAX_DEPTH} deep")
        if self._count > _MAX_ELEMENTS:
            element.fail(f"there are more than {_MAX_ELEMENTS} elements")

    def end(self, tag: str) -> None:  # noqa: ARG002 -- the parser has checked that it fits
        self._open.pop().text = "".join(self._texts.pop())

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def close(self) -> None:
        """Nothing is left to do."""


def parse(path: Path, root: str) -> Element:
    """Read a file.

    Args:
        path: The file.
        root: The name that the outermost element has to have.

    Raises:
        SourceFormatError: It cannot be read, is too large, is no XML, has a document type (by which entities are
            defined), or has another root. Errors of elements have no path.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise SourceFormatError(message, path) from error
    if size > MAX_BYTES:
        message = f"{size} bytes are too many for an annotation file; at most {MAX_BYTES} are read"
        raise SourceFormatError(message, path)
    builder = _Builder()
    builder.parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    try:
        builder.parser.feed(data)
        builder.parser.close()
    except ParseError as error:
        message = f"XML is malformed: {str(error).partition(':')[0]}"
        raise SourceFormatError(message, path, line_place(error.position[0])) from error
    except DefusedXmlException as error:
        message = "a document type (<!DOCTYPE>) is not accepted: it could define entities"
        line = builder.parser.parser.CurrentLineNumber
        raise SourceFormatError(message, path, line_place(line)) from error
    except (LookupError, ValueError) as error:
        message = f"XML in an encoding that cannot be read: {error}"
        raise SourceFormatError(message, path, line_place(1)) from error
    except SourceFormatError as error:
        raise SourceFormatError(error.message, path, error.place) from None
    assert builder.root is not None
    if builder.root.tag != root:
        message = f"<{root}> expected, not <{builder.root.tag}>"
        raise SourceFormatError(message, path, line_place(builder.root.line))
    return builder.root


def is_tag(name: str) -> bool:
    """Tell whether a name can be that of an element."""
    return _NAME.fullmatch(name) is not None and not name.lower().startswith("xml")


def element(tag: str, content: str | Sequence[Element]) -> Element:
    """Make an element of text or of elements."""
    return Element(tag, content) if isinstance(content, str) else Element(tag, children=list(content))


def render(root: Element) -> bytes:
    """Write an element as a file.

    Raises:
        InvalidItemError: A text has a character that XML does not.
    """
    lines: list[str] = []
    _render(root, "", lines)
    return "".join(f"{line}\n" for line in lines).encode()


def _render(root: Element, indent: str, lines: list[str]) -> None:
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in root.attributes.items())
    if not root.children:
        lines.append(f"{indent}<{root.tag}{attributes}>{_escaped(root.text)}</{root.tag}>")
        return
    lines.append(f"{indent}<{root.tag}{attributes}>{_escaped(root.text)}")
    for child in root.children:
        _render(child, indent + "  ", lines)
    lines.append(f"{indent}</{root.tag}>")


def _escaped(text: str) -> str:
    if odd := _NOT_TEXT.search(text):
        message = f"text with a character that XML cannot hold: {odd.group()!r} in {text!r}"
        raise InvalidItemError(message)
    # A parser makes a line feed of a carriage return, and a space of a line feed in an attribute.
    return html.escape(text).replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
