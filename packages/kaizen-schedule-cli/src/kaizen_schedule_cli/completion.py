"""Completion scripts for a named shell; Typer's own options can only detect the current one."""

from collections.abc import Sequence

from kaizen_schedule_core.diagnostics import escape_control_chars, quoted

from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import write_stderr, write_stdout

_SHOW, _INSTALL = "--show-completion", "--install-completion"
_PROGRAM, _VARIABLE = "kaizen-agentic", "_KAIZEN_AGENTIC_COMPLETE"
_SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def run_completion(words: Sequence[str]) -> int | None:
    """Show or install a completion script, and return the exit code; None if the words ask for something else."""
    option, shell = words[0] if words else "", words[1] if words[1:] else None
    if option not in {_SHOW, _INSTALL} or len(words) > 2 or (option == _SHOW and shell is None):  # noqa: PLR2004
        return None
    if shell is not None and shell not in _SHELLS:
        write_stderr(f"error: unknown shell {quoted(shell)}: use {option} with one of {', '.join(_SHELLS)}")
        return Exit.USAGE
    from typer.completion import get_completion_script, install  # type: ignore[attr-defined]

    if option == _SHOW and shell is not None:
        write_stdout(get_completion_script(prog_name=_PROGRAM, complete_var=_VARIABLE, shell=shell))
        return Exit.CLEAN
    try:
        shell, path = install(shell=shell, prog_name=_PROGRAM, complete_var=_VARIABLE)
    except (OSError, RuntimeError) as error:  # a RuntimeError if there is no home directory
        write_stderr(f"error: completion cannot be installed: {escape_control_chars(str(error))}")
        return Exit.UNAVAILABLE
    write_stdout(f"{shell} completion installed in {path}\nIt takes effect in a new terminal.")
    return Exit.CLEAN
