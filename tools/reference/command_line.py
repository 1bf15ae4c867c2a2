"""The page of all commands, from the Typer application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import typer
from kaizen_schedule_cli.app import app
from kaizen_schedule_cli.commands.roster_options import HUB_VARIABLE
from kaizen_schedule_core import FIRING_DIALECT, PORTABLE_DIALECT

from reference.markdown import code, console, fence, heading, listed, markup, page, table
from reference.shapes import ANSWERS

_PROGRAM = "kaizen-agentic"
_INTRODUCTION = f"""\
This page lists all commands of `{_PROGRAM}`, the program of the package `kaizen-schedule-cli`.
`python -m kaizen_schedule_cli` runs the same program. Each command has `--help` (`-h`) with an example. See also
[exit codes and streams](exit-codes.md) and [diagnostics](diagnostics.md)."""
_READING = """\
A *time* has an offset (`2026-06-17T09:00:00+02:00`, `2026-06-17T07:00:00Z`) or is a date, which means midnight (in
the manifest's zone for `schedule`, in UTC for `roster`). A *duration* is a number with a unit: `15m`, `24h`, `7d`."""
_VARIABLES = (
    (HUB_VARIABLE, "The URL of the State Hub, if a command has neither `--roster` nor `--hub`."),
    ("NO_COLOR", "If set to a non-empty value, output has no color."),
)


def command_line_page() -> str:
    """Return the page. Raises AssertionError if a command has JSON output and its type is not in ANSWERS."""
    program, groups, commands = _tree()
    forms = {name for name, command in commands.items() if any(map(_gives_json, command.params))}
    if forms != ANSWERS.keys():
        raise AssertionError(f"add to ANSWERS, or remove: {sorted(forms ^ ANSWERS.keys())}")
    parts = [_INTRODUCTION, _overview(commands), _READING, *_program(program)]
    for group, command in groups.items():
        parts += [heading(2, group, group), markup(command.help)]
        for name, one in commands.items():
            if name.startswith(f"{group} "):
                parts += _command(name, one)
    return page("Command line", *parts)


def _tree() -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Return the program, its groups, and its commands by their full names."""
    program: Any = typer.main.get_command(app)
    context = program.make_context(_PROGRAM, [], resilient_parsing=True)
    groups = {name: program.get_command(context, name) for name in program.list_commands(context)}
    commands = {
        f"{group} {name}": groups[group].get_command(context, name)
        for group in groups
        for name in groups[group].list_commands(context)
    }
    return program, groups, commands


def _visible(command: Any) -> list[Any]:
    return [one for one in command.params if one.param_type_name == "option" and not one.hidden]


def _overview(commands: Mapping[str, Any]) -> str:
    rows = [(f"[{code(name)}](#{_anchor(name)})", markup(_summary(command))) for name, command in commands.items()]
    return table(("Command", "Purpose"), rows)


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _summary(command: Any) -> str:
    return str(command.help).split("\n\n")[0]


def _program(program: Any) -> Iterator[str]:
    yield heading(2, "Global options", "program")
    yield _options(_visible(program))
    yield (
        f"`--version` also prints the cron dialect of manifests ({code(PORTABLE_DIALECT)}), the dialect in which fires "
        f"are computed ({code(FIRING_DIALECT)}), and the version of the time zone database."
    )
    yield heading(2, "Environment variables", "environment")
    yield table(("Variable", "Meaning"), [(code(name), meaning) for name, meaning in _VARIABLES])


def _command(name: str, command: Any) -> Iterator[str]:
    yield heading(3, name, _anchor(name))
    yield markup(command.help)
    yield fence(_usage(name, command), "text", title="Usage")
    yield console(_example(command), title="Example")
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    if arguments:
        yield table(("Argument", "Meaning"), [(code(_placed(one)), _meaning(one)) for one in arguments])
    options = _visible(command)
    if options:
        yield _options(options)
    if name in ANSWERS:
        yield f"Output of `--format json`: [{code(name)}](json-forms.md#{_anchor(name)})."


def _usage(name: str, command: Any) -> str:
    options = [one for one in command.params if one.param_type_name == "option"]
    words = [f"{one.opts[0]} {one.metavar}" for one in options if one.required]
    words += ["[OPTIONS]"] if len(options) > len(words) else []
    words += [_placed(one) for one in command.params if one.param_type_name == "argument"]
    return " ".join([_PROGRAM, name, *words])


def _placed(argument: Any) -> str:
    """Return an argument as the usage line shows it."""
    name = str(argument.metavar or argument.name.upper())
    return (name if argument.required else f"[{name}]") + ("..." if argument.nargs < 0 else "")


def _example(command: Any) -> str:
    return "\n".join(
        line.strip() for line in str(command.epilog).splitlines() if line.strip(" \b") not in {"", "Example:"}
    )


def _options(options: list[Any]) -> str:
    return table(("Option", "Meaning"), [(_spelled(one), _meaning(one)) for one in options])


def _spelled(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.opts[0].lstrip('-').upper()}"
    return ", ".join(code(name + value) for name in option.opts)


def _choices(parameter: Any) -> list[str]:
    kind = parameter.type_descriptor.annotation
    return [str(member.value) for member in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []


def _gives_json(parameter: Any) -> bool:
    return "--format" in parameter.opts and "json" in _choices(parameter)


def _meaning(parameter: Any) -> str:
    """Return the help, then required, allowed values, default and variable, each as a sentence."""
    text, _, written_default = (parameter.help or "").removesuffix("].").partition(" [default: ")
    sentences = [markup(f"{text}." if written_default else text)]
    if parameter.required and parameter.param_type_name == "option":
        sentences.append("**Required.**")
    if parameter.multiple:
        sentences.append("Repeatable.")
    if choices := _choices(parameter):
        sentences.append(f"One of {listed(choices)}.")
    if parameter.min is not None or parameter.max is not None:
        sentences.append(
            f"At least {parameter.min:,}." if parameter.max is None else f"From {parameter.min:,} to {parameter.max:,}."
        )
    if written_default:
        sentences.append(f"Default: {written_default}.")
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if default not in (None, False, ()) and not callable(default):
        sentences.append(f"Default: {code(str(default))}.")
    if parameter.envvar:
        sentences.append(
            f"Environment: {listed([parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar)}."
        )
    return " ".join(filter(None, sentences))
