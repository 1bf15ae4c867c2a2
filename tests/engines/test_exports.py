"""Exported files are accepted by the engines' own tools, fire as the manifest, and run."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from kaizen_schedule_core import parse_cron
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.engines import ENGINES
from kaizen_schedule_core.engines.job import Job, Settings, numeric_cron
from kaizen_schedule_core.engines.systemd import on_calendar

SCRIPTS = Path(sys.executable).parent
ENV = {
    "PATH": os.pathsep.join([str(SCRIPTS), os.environ["PATH"]]),
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
HOSTILE = (
    "sh",
    "-c",
    "echo \"$HOME\" 'quoted' `x` \\ % %h %% $$ {{ x }} ; & | > /dev/null #",
    "two\nlines",
    "",
    "ünïcode",
    "$(x)",
)
MANIFEST = """\
version: "1"
timezone: Europe/Berlin
agents:
  reviewer:
    cadence: weekly
    cron: "15 7 * * 5-7"
  "4.1_planner":
    cadence: daily
  paused:
    cadence: daily
    enabled: false
"""
CRONS = (
    "0 9 * * 1",
    "15 7 * * 5-7",
    "*/20 0-4 * * *",
    "30 2 1,15 * *",
    "5 4 * jan,dec sun",
    "0 0 31 * *",
    "7 3 * * 1-5",
)
FOR_KUBERNETES = ("--image", "registry.example/kaizen:1", "--claim", "checkout")


def run(*words: str | Path, cwd: Path, env: dict[str, str] | None = None, code: int = 0) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**ENV, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}"
    return done.stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Return a repository whose path has characters that are special for shells and systemd."""
    root = tmp_path / "it's 100% a $HOME"
    for name in ("reviewer", "4.1_planner", "paused"):
        agent = root / f".claude/agents/{name}.md"
        agent.parent.mkdir(parents=True, exist_ok=True)
        agent.write_text("---\ndescription: Reviews\n---\nReview.\n", encoding="utf-8")
    (root / ".kaizen").mkdir()
    (root / ".kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    run("git", "init", "-q", "-b", "main", cwd=root)
    run("git", "add", "-A", cwd=root)
    run("git", "commit", "-q", "-m", "opt in", cwd=root)
    return root


def export(repo: Path, engine: str, *words: str, code: int = 0) -> Any:
    options = FOR_KUBERNETES if engine == "kubernetes" else ()
    output = run(
        *("kaizen-agentic", "schedule", "export", "--to", engine, "--repo", "demo", "--format", "json"),
        *(*options, *words),
        cwd=repo,
        code=code,
    )
    return json.loads(output.partition("\nThe files are")[0]) if code in {0, 3} else output


def job(cron: str, zone: str = "Europe/Berlin", root: str = "/srv/demo") -> Job:
    parsed = parse_cron(cron)
    assert isinstance(parsed, Cron)
    return Job(repo="demo", root=root, agent="reviewer", cron=parsed, timezone=zone)


@pytest.mark.parametrize(
    "words", [(), ("--", "codex", "exec", "--json", "-"), ("--", *HOSTILE)], ids=["-", "codex", "x"]
)
def test_systemd_accepts_the_units(repo: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    output = tmp_path / "units"
    answer = export(repo, "systemd", "--output", str(output), *words)
    names = [file["path"] for file in answer["files"]]
    assert names == [
        f"kaizen-demo-{agent}.{kind}" for agent in ("4.1_planner", "reviewer") for kind in ("service", "timer")
    ]
    run("systemd-analyze", "verify", *(output / name for name in names), cwd=tmp_path)
    assert not re.search("^(Unknown|Failed)", run("systemd-analyze", "verify", *output.iterdir(), cwd=tmp_path))


@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns"])
def test_the_calendar_of_systemd_fires_as_the_cron(cron: str, zone: str, tmp_path: Path) -> None:
    one = job(cron, zone)
    calendar = on_calendar(one.cron, zone)
    words = ["systemd-analyze", "calendar", "--base-time=2026-05-01 00:00:00 UTC", "--iterations=20", calendar]
    printed = run(*words, cwd=tmp_path, env={"TZ": "UTC"})
    found = re.findall(r"(?:Next elapse|Iter\. #\d+):.*\n\s+\(in UTC\): \w+ ([0-9-]+ [0-9:]+)", printed) or re.findall(
        r"(?:Next elapse|Iter\. #\d+): \w+ ([0-9-]+ [0-9:]+) UTC", printed
    )
    listed = run(
        *(sys.executable, "-c"),
        "import sys; from datetime import UTC, datetime; from itertools import islice; from zoneinfo import ZoneInfo\n"
        "from kaizen_schedule_core import parse_cron; from kaizen_schedule_core.clock.fires import fires\n"
        "start = datetime(2026, 5, 1, tzinfo=UTC)\n"
        "for fire in islice(fires(parse_cron(sys.argv[1]), ZoneInfo(sys.argv[2]), start), 20):\n"
        "    print(f'{fire.astimezone(UTC):%Y-%m-%d %H:%M:%S}')",
        *(cron, zone),
        cwd=tmp_path,
    ).split("\n")[:-1]
    assert found == listed


@pytest.mark.parametrize("cron", ["0 9 * * 5-7", "0 9 * * 7", "0 9 * JAN sun", "0 9 * * 0-7/2"])
def test_a_cron_for_other_engines_has_neither_names_nor_weekday_7(cron: str) -> None:
    one = job(cron).cron
    text = numeric_cron(one)
    again = parse_cron(text)
    assert isinstance(again, Cron)
    assert (again.weekdays, again.months) == (one.weekdays, one.months)
    assert not re.search("[A-Za-z]", text)
    assert "7" not in text.split()[4]


@pytest.mark.parametrize("engine", ["github-actions", "gitea-actions"])
@pytest.mark.parametrize("words", [(), ("--state", "none"), ("--", *HOSTILE)], ids=["-", "none", "x"])
def test_workflows_have_no_findings(repo: Path, engine: str, words: tuple[str, ...]) -> None:
    answer = export(repo, engine, *words)
    folder = repo / f".{engine.partition('-')[0]}/workflows"
    assert [file["path"] for file in answer["files"]] == ["kaizen-4.1_planner.yml", "kaizen-reviewer.yml"]
    files = sorted(folder.iterdir())
    ignored = ["-ignore", 'invalid CRON format "TZ='] if engine == "gitea-actions" else []
    run("actionlint", "-shellcheck=", "-pyflakes=", *ignored, *files, cwd=repo)
    assert "No findings" in run("zizmor", "--offline", "--no-progress", *files, cwd=repo)
    if engine == "github-actions":
        run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files, cwd=repo)
    workflow = yaml.safe_load(files[1].read_text(encoding="utf-8"))
    schedule = workflow[True]["schedule"][0]  # PyYAML reads the key `on` as true
    if engine == "github-actions":
        assert schedule == {"cron": "15 7 * * 0,5,6", "timezone": "Europe/Berlin"}
    else:
        assert schedule == {"cron": "TZ=Europe/Berlin 15 7 * * 0,5,6"}
    access = "read" if "none" in words else "write"
    assert workflow["jobs"]["run"]["permissions"] == {"contents": access}
    assert all(
        "@" not in step.get("uses", "@") or re.search("@[0-9a-f]{40}$", step["uses"])
        for step in workflow["jobs"]["run"]["steps"]
        if "uses" in step
    )


def steps_of(workflow: Path) -> list[tuple[str, dict[str, str]]]:
    """Return the scripts of a workflow in order, with their variables; expressions are empty."""
    read = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    found = []
    for step in read["jobs"]["run"]["steps"]:
        if "run" in step:
            variables = {name: re.sub(r"\$\{\{.*\}\}", "", value) for name, value in step.get("env", {}).items()}
            found.append((step["run"], variables))
    return found


def test_the_steps_of_a_workflow_push_memory_and_metrics(repo: Path, tmp_path: Path) -> None:
    note = "kaizen-agentic memory note reviewer --text 'one line'"
    note += "; git checkout -q -b other; echo x > x; git add x; git commit -qm x"
    export(repo, "github-actions", "--install", "true", "--", "sh", "-c", note)
    run("git", "add", "-A", cwd=repo)
    run("git", "commit", "-q", "-m", "export", cwd=repo)
    remote = tmp_path / "remote.git"
    run("git", "clone", "-q", "--bare", repo, remote, cwd=tmp_path)
    clones = [tmp_path / f"clone {number}" for number in range(3)]
    for clone in clones:
        run("git", "clone", "-q", "--depth", "1", f"file://{remote}", clone, cwd=tmp_path)
    running = []
    for clone in clones:  # all start from the same commit, and push at the same time
        script = steps_of(clone / ".github/workflows/kaizen-reviewer.yml")
        lines = []
        for number, (text, variables) in enumerate(script):
            (tmp_path / f"{clone.name}-{number}.sh").write_text(text, encoding="utf-8")
            exports = " ".join(f"{name}='{value}'" for name, value in variables.items())
            lines.append(f"{exports} bash -e '{tmp_path / f'{clone.name}-{number}.sh'}'")
        running.append(subprocess.Popen(["bash", "-ec", "\n".join(lines)], cwd=clone, env=ENV))
    assert [process.wait(120) for process in running] == [0, 0, 0]
    final = tmp_path / "final"
    run("git", "clone", "-q", remote, final, cwd=tmp_path)
    records = (final / ".kaizen/metrics/reviewer/executions.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["session_id"] for line in records}) == 3
    memory = (final / ".kaizen/agents/reviewer/memory.md").read_text(encoding="utf-8")
    assert memory.count("one line") >= 1
    assert "<<<<" not in memory
    assert not (final / "x").exists(), "only memory and metrics are pushed"
    assert not (final / ".kaizen/runs").exists()


@pytest.mark.parametrize("words", [(), ("--", *HOSTILE)], ids=["-", "x"])
def test_kubernetes_accepts_the_manifests(repo: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    output = tmp_path / "manifests"
    export(repo, "kubernetes", "--output", str(output), *words)
    files = sorted(output.iterdir())
    assert len(files) == 2
    run("kubernetes-validate", "--strict", *files, cwd=tmp_path)
    for file in files:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert re.fullmatch("[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?", found["metadata"]["name"])
        assert found["spec"]["concurrencyPolicy"] == "Forbid"
        container = found["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
        if words:
            assert container["command"][-len(HOSTILE) :] == [word.replace("$(", "$$(") for word in HOSTILE]
    reviewer = next(file for file in files if "reviewer" in file.name)
    assert yaml.safe_load(reviewer.read_text())["spec"]["schedule"] == "15 7 * * 0,5,6"


def test_the_script_of_a_cloned_job_pushes_the_state(repo: Path, tmp_path: Path) -> None:
    settings = Settings(
        command=("sh", "-c", "kaizen-agentic memory note reviewer --text 'one line'"),
        timeout=timedelta(hours=1),
        source="test",
        image="x",
        git_url="x",
    )
    [file] = ENGINES["kubernetes"].files(job("0 9 * * *"), settings)
    pod = yaml.safe_load(file.text)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    remote, checkout = tmp_path / "remote.git", tmp_path / "repo"
    run("git", "clone", "-q", "--bare", repo, remote, cwd=tmp_path)
    [clone] = pod["initContainers"]
    place = str(checkout)
    script = clone["command"][2].replace("/repo", place)
    run("sh", "-c", script, cwd=tmp_path, env={"GIT_URL": f"file://{remote}"})
    words = [word.replace("$$(", "$(").replace("/repo", place) for word in pod["containers"][0]["command"]]
    run(*words, cwd=checkout, env={"KAIZEN_AGENT": "reviewer"})
    assert "Record a run of reviewer" in run("git", "log", "--format=%s", "main", cwd=remote)


def test_check_removal_and_foreign_files(repo: Path, tmp_path: Path) -> None:
    output = tmp_path / "units"
    words = ("--output", str(output))
    export(repo, "systemd", *words)
    assert {file["change"] for file in export(repo, "systemd", *words, "--check")["files"]} == {"unchanged"}
    service = output / "kaizen-demo-reviewer.service"
    service.write_text(service.read_text().replace("3600s", "60s"))
    answer = export(repo, "systemd", *words, "--check", code=3)
    assert [file["path"] for file in answer["files"] if file["change"] == "updated"] == [service.name]
    (output / "kaizen-demo-other.timer").write_text("[Timer]\n")
    manifest = repo / ".kaizen/schedule.yml"
    manifest.write_text(MANIFEST.replace('cron: "15 7 * * 5-7"', "enabled: false"))
    answer = export(repo, "systemd", *words)
    assert [file["path"] for file in answer["files"] if file["change"] == "removed"] == [
        "kaizen-demo-reviewer.service",
        "kaizen-demo-reviewer.timer",
    ]
    assert sorted(path.name for path in output.iterdir()) == [
        "kaizen-demo-4.1_planner.service",
        "kaizen-demo-4.1_planner.timer",
        "kaizen-demo-other.timer",
    ]
    manifest.write_text(MANIFEST)
    (output / "kaizen-demo-reviewer.timer").write_text("mine\n")
    assert "KZ326" in export(repo, "systemd", *words, code=1)
    assert not service.exists(), "nothing is written"


def test_differences_are_named(repo: Path) -> None:
    manifest = repo / ".kaizen/schedule.yml"
    manifest.write_text(MANIFEST.replace("15 7 * * 5-7", "30 2 * * *").replace("cadence: weekly", "cadence: daily"))
    differences = export(repo, "kubernetes", "--output", "k8s")["differences"]
    assert differences
    for difference in differences:
        assert list(difference) == ["agent", "date", "engine_utc", "manifest_utc"]
        assert difference["agent"] == "reviewer"
    text = run(
        "kaizen-agentic", "schedule", "export", "--to", "kubernetes", "--output", "k8s", *FOR_KUBERNETES, cwd=repo
    )
    assert re.search(
        r"warning: reviewer on \S+: kubernetes fires at \S+, the manifest has no fire; at 0\d:30, no fire", text
    )


def test_wrong_options_are_refused(repo: Path) -> None:
    assert "use one of" in export(repo, "jenkins", code=2)
    assert "--output" in export(repo, "systemd", code=2)
    assert "github-actions" in export(repo, "github", code=2)
    assert "KZ318" in export(repo, "github-actions", "--", "sh", "-c", "echo ${{ secrets.X }}", code=1)
    assert "time zone" in export(repo, "crontab", "--output", "x", code=1)
