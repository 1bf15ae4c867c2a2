"""`schedule explain`: the explanation of a diagnostic code."""

from typing import Annotated

import typer
from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import did_you_mean, quoted

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.render.explanations import explanation_text
from kaizen_schedule_cli.render.streams import write_stdout


@as_command("kaizen-agentic schedule explain KZ203")
def command(code: Annotated[str, typer.Argument(metavar="CODE", help="A code such as KZ203.")]) -> None:
    """Explain a diagnostic code, with an example."""
    known = CODES.get(code.upper())
    if known is None:
        near = f"codes are from {min(CODES)} to {max(CODES)}"
        if len(code) == len(min(CODES)):
            near = did_you_mean(code.upper(), CODES) or near
        raise typer.BadParameter(f"unknown code {quoted(code)}: {near}", param_hint="CODE")
    write_stdout(explanation_text(known))
