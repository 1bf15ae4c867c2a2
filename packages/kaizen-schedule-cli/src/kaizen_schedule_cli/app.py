"""Registration of all commands, and the one place where exceptions become exit codes (ADR-006)."""

from __future__ import annotations

import gc
import os
import re
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from kaizen_schedule_core.clock.cron import PORTABLE_DIALECT
from kaizen_schedule_core.clock.fires import FIRING_DIALECT
from kaizen_schedule_core.clock.zones import tzdata_version
from kaizen_schedule_core.diagnostics import inert
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.source.models.messages import first_message
from typer.core import TyperGroup

from kaizen_schedule_cli.exits import Exit, exit_for
from kaizen_schedule_cli.render.diagnostics import diagnostics_text
from kaizen_schedule_cli.render.streams import OutputLost, answer, colourful, inert_text, remark

# A command is short and makes few cycles: collecting them seldom saves a tenth of the time over a thousand manifests.
_ALLOCATIONS = 50_000
GROUPS = ("schedule", "memory", "metrics", "roster", "definitions", "conformance")


class _Root(TyperGroup):
    """The whole command line: it opens a group of commands when it is named, and is the one exception boundary."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """The groups, in the order of the help."""
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """Open the group of that name; for an unknown one all are opened, so that a near name can be suggested."""
        for name in (cmd_name,) if cmd_name in GROUPS else GROUPS:
            if name not in self.commands:
                module = import_module(f"kaizen_schedule_cli.commands.{name}")
                self.add_command(typer.main.get_command(module.app), name)
        return self.commands.get(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run a command, and turn what it raises into what a person reads and an exit code."""
        try:
            return super().invoke(ctx)
        except KaizenError as error:
            remark(diagnostics_text(error.diagnostics, colour=colourful(sys.stderr)).rstrip("\n"))
            raise typer.Exit(exit_for(error.diagnostics)) from None
        except KeyboardInterrupt:
            raise typer.Exit(Exit.INTERRUPTED) from None
        except Exception as error:
            own = type(error).__name__ == "NoArgsIsHelpError"  # its message is the help
            if hasattr(error, "ctx") and hasattr(error, "message") and not own:  # wrong usage repeats what was typed
                cause: Any = error.__cause__  # of pydantic, where a value does not fit its option
                message = first_message(cause) if hasattr(cause, "errors") else error.message
                error.message = inert(_without_credentials(message))
            raise


app = typer.Typer(
    cls=_Root,
    name="kaizen-agentic",
    help="Coding agents on a regular cadence, asked for by one file: .kaizen/schedule.yml.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if not wanted:
        return
    from importlib.metadata import version

    answer(
        f"kaizen-agentic {version('kaizen-schedule-cli')}\n"
        f"cron dialect {PORTABLE_DIALECT}, fires as {FIRING_DIALECT}, tz database {tzdata_version()}"
    )
    raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the versions and exit."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the only exit is an exit code of `Exit`."""
    sys.exit(_run())


def _run() -> int:
    gc.set_threshold(_ALLOCATIONS)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it stays open to the end
    if sys.stdout is None:
        remark("error: standard output is closed")
        return Exit.UNAVAILABLE
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.CLEAN
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except OutputLost as error:
        remark(f"error: the output could not be written: {error}")
        return Exit.UNAVAILABLE
    except Exception:  # noqa: BLE001 - what nobody foresaw is our fault, and says so
        _report_fault()
        return Exit.OUR_FAULT
    return Exit.CLEAN


def _without_credentials(text: str) -> str:
    """The text without the user and the password of any URL in it."""
    return re.sub(r"(?<=://)[^/\s]*@", "", text)


def _report_fault() -> None:
    import platform
    import traceback

    remark(
        "error: this is a fault in kaizen-agentic, not in your files. Please report it with the text below.\n\n"
        f"command: {inert(_without_credentials(' '.join(sys.argv[1:])))}\n"
        f"python {platform.python_version()} on {platform.system()}\n{inert_text(traceback.format_exc())}"
    )
