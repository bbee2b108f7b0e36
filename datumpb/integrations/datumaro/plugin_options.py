"""Options of Datumaro's plugins, which each of them declares as a parser of its command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from datumpb.errors import OptionError

if TYPE_CHECKING:
    from datumpb.integrations.datumaro.foreign import Foreign

# The path is an argument of its own, and whether media are saved is asked of every export alike.
_OTHERWISE_GIVEN = {"help", "path", "save_media"}
_KINDS = {int: "int", float: "float"}


def option_kinds(plugin: Foreign) -> dict[str, str]:
    """Return the names of a plugin's options, each with its type; what is no flag or number is a text."""
    return {action.dest: _kind(action) for action in _actions(plugin.build_cmdline_parser())}


def parse_options(plugin: Foreign, name: str, work: str, options: dict[str, object]) -> dict[str, Foreign]:
    """Return arguments for a plugin: those options that are given, in the plugin's own types.

    Args:
        plugin: The class of an importer, extractor or exporter.
        name: The format, for error messages.
        work: "reading" or "writing", for error messages.
        options: Texts, numbers or truth values by name.

    Raises:
        OptionError: The plugin has no such option, or it cannot have this value.
    """
    parser = plugin.build_cmdline_parser()
    actions = {action.dest: action for action in _actions(parser)}
    unknown = sorted(options.keys() - actions.keys())
    if unknown:
        message = f"format {name!r} has no option {unknown[0]!r} for {work}; it has: {', '.join(actions) or 'none'}"
        raise OptionError(message)

    def refuse(reason: str) -> NoReturn:
        message = f"format {name!r}, {work}: {reason}"
        raise OptionError(message)

    parser.error = refuse
    for action in parser._actions:  # noqa: SLF001 -- argparse has no other list of them
        action.required, action.default = False, argparse.SUPPRESS
    arguments = []
    for option, value in options.items():
        flag = actions[option].option_strings[-1]
        if _kind(actions[option]) != "bool":
            arguments.append(f"{flag}={value}")
        elif value:
            arguments.append(flag)
    parsed: dict[str, Foreign] = vars(parser.parse_args(arguments))
    return parsed


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.dest not in _OTHERWISE_GIVEN]  # noqa: SLF001 -- as above


def _kind(action: argparse.Action) -> str:
    if action.nargs == 0:
        return "bool"
    return next((name for kind, name in _KINDS.items() if action.type is kind), "str")
