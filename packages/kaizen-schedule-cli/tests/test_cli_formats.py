"""`schedule validate` as SARIF and as GitHub workflow commands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.validators import validator_for
from kaizen_schedule_cli.render.annotations import annotations_text
from kaizen_schedule_cli.render.sarif import sarif_log
from kaizen_schedule_core import Diagnostic, Note

if TYPE_CHECKING:
    from conftest import Cli

SCHEMA = json.loads((Path(__file__).parent / "data/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
CHECKER = validator_for(SCHEMA)(SCHEMA)
BROKEN = 'version: "1"\ntimezone: Europe/Berln\nagents:\n  coach:\n    cadence: weekley\n  coach:\n    cadence: daily\n'
URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
ODD_NAMES = [
    *["two words.yml", "100%.yml", "a:b.yml", "a,b.yml", "a\nb.yml", "größe.yml", "#.yml", "?x=y.yml"],
    "\udcff.yml",
]
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
DIAGNOSTICS = st.builds(
    Diagnostic,
    code=st.sampled_from(["KZ203", "KZ301", "KZ315"]),
    severity=st.sampled_from(["error", "warning", "info"]),
    message=st.text(),
    file=st.text(min_size=1).filter(lambda text: "\0" not in text and text.isprintable()),
    line=st.none() | st.integers(1, 9),
    hint=st.none() | st.text(),
    notes=st.lists(st.builds(Note, message=st.text())).map(tuple),
)


def valid(log: Any) -> Any:
    """The run of a log that the schema of SARIF 2.1.0 accepts."""
    assert [error.message for error in CHECKER.iter_errors(log)] == []
    [run] = log["runs"]
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    uris += [
        place["physicalLocation"]["artifactLocation"]["uri"] for found in run["results"] for place in found["locations"]
    ]
    assert [uri for uri in uris if not URI.fullmatch(uri)] == []
    return run


def test_schema_rejects_an_invalid_log() -> None:
    assert list(CHECKER.iter_errors({"version": "2.1.0", "runs": [{"tool": {}}]}))


def test_sarif_and_json_have_the_same_findings(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "m.yml"
    path.write_text(BROKEN, encoding="utf-8")
    run = valid(cli("schedule", "validate", path, "--format", "sarif").json)
    form = cli("schedule", "validate", path, "--format", "json").json
    assert len(run["results"]) == len(form["diagnostics"]) >= 3
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result, found in zip(run["results"], form["diagnostics"], strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert rules[result["ruleIndex"]] == result["ruleId"] == found["code"]
        assert result["level"] == LEVELS[found["severity"]]
        assert found["message"] in result["message"]["text"]
        assert found["hint"] in result["message"]["text"]
        assert [*region.values()] == [found[key] for key in ("line", "column", "end_line", "end_column")]
    assert any("relatedLocations" in result for result in run["results"])


def test_clean_run_is_a_log_without_results(cli: Cli) -> None:
    ran = cli(
        "schedule", "validate", "-", "--format", "sarif", stdin=b'version: "1"\nagents: {coach: {cadence: weekly}}\n'
    )
    assert ran.code == 0
    run = valid(ran.json)
    assert run["results"] == []
    assert len(run["artifacts"]) == 1


def test_missing_file_is_a_result_without_a_region(cli: Cli, tmp_path: Path) -> None:
    ran = cli("schedule", "validate", tmp_path / "absent.yml", "--format", "sarif")
    assert ran.code == 4
    [result] = valid(ran.json)["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


@pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
def test_unusual_name_is_a_valid_uri_and_annotation(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(BROKEN, encoding="utf-8")
    valid(cli("schedule", "validate", tmp_path / name, "--format", "sarif").json)
    ran = cli("schedule", "validate", tmp_path / name, "--format", "github")
    *lines, counts = ran.out.splitlines()
    assert ran.code == 1
    assert all(line.startswith(("::error file=", "::warning file=")) for line in lines)
    assert len(lines) >= 3
    assert counts.startswith("1 manifest checked, ")


@given(st.lists(DIAGNOSTICS))
def test_every_diagnostic_matches_the_schema(diagnostics: list[Diagnostic]) -> None:
    valid(json.loads(json.dumps(sarif_log(diagnostics, sorted({found.file for found in diagnostics})))))


@given(DIAGNOSTICS)
def test_annotation_is_one_line_with_all_values(found: Diagnostic) -> None:
    text = annotations_text([found])
    match = re.fullmatch(r"::(error|warning|notice) ([^\n\r]*?)::([^\n\r]*)\n", text)
    assert match
    properties = dict(pair.split("=", 1) for pair in match[2].split(","))
    data = match[3].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    file = properties["file"].replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%25", "%")
    assert file == found.file
    assert data.startswith(found.message)
    assert ("line" in properties) == (found.line is not None)
    assert match[1] == {"error": "error", "warning": "warning", "info": "notice"}[found.severity]


def test_paths_are_relative_to_the_root_of_the_git_repository(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "services" / "one"
    (service / ".kaizen").mkdir(parents=True)
    (service / "agents").mkdir()
    (tmp_path / ".git").mkdir()
    (service / ".kaizen/schedule.yml").write_text('version: "1"\nagents:\n  coach:\n    cadence: weekly\n')
    (service / "agents/agent-coach.md").write_text("---\nname: trainer\ndescription: d\ncategory: c\n---\nx\n")
    for folder, typed in ((tmp_path, "services"), (service, "."), (service, str(service)), (service, "../one")):
        monkeypatch.chdir(folder)
        ran = cli("schedule", "validate", typed, "--format", "github")
        assert "file=services/one/agents/agent-coach.md,line=2," in ran.out
        run = valid(cli("schedule", "validate", typed, "--format", "sarif").json)
        assert run["artifacts"][0]["location"]["uri"] == "services/one/.kaizen/schedule.yml"
        [found] = [result for result in run["results"] if result["level"] == "error"]
        assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == (
            "services/one/agents/agent-coach.md"
        )


@pytest.mark.parametrize(
    "agent", ["agents/agent-x.md", ".claude/agents/team/x.md", ".github/agents/x.agent.md", ".opencode/agent/x.md"]
)
def test_an_agent_file_means_the_manifest_of_its_repository(cli: Cli, repo: Path, agent: str) -> None:
    for path in (agent, f"{repo}/{agent}"):
        assert cli("schedule", "validate", path).out == "1 manifest checked, 0 problems\n"
