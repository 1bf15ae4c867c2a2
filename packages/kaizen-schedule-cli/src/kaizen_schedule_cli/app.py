"""Registration of all commands, and the one place where exceptions become exit codes (ADR-006)."""

import gc
import os
import re
import sys
from typing import Annotated, Any

import typer
from kaizen_schedule_core.diagnostics import escape_control_chars, suggest
from kaizen_schedule_core.errors import KaizenError

from kaizen_schedule_cli.commands.lazy import LazyGroup
from kaizen_schedule_cli.completion import run_completion
from kaizen_schedule_cli.exits import Exit, exit_for
from kaizen_schedule_cli.processes import ProcessLostError
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import OutputError, escape_text, write_stderr, write_stdout

# Commands are short and create few reference cycles; a rare collection saves 3 % for a fleet of 10,000.
_ALLOCATIONS = 1_000_000
GROUPS = ("schedule", "memory", "metrics", "roster", "definitions", "conformance")


class _Root(LazyGroup):
    """The root group; it is the only place where exceptions become messages and exit codes."""

    def __init__(self, **settings: Any) -> None:
        super().__init__("kaizen_schedule_cli.commands", GROUPS, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run a command, and handle its exceptions."""
        try:
            return super().invoke(ctx)
        except KaizenError as error:
            write_diagnostics(error.diagnostics)
            raise typer.Exit(exit_for(error.diagnostics)) from None
        except KeyboardInterrupt:
            raise typer.Exit(Exit.INTERRUPTED) from None
        except Exception as error:
            is_help = type(error).__name__ == "NoArgsIsHelpError"  # its message is the help text
            if hasattr(error, "ctx") and hasattr(error, "message") and not is_help:
                error.message = escape_control_chars(_without_credentials(_usage_message(error)))
            raise


def _usage_message(error: Any) -> str:
    if hasattr(error.__cause__, "errors"):  # from pydantic
        from kaizen_schedule_core.source.models.messages import first_message

        return first_message(error.__cause__)
    if hasattr(error, "possibilities"):
        return _unknown_option(error)
    return str(error.message)


def _unknown_option(error: Any) -> str:
    """Return the message for an unknown option: a similar one, and all options of the command."""
    error.possibilities = None  # Typer would list only similar ones
    options = [
        option for param in error.ctx.command.get_params(error.ctx) for option in param.opts if option[:2] == "--"
    ]
    near = suggest(error.option_name, options)
    hint = f" Did you mean {near}?" if near is not None else ""
    if any(param.metavar == "COMMAND" for param in error.ctx.command.params):
        hint += " Write -- before the command."
    return f"{error.message}.{hint} Options of {error.ctx.info_name}: {', '.join(options)}."


app = typer.Typer(
    cls=_Root,
    name="kaizen-agentic",
    help="Run coding agents on a schedule, declared in .kaizen/schedule.yml.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - Typer's signature
    if not wanted:
        return
    from importlib.metadata import version

    from kaizen_schedule_core.clock.cron import PORTABLE_DIALECT
    from kaizen_schedule_core.clock.fires import FIRING_DIALECT
    from kaizen_schedule_core.clock.zones import tzdata_version

    write_stdout(
        f"kaizen-agentic {version('kaizen-schedule-cli')}\n"
        f"cron dialect {PORTABLE_DIALECT}, fires as {FIRING_DIALECT}, tz database {tzdata_version()}"
    )
    raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the versions and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line, and exit with a code of `Exit`."""
    sys.exit(_run())


def _run() -> int:
    gc.set_threshold(_ALLOCATIONS)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it stays open to the end
    if sys.stdout is None:
        write_stderr("error: standard output is closed")
        return Exit.UNAVAILABLE
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = run_completion(sys.argv[1:])
        if code is not None:
            return code
        app()
    except SystemExit as end:
        if isinstance(end.code, int):
            return end.code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except ProcessLostError:
        write_stderr("error: a process of this command ended unexpectedly: pass --jobs 1, or free memory")
        return Exit.UNAVAILABLE
    except OutputError as error:
        write_stderr(f"error: cannot write the output: {error}")
        return Exit.UNAVAILABLE
    except Exception:  # noqa: BLE001 - an exception that nothing expected is a fault of this program
        _report_fault()
        return Exit.OUR_FAULT
    return Exit.CLEAN


def _without_credentials(text: str) -> str:
    return re.sub(r"(?<=://)[^/\s]*@", "", text)


def _report_fault() -> None:
    import platform
    import traceback

    write_stderr(
        "error: internal error in kaizen-agentic; your files are not the cause. Please report it with this text.\n\n"
        f"command: {escape_control_chars(_without_credentials(' '.join(sys.argv[1:])))}\n"
        f"python {platform.python_version()} on {platform.system()}\n{escape_text(traceback.format_exc())}"
    )
