"""The shell commands for schedulers and agent sessions (ADR-005)."""

import shlex


def prepare_command(agent: str, root: str) -> str:
    """Return the command that prints the orientation bundle, quoted for a POSIX shell."""
    return f"kaizen-agentic schedule prepare {agent} --target {shlex.quote(root)}"


def session_close(agent: str, root: str) -> tuple[str, str]:
    """Return the two commands that close a session: record the run, and add a line to the memory."""
    target = shlex.quote(root)
    return (
        f"kaizen-agentic metrics record {agent} --success --target {target}",
        f"kaizen-agentic memory note {agent} --text 'one line on what changed' --target {target}",
    )
