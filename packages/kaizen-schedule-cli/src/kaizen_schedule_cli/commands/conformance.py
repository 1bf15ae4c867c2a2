"""`kaizen-agentic conformance`: whether another project's resolver obeys the contract."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from importlib import import_module
from typing import Annotated, Any

import typer
from kaizen_schedule_core import conformance
from kaizen_schedule_core.diagnostics import inert, quoted

from kaizen_schedule_cli.commands.options import Format, OutputFormat, example, group
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.conformance import conformance_text
from kaizen_schedule_cli.render.streams import answer, answer_json

app = group("Whether a resolver obeys the contract.")

FORM_VERSION = "1"
_OPTION = "--resolver"
_OURS = "kaizen_schedule_core:discover_kaizen_scheduled_repos"


@app.callback()
def _group() -> None:
    """Keep `run` a command of its own: Typer would drop the name of the only one."""


@app.command(epilog=example(f"kaizen-agentic conformance run --resolver {_OURS}"))
def run(
    resolver: Annotated[
        str, typer.Option(_OPTION, metavar="MODULE:CALLABLE", help="What to call; the current folder is importable.")
    ],
    output: OutputFormat = Format.TEXT,
) -> None:
    """Put a resolver to every case of the conformance kit."""
    cases = conformance.cases()  # before the current folder can stand in for a module of ours
    with redirect_stdout(sys.stderr):  # what the code under test prints is no part of the answer
        function = _imported(resolver)
        done = [(case, conformance.check(case, function)) for case in cases]
    passed = not any(failures for _, failures in done)
    if output is Format.JSON:
        rows = [{"case": str(case), "passed": not failures, "failures": list(failures)} for case, failures in done]
        answer_json({"version": FORM_VERSION, "resolver": resolver, "passed": passed, "cases": rows})
    else:
        answer(conformance_text(done))
    if not passed:
        raise typer.Exit(Exit.FINDINGS)


def _imported(name: str) -> Any:
    """The callable of that name. Raises typer.BadParameter, in one sentence, when there is none."""
    module_name, _, attributes = name.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), *attributes.split("."))):
        raise _no_resolver(f"{quoted(name)} is not of the form module:callable")
    sys.path.insert(0, "")  # as python -m has it
    try:
        found = import_module(module_name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the module does while it is imported
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise _no_resolver(f"the module {module_name} cannot be imported ({inert(reason)})") from None
    for attribute in attributes.split("."):
        if not hasattr(found, attribute):
            raise _no_resolver(f"the module {module_name} has no {attributes}")
        found = getattr(found, attribute)
    if not callable(found):
        raise _no_resolver(f"{name} cannot be called: it is of type {type(found).__name__}")
    return found


def _no_resolver(sentence: str) -> typer.BadParameter:
    return typer.BadParameter(sentence, param_hint=_OPTION)
