"""`roster resolve` and `roster explain`: what will run, why the rest will not, and who fires it."""

from __future__ import annotations

from kaizen_schedule_cli.commands.asking import Ask, asks, firings_of, resolve
from kaizen_schedule_cli.commands.options import Catalog, Format, OutputFormat, example
from kaizen_schedule_cli.commands.roster.group import app
from kaizen_schedule_cli.render.fleet import counts_text, explanation_json, explanation_text
from kaizen_schedule_cli.render.streams import answer, answer_json, plural, remark
from kaizen_schedule_cli.render.tables import table


@app.command("resolve", epilog=example("kaizen-agentic roster resolve --roster roster.yml --format json"))
@asks
def resolve_(ask: Ask, output: OutputFormat = Format.TEXT) -> None:
    """List the runs that are selected, each with its command."""
    question = ask()
    resolution = resolve(question)
    if output is Format.JSON:
        answer_json({"scheduled_runs": [run.as_json() for run in resolution.runs]})
    else:
        rows = [(run.repo, run.agent, run.cadence, run.cron.text, run.timezone) for run in resolution.runs]
        commands = "".join(f"\n{run.prepare_command}" for run in resolution.runs)
        answer(table(("repo", "agent", "cadence", "cron", "timezone"), rows) + "\n" + commands if rows else "")
    remark(f"\n{plural(len(resolution.runs), 'run')} from {counts_text(resolution)}")
    if not resolution.runs:
        remark("Why: kaizen-agentic roster explain with the same options.")


@app.command(epilog=example("kaizen-agentic roster explain --roster roster.yml --catalog catalog"))
@asks
def explain(ask: Ask, catalog: Catalog = None, output: OutputFormat = Format.TEXT) -> None:
    """Say of every repository what runs, or why nothing does; with a catalog also who fires it."""
    question = ask()
    resolution = resolve(question)
    firings = firings_of(catalog, resolution)
    if output is Format.JSON:
        answer_json(explanation_json(resolution, question.now, firings))
    else:
        answer(explanation_text(resolution, question.now, firings))
    remark(f"\n{counts_text(resolution)}")
