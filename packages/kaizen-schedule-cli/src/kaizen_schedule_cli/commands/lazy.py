"""Commands that are imported only when they are run or listed, so that a light command imports nothing else."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


class LazyGroup(TyperGroup):
    """A group of the modules of one package; the object `command` of each module is a command or a group."""

    def __init__(self, package: str, names: Sequence[str], **settings: Any) -> None:
        """Keep the names, in the order of the help, without importing anything."""
        super().__init__(**{**settings, "rich_markup_mode": None, "no_args_is_help": True})
        self.package = package
        # Typer lists these names and suggests similar ones, and gets a command only from get_command.
        self.commands = dict.fromkeys(names)  # type: ignore[assignment]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Typer's signature
        """Import and build the command of that name, if there is one."""
        if cmd_name not in self.commands:
            return None
        command = import_module(f"{self.package}.{cmd_name.replace('-', '_')}").command
        return typer.main.get_command(command) if isinstance(command, typer.Typer) else command


def as_command(example: str) -> Callable[[Callable[..., None]], typer.Typer]:
    """Turn a function into a command; its help ends with the example, which is never wrapped."""

    def decorate(function: Callable[..., None]) -> typer.Typer:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(epilog=f"\b\nExample:\n  {example}")(function)
        return app

    return decorate
