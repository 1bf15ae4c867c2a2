"""The shell commands for schedulers and agent sessions (ADR-005)."""

import shlex

PROGRAM = "kaizen-agentic"
"""The console script. Commands for other hosts always use this name."""


def prepare_command(agent: str, root: str) -> str:
    """Return the command that prints the orientation bundle, quoted for a POSIX shell."""
    return f"{PROGRAM} schedule prepare {agent} --target {shlex.quote(root)}"


def session_close(agent: str, root: str, program: str = PROGRAM) -> tuple[str, str]:
    """Return the two commands that close a session: record the run, and add a line to the memory.

    `program` starts kaizen-agentic, already quoted for a POSIX shell.
    """
    target = shlex.quote(root)
    return (
        f"{program} metrics record {agent} --success --target {target}",
        f"{program} memory note {agent} --text 'one line on what changed' --target {target}",
    )
