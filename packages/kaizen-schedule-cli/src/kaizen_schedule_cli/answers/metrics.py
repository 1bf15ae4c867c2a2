"""The JSON output of `metrics show`."""

from dataclasses import dataclass

from kaizen_schedule_core.repo.metrics import Trend


@dataclass(frozen=True, kw_only=True, slots=True)
class Trends:
    """The trends: the last five runs compared with the five before."""

    success_rate: Trend
    quality_score: Trend


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsAnswer:
    """The summary of an agent's runs, at least one; like summary.json, it has no version."""

    execution_count: int
    success_rate: float
    avg_quality_score: float | None
    avg_execution_time_s: float | None
    last_execution: str
    trend: Trends


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricsUsageAnswer(MetricsAnswer):
    """The summary with the total cost in US dollars and tokens, if at least one of them is recorded."""

    cost_usd: float | None
    input_tokens: int | None
    output_tokens: int | None
