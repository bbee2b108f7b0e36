"""Options of formats, which stand behind `--`: their names and types are those of the format's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datumpb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datumpb.dataset.registry import Format

_META = "datumpb.format_options"
_INPUT = "input_"
_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class CommandWithFormatOptions(click.Command):
    """A command that also takes its options behind `--`, and those of formats, as Datumaro has them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse its own options, whatever side of `--` they stand on, and set all others behind it aside."""
        given: dict[str, str | None] = {}
        if "--" in args:
            place = args.index("--")
            rest, given = self._set_aside(args[place + 1 :])
            args = [*args[:place], *rest]
        ctx.meta[_META] = given
        return super().parse_args(ctx, args)

    def _set_aside(self, args: list[str]) -> tuple[list[str], dict[str, str | None]]:
        own = {name for parameter in self.params for name in (*parameter.opts, *parameter.secondary_opts)}
        rest: list[str] = []
        given: dict[str, str | None] = {}
        waiting = list(args)
        while waiting:
            name, equals, value = waiting.pop(0).partition("=")
            if not name.startswith("--") or name in own:
                rest.append(name + equals + value)
            elif equals:
                given[name] = value
            else:
                is_flag = not waiting or waiting[0].startswith("--") or waiting[0] in own
                given[name] = None if is_flag else waiting.pop(0)
        return rest, given


def format_options(source: Format | None, target: Format | None) -> tuple[dict[str, object], dict[str, object]]:
    """Return the options for reading and for writing that the running command was given behind `--`.

    An option that both formats have is the target's; `--input-NAME` is always the source's.

    Args:
        source: The format that is read; None: none, or its options come from elsewhere.
        target: The format that is written, or None.

    Raises:
        OptionError: Neither format has it, or its value is missing or of the wrong type.
    """
    given: Mapping[str, str | None] = click.get_current_context().meta.get(_META, {})
    reading = {} if source is None else source.read_options()
    writing = {} if target is None else target.write_options()
    read: dict[str, object] = {}
    write: dict[str, object] = {}
    for option, text in given.items():
        name = option[2:].replace("-", "_")
        if name in writing:
            write[name] = _value(option, text, writing[name])
        elif name.removeprefix(_INPUT) in reading:
            name = name.removeprefix(_INPUT)
            read[name] = _value(option, text, reading[name])
        else:
            sides = ((source, "reading", reading), (target, "writing", writing))
            known = [
                f"{side.name} has for {work}: {_names(options)}" for side, work, options in sides if side is not None
            ]
            message = f"no option {option}; {'; '.join(known)}"
            raise OptionError(message)
    return read, write


def _names(options: Mapping[str, str]) -> str:
    names = [f"--{name.replace('_', '-')}" for name in sorted(options)]
    return ", ".join(names) or "none"


def _value(option: str, text: str | None, kind: str) -> object:
    """Return a value of the type that the format's function names."""
    kinds = {part.strip() for part in kind.split("|")}
    if "bool" in kinds:
        value = True if text is None else _TRUTH.get(text.lower())
        if value is None:
            message = f"{option}: true or false expected, not {text!r}"
            raise OptionError(message)
        return value
    if text is None:
        message = f"{option} needs a value"
        raise OptionError(message)
    for name, convert in (("int", int), ("float", float)):
        if name in kinds:
            try:
                return convert(text)
            except ValueError:
                message = f"{option}: a number expected, not {text!r}"
                raise OptionError(message) from None
    return text
