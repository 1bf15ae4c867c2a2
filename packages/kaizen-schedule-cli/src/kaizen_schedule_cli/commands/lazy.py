"""Lazy commands: a module is imported when its command is run or listed, for a fast start."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


class LazyGroup(TyperGroup):
    """A group of the modules of a package; the attribute `command` of each is a command or a group."""

    def __init__(self, package: str, names: Sequence[str], **settings: Any) -> None:
        """Keep the names, in the order of the help."""
        super().__init__(**{**settings, "rich_markup_mode": None, "no_args_is_help": True})
        self.package = package
        # Typer lists these names and suggests similar ones; it loads a command only with get_command.
        self.commands = dict.fromkeys(names)  # type: ignore[assignment]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Typer's signature
        """Import the command with this name, or return None."""
        if cmd_name not in self.commands:
            return None
        command = import_module(f"{self.package}.{cmd_name.replace('-', '_')}").command
        return typer.main.get_command(command) if isinstance(command, typer.Typer) else command


def as_command(example: str) -> Callable[[Callable[..., None]], typer.Typer]:
    """Return a decorator that makes a command of a function, with an unwrapped example at the end of its help."""

    def decorate(function: Callable[..., None]) -> typer.Typer:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(epilog=f"\b\nExample:\n  {example}")(function)
        return app

    return decorate
