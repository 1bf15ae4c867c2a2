"""`conformance run`: call a resolver with every case of the conformance kit."""

import sys
from contextlib import redirect_stdout
from importlib import import_module
from operator import attrgetter
from typing import Annotated, Any

import typer
from kaizen_schedule_core import conformance
from kaizen_schedule_core.diagnostics import escape_control_chars, quoted

from kaizen_schedule_cli.answers.conformance import CaseResult, ConformanceAnswer
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Format, OutputFormat
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.conformance import conformance_text
from kaizen_schedule_cli.render.streams import write_json, write_stdout

_OPTION = "--resolver"


@as_command("kaizen-agentic conformance run --resolver kaizen_schedule_core:discover_kaizen_scheduled_repos")
def command(
    resolver: Annotated[
        str,
        typer.Option(
            _OPTION, metavar="MODULE:CALLABLE", help="The resolver to test; the current directory is importable."
        ),
    ],
    output: OutputFormat = Format.TEXT,
) -> None:
    """Run the conformance kit against a resolver."""
    cases = conformance.cases()  # before modules in the current directory can shadow ours
    results = []
    with redirect_stdout(sys.stderr):  # output of the code under test is not part of the result
        function = _imported(resolver)
        for case in cases:
            failures = tuple(conformance.check(case, function))
            results.append(CaseResult(case=str(case), passed=not failures, failures=failures))
    passed = all(map(attrgetter("passed"), results))
    answer = ConformanceAnswer(resolver=resolver, passed=passed, cases=tuple(results))
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(conformance_text(cases, answer))
    if not passed:
        raise typer.Exit(Exit.FINDINGS)


def _imported(name: str) -> Any:
    """Import a callable by name. Raises typer.BadParameter if it does not exist."""
    module_name, _, attributes = name.partition(":")
    if not all(map(str.isidentifier, f"{module_name}.{attributes}".split("."))):
        raise _no_resolver(f"{quoted(name)} must have the form module:callable")
    sys.path.insert(0, "")  # like python -m
    try:
        found = import_module(module_name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the module does while it is imported
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise _no_resolver(f"the module {module_name} cannot be imported ({escape_control_chars(reason)})") from None
    for attribute in attributes.split("."):
        if not hasattr(found, attribute):
            raise _no_resolver(f"the module {module_name} has no {attributes}")
        found = getattr(found, attribute)
    if not callable(found):
        raise _no_resolver(f"{name} cannot be called: it is of type {type(found).__name__}")
    return found


def _no_resolver(sentence: str) -> typer.BadParameter:
    return typer.BadParameter(sentence, param_hint=_OPTION)
