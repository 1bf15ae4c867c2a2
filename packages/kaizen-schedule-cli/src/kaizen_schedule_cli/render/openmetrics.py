"""The status of a fleet for monitoring systems: OpenMetrics, which node_exporter's textfile collector reads."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from kaizen_schedule_core.fleet.resolution import Outcome
from kaizen_schedule_core.fleet.status import RunStatus

WEEK = timedelta(weeks=1)


def openmetrics_text(rows: Iterable[RunStatus], counts: Mapping[Outcome, int], *, now: datetime) -> str:
    """Return the metrics of each agent, and the number of entries with each outcome. Times are Unix timestamps."""
    listed = list(rows)
    lines: list[str] = []
    for family, unit, text, samples in (
        ("kaizen_agent_state", "", "The state of an agent; the value is always 1.", _states(listed)),
        ("kaizen_agent_last_expected_timestamp_seconds", "seconds", "The last expected run.", _expected(listed)),
        ("kaizen_agent_last_success_timestamp_seconds", "seconds", "The last successful run.", _successes(listed)),
        ("kaizen_agent_week_runs", "", "The recorded runs of the last 7 days.", _runs(listed, now)),
        ("kaizen_agent_week_cost_usd", "usd", "The recorded cost of the last 7 days.", _costs(listed, now)),
        ("kaizen_roster_entries", "", "The entries of the roster with an outcome.", _outcomes(counts)),
    ):
        lines.append(f"# TYPE {family} gauge")
        if unit:
            lines.append(f"# UNIT {family} {unit}")
        lines.append(f"# HELP {family} {text}")
        lines += [f"{family}{{{labels}}} {value}" for labels, value in samples]
    return "\n".join([*lines, "# EOF", ""])


def _labels(**labels: str) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _states(rows: Iterable[RunStatus]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield _labels(repo=row.repo, agent=row.agent, state=row.state), "1"


def _expected(rows: Iterable[RunStatus]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row.last_expected is not None:
            yield _labels(repo=row.repo, agent=row.agent), _timestamp(row.last_expected)


def _successes(rows: Iterable[RunStatus]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row.last_success is not None:
            yield _labels(repo=row.repo, agent=row.agent), _timestamp(row.last_success)


def _timestamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def _runs(rows: Iterable[RunStatus], now: datetime) -> Iterator[tuple[str, str]]:
    for row in rows:
        results = [record.success for record in row.records if record.time > now - WEEK]
        for result, success in (("success", True), ("failure", False)):
            yield _labels(repo=row.repo, agent=row.agent, result=result), str(results.count(success))


def _costs(rows: Iterable[RunStatus], now: datetime) -> Iterator[tuple[str, str]]:
    for row in rows:
        costs = [record.cost_usd for record in row.records if record.time > now - WEEK]
        known = [cost for cost in costs if cost is not None]
        if known:
            yield _labels(repo=row.repo, agent=row.agent), repr(round(sum(known), 6))


def _outcomes(counts: Mapping[Outcome, int]) -> Iterator[tuple[str, str]]:
    for outcome, number in counts.items():
        yield _labels(outcome=outcome), str(number)
