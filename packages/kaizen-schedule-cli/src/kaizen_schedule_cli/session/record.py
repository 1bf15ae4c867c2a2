"""The record of a run, from how its command ended, what it reported, and what the agent recorded itself."""

import signal
from dataclasses import dataclass
from typing import Any

from kaizen_schedule_core.repo.metrics import ExecutionRecord

from kaizen_schedule_cli.session.process import Ended
from kaizen_schedule_cli.session.results import Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run that has ended: `result` is None for an unknown command, `own` if the agent recorded nothing."""

    agent: str
    session_id: str
    slot: str | None
    digest: str
    timestamp: str
    ended: Ended
    result: Result | None
    own: ExecutionRecord | None

    @property
    def failure(self) -> str | None:
        """Return why the run failed, or None if it succeeded."""
        if self.ended.timed_out:
            return "timed out"
        if self.ended.interrupt is not None:
            return f"interrupted by {signal.Signals(self.ended.interrupt).name}"
        if self.ended.status < 0:
            return f"ended by {_signal_name(-self.ended.status)}"
        if self.ended.status > 0:
            return f"exit status {self.ended.status}"
        if self.result is not None and self.result.failed:
            return "the command reported an error"
        if self.own is not None and not self.own.success:
            return "the agent recorded a failure"
        return None

    def record(self) -> ExecutionRecord:
        """Return the record: the agent's judgement, with the run's time, exit status, tokens and cost."""
        quality, metric = None, None
        if self.own is not None:
            quality, metric = self.own.quality_score, self.own.primary_metric
        return ExecutionRecord(
            timestamp=self.timestamp,
            agent=self.agent,
            success=self.failure is None,
            session_id=self.session_id,
            execution_time_s=round(self.ended.seconds, 3),
            quality_score=quality,
            primary_metric=metric,
            metadata=self._metadata(),
        )

    def _metadata(self) -> dict[str, Any]:
        """Return the metadata; the names with dots are those of OpenTelemetry's GenAI conventions."""
        found: dict[str, Any] = {}
        if self.ended.timed_out:
            found["reason"] = "timeout"
        elif self.ended.interrupt is not None:
            found |= {"reason": "signal", "signal": signal.Signals(self.ended.interrupt).name}
        elif self.ended.status < 0:
            found |= {"reason": "signal", "signal": _signal_name(-self.ended.status)}
        else:
            found["exit_status"] = self.ended.status
            if self.result is not None and self.result.failed:
                found["reason"] = "error"
        found |= {"slot": self.slot, "digest": self.digest}
        if self.result is not None:
            found |= {
                "turns": self.result.turns,
                "gen_ai.usage.input_tokens": self.result.input_tokens,
                "gen_ai.usage.output_tokens": self.result.output_tokens,
                "gen_ai.conversation.id": self.result.conversation,
                "cost_usd": self.result.cost_usd,
            }
        return {name: value for name, value in found.items() if value is not None}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"
