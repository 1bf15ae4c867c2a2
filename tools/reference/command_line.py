"""The page of all commands, from the Typer application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import typer
from kaizen_schedule_cli.app import app
from kaizen_schedule_cli.commands.roster_options import HUB_VARIABLE
from kaizen_schedule_core import FIRING_DIALECT, PORTABLE_DIALECT

from reference.markdown import code, fence, heading, listed, markup, page, prose, table
from reference.shapes import ANSWERS, shape

_PROGRAM = "kaizen-agentic"
_INTRODUCTION = f"""\
Every command of `{_PROGRAM}`, the console script of the package `kaizen-schedule-cli`; `python -m kaizen_schedule_cli`
is the same. Each has `--help` (`-h`) with an example. What the exit status means, and what goes to stdout and what to
stderr, is the same for all of them: [exit codes](exit-codes.md). Every code that a command prints is explained among
the [diagnostics](diagnostics.md)."""
_READING = """\
A *time* has an offset (`2026-06-17T09:00:00+02:00`, `2026-06-17T07:00:00Z`), or is a date, read as its midnight. A
*duration* is a number with a unit: `15m`, `24h`, `7d`. The shape of a JSON answer names the type of each value; the
`version` in it is that of the form."""


_LOOK_UP = """\
Every option of `kaizen-agentic`, with the commands that take it. All commands with all their options:
[command line](cli.md)."""


def command_line_page() -> str:
    """Return the whole page. Raises AssertionError for a command with a JSON answer whose type is not in ANSWERS."""
    program, groups, commands = _tree()
    forms = {name for name, command in commands.items() if any(map(_gives_json, command.params))}
    if forms != ANSWERS.keys():
        raise AssertionError(f"add the answer of these, or remove it: {sorted(forms ^ ANSWERS.keys())}")
    parts = [_INTRODUCTION, _overview(commands), _READING, *_program(program)]
    for group, command in groups.items():
        parts += [heading(2, group, group), markup(command.help)]
        for name, one in commands.items():
            if name.startswith(f"{group} "):
                parts += _command(name, one)
    return page("Command line", *parts)


def options_page() -> str:
    """The page of all options, each under a heading of its own, for who looks one up by its name."""
    program, _, commands = _tree()
    known: dict[str, dict[str, list[str]]] = {}
    for name, command in {"": program, **commands}.items():
        for option in _visible(command):
            for spelled in (one for one in option.opts if one.startswith("--")):
                known.setdefault(spelled, {}).setdefault(f"{_spelled(option)}: {_meaning(option)}", []).append(name)
    parts = []
    for spelled, meanings in sorted(known.items()):
        parts.append(heading(2, code(spelled), spelled.lstrip("-")))
        parts += [f"{meaning} In {_linked(names)}." for meaning, names in meanings.items()]
    return page("Options and variables", _LOOK_UP, *parts, *_variables())


def _linked(names: list[str]) -> str:
    links = (f"[{code(name or _PROGRAM)}](cli.md#{_anchor(name) or 'program'})" for name in names)
    return ", ".join(links)


def _variables() -> Iterator[str]:
    yield heading(2, code(HUB_VARIABLE), "hub-variable")
    yield "An environment variable: the State Hub to ask, where neither `--roster` nor `--hub` is given."
    yield heading(2, code("NO_COLOR"), "no-color")
    yield "An environment variable: if it is set, whatever to, no output is coloured."


def _tree() -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The program, its groups, and its commands by their whole names."""
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
    return table(("Command", "What it does"), rows)


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _summary(command: Any) -> str:
    return str(command.help).split("\n\n")[0]


def _program(program: Any) -> Iterator[str]:
    yield heading(2, "Options of the program itself", "program")
    yield _options(_visible(program))
    yield f"The environment variable {code(HUB_VARIABLE)} stands in for `--hub` where a command takes a roster."
    yield (
        f"`--version` also names the cron dialect that manifests are written in ({code(PORTABLE_DIALECT)}), the "
        f"one that fires are computed by ({code(FIRING_DIALECT)}), and the time zone database that is read."
    )


def _command(name: str, command: Any) -> Iterator[str]:
    yield heading(3, name, _anchor(name))
    yield markup(command.help)
    yield fence(_usage(name, command), "text", title="Usage")
    yield fence(_example(command), "bash", title="Example")
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    if arguments:
        yield table(("Argument", "Meaning"), [(code(_placed(one)), _meaning(one)) for one in arguments])
    options = _visible(command)
    if options:
        yield _options(options)
    if name in ANSWERS:
        yield fence(shape(ANSWERS[name]), "text", title="With --format json")


def _usage(name: str, command: Any) -> str:
    options = [one for one in command.params if one.param_type_name == "option"]
    words = [f"{one.opts[0]} {one.metavar}" for one in options if one.required]
    words += ["[OPTIONS]"] if len(options) > len(words) else []
    words += [_placed(one) for one in command.params if one.param_type_name == "argument"]
    return " ".join([_PROGRAM, name, *words])


def _placed(argument: Any) -> str:
    """An argument as the usage line shows it."""
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
    """Help, then whether it is required, what is allowed, the default and the variable, each as its own sentence."""
    told = [prose(parameter.help or "")]
    if parameter.required and parameter.param_type_name == "option":
        told.append("**Required.**")
    if parameter.multiple:
        told.append("May be given more than once.")
    if choices := _choices(parameter):
        told.append(f"One of {listed(choices)}.")
    if parameter.min is not None or parameter.max is not None:
        told.append(
            f"From {parameter.min:,} up." if parameter.max is None else f"{parameter.min:,} to {parameter.max:,}."
        )
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if default not in (None, False, ()) and not callable(default):
        told.append(f"Default: {code(str(default))}.")
    if parameter.envvar:
        told.append(
            f"Environment: {listed([parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar)}."
        )
    return " ".join(filter(None, told))
