"""The page of the report: the template, and the rows of its table as JSON for the script."""

import json
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from kaizen_schedule_core.fleet.resolution import BROKEN_OUTCOMES
from kaizen_schedule_core.fleet.status import ATTENTION_STATES

from kaizen_schedule_cli.report.data import AgentFigures, FleetReport

_LEVELS = 5  # of colour in the picture of the week


def page_text(report: FleetReport) -> str:
    """Return the page: one file that requests nothing."""
    folder = files("kaizen_schedule_cli.report")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    busiest = report.busiest
    most = busiest[1] if busiest is not None else 1
    environment.filters |= {"level": lambda runs: -(-runs * _LEVELS // most), "number": "{:,}".format}
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    data = json.dumps(_rows(report), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return template.render(
        report=report,
        now=report.period.now.astimezone(report.period.zone),
        zone=report.period.zone,
        data=data.replace("&", "\\u0026").replace("<", "\\u003c"),  # safe inside of a script element
        script=folder.joinpath("page.js").read_text(encoding="utf-8"),
    )


def _rows(report: FleetReport) -> list[list[object]]:
    """Return [repo, agent, state, attention, why, last run, results, runs, successes, minutes, cost] for each agent.

    A repository without agents has one row with its outcome. Rows that need attention are first.
    """
    first: list[list[object]] = []
    others: list[list[object]] = []
    with_agents = {one.repo for one in report.figures}
    for outcome in report.outcomes:
        if outcome.repo not in with_agents:
            broken = outcome.outcome in BROKEN_OUTCOMES
            row = [outcome.repo, "", outcome.outcome, int(broken), outcome.detail, "", "", 0, 0, None, None]
            (first if broken else others).append(row)
    for one in report.figures:
        unwell = one.state in ATTENTION_STATES
        (first if unwell else others).append(
            [one.repo, one.agent, one.state, int(unwell), one.why, *_figures(one, report)]
        )
    return first + others


def _figures(one: AgentFigures, report: FleetReport) -> list[object]:
    last, minutes, cost = "", one.recorded.minutes, one.recorded.cost_usd
    if one.last is not None:
        last = f"{one.last.astimezone(report.period.zone):%Y-%m-%d %H:%M}"
    return [
        last,
        one.results,
        one.recorded.runs,
        one.recorded.successes,
        None if minutes is None else round(minutes, 1),
        None if cost is None else round(cost, 2),
    ]
