"""`metrics show`: the summary of an agent's runs."""

from dataclasses import asdict
from datetime import UTC, datetime

from kaizen_schedule_core.errors import Absent
from kaizen_schedule_core.repo.agents import RepositoryAgents, require_known
from kaizen_schedule_core.repo.metrics import no_metrics, tally_records
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.answers import answer_from
from kaizen_schedule_cli.answers.metrics import MetricsAnswer, MetricsUsageAnswer, Trends
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, Format, OutputFormat, Target
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import write_json, write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic metrics show coach")
def command(agent: AgentArgument, target: Target = ".", output: OutputFormat = Format.TEXT) -> None:
    """Summarize an agent's runs.

    Shows rates, means, and the trend of the last five runs compared with the five before.
    """
    root = repository_root(target)
    require_known(RepositoryAgents(root), agent)
    tally = tally_records(root, agent, now=datetime.now(UTC))
    write_diagnostics(tally.problems())
    summary, usage = tally.summary(), tally.usage()
    if summary is None:
        raise Absent(no_metrics(root, agent))
    totals = usage.recorded()
    if output is Format.TEXT:
        rows = [(f"total {name}", str(total)) for name, total in totals.items()]
        write_stdout(table((f"runs of {agent}", ""), [*summary.rows(), *rows]))
        return
    trend = Trends(success_rate=summary.trend["success_rate"], quality_score=summary.trend["quality_score"])
    if totals:
        write_json(answer_from(summary, MetricsUsageAnswer, trend=trend, **asdict(usage)))
    else:
        write_json(answer_from(summary, MetricsAnswer, trend=trend))
