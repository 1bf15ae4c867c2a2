"""OpenMetrics and calendars, as other programs read them; the alert rules of the guide."""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.monitoring.conftest import Run, make_fleet

GUIDE = Path("docs/guides/monitor-a-fleet.md")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    make_fleet(tmp_path, 60)
    (tmp_path / "repo-00059/.kaizen/schedule.yml").write_text("agents: [", encoding="utf-8")
    return tmp_path


def promtool(*words: str, stdin: bytes = b"") -> str:
    done = subprocess.run(["promtool", *words], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def test_the_metrics_are_read_by_prometheus(fleet: Path, run: Run) -> None:
    run(fleet, "roster", "status", "--roster", "roster.yml", "--format", "openmetrics", "--output", "kaizen.prom")
    text = (fleet / "kaizen.prom").read_text(encoding="utf-8")
    read: Any = text_string_to_metric_families  # it has no types
    families = {family.name: family.samples for family in read(text)}
    assert len(families["kaizen_agent_state"]) == 118
    assert {sample.labels["state"] for sample in families["kaizen_agent_state"]} == {"ok", "failed", "overdue"}
    assert sum(sample.value for sample in families["kaizen_roster_entries"]) == 60
    promtool("check", "metrics", stdin=text.encode())


def test_the_alert_rules_of_the_guide_are_valid_and_fire(fleet: Path, run: Run, tmp_path: Path) -> None:
    [rules] = re.findall(r'```yaml title="kaizen-rules.yml"\n(.*?)```', GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "kaizen-rules.yml").write_text(rules, encoding="utf-8")
    promtool("check", "rules", str(tmp_path / "kaizen-rules.yml"))
    run(fleet, "roster", "status", "--roster", "roster.yml", "--format", "openmetrics", "--output", "kaizen.prom")
    series = []
    for line in (fleet / "kaizen.prom").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            series.append({"series": name, "values": f"{value}x300"})
    mtime = {"series": 'node_textfile_mtime_seconds{file="kaizen.prom"}', "values": "0x300"}
    names = [rule["alert"] for group in yaml.safe_load(rules)["groups"] for rule in group["rules"]]
    expected = []
    for name in names:
        alerts = f'count(ALERTS{{alertname="{name}", alertstate="firing"}}) > bool 0'
        expected.append({"expr": alerts, "eval_time": "4h", "exp_samples": [{"labels": "{}", "value": 1}]})
    test = {"interval": "1m", "input_series": [*series, mtime], "promql_expr_test": expected}
    unit = {"rule_files": ["kaizen-rules.yml"], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(unit), encoding="utf-8")
    assert len(names) >= 3
    promtool("test", "rules", str(tmp_path / "tests.yml"))


def test_the_calendar_is_read_by_icalendar(fleet: Path, run: Run) -> None:
    period = ("--since", "2026-10-18", "--until", "2026-11-01")
    text = run(fleet, "roster", "expect", "--roster", "roster.yml", *period, "--format", "ics")
    events: list[Any] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert len(events) == len({event["UID"] for event in events}) == 236
    starts = {event["DTSTART"].dt for event in events if "repo-00000/coach/" in event["UID"]}
    assert starts == {datetime(2026, 10, 19, 7, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)}, "a clock change"
